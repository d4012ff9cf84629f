/** Parts that need no server, each a program of its own beside this folder: the graph, the match, the import. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Context } from '../support/context.ts';

const run = promisify(execFile);
const programOf = (name: string): string => fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
const isSmoke = (context: Context): boolean => context.sizes.rounds === 1;

/** Runs a program and gives what it wrote to its JSON file. */
async function resultOf<T>(context: Context, name: string): Promise<T> {
  const file = join(context.directory, `${name}-${process.pid}.json`);
  const smoke = isSmoke(context) ? ['--smoke'] : [];
  await run(process.execPath, [programOf(name), '--json', file, ...smoke], { maxBuffer: 1 << 24 });
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

export async function measureGraph(context: Context): Promise<void> {
  const { dataDir } = await context.bigWorld();
  const { stdout } = await run(process.execPath, [programOf('load-graph'), dataDir]);
  const { seconds, entries, bytes } = JSON.parse(stdout) as {
    seconds: number[];
    entries: number;
    bytes: number;
  };
  const shared = { peerName: 'bound', peer: null, wanted: 'at most' } as const;
  const isFull = !isSmoke(context);
  // A directory has a smallest size, which a small graph cannot pay for.
  if (isFull)
    context.row({
      ...shared,
      measure: 'graph: memory per identifier',
      unit: 'bytes',
      ours: [bytes / entries],
      bound: 16,
    });
  context.row({
    ...shared,
    measure: `graph: load of ${entries} entries from disk`,
    unit: 's',
    ours: seconds,
    bound: 2,
  });
  context.answer('graph entries', entries);
}

export async function measureMatch(context: Context): Promise<void> {
  const result = await resultOf<{
    entries: number;
    large: number;
    oursMs: number[];
    duckMs: number[];
    largeMs: number[];
    answer: object;
  }>(context, 'match');
  const { entries, large, oursMs, duckMs, largeMs, answer } = result;
  const shared = { unit: 'ms', wanted: 'at most' } as const;
  context.row({
    ...{ ...shared, measure: `match in ${entries} identifiers`, ours: oursMs },
    ...{ peerName: 'DuckDB join', peer: duckMs, bound: 0.15 },
  });
  context.row({
    ...{ ...shared, measure: `match in ${large} identifiers`, ours: largeMs },
    ...{ peerName: `match in ${entries}`, peer: oursMs, bound: 2 },
  });
  context.answer('match', answer);
}

export async function measureImport(context: Context): Promise<void> {
  const result = await resultOf<{
    rows: number;
    usualSeconds: number[];
    ourSeconds: number[];
    answer: string;
  }>(context, 'import');
  context.row({
    ...{ measure: `prepare ${result.rows} rows of an import`, unit: 's', ours: result.ourSeconds },
    ...{ peerName: 'csv-parse, one thread', peer: result.usualSeconds, bound: 0.12, wanted: 'at most' },
  });
  context.answer('import', result.answer);
}

/** These compare parts of the engine with each other; their output is kept as it is. */
export async function measureParts(context: Context): Promise<void> {
  for (const name of ['scan', 'fold', 'verify']) {
    const { stdout } = await run(process.execPath, [
      programOf(name),
      ...(isSmoke(context) ? ['--smoke'] : []),
    ]);
    context.note(`bench/${name}.ts\n${stdout.trim()}`);
  }
}
