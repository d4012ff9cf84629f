/**
 * The benchmark table: ours and peers, each server a process of its own, by turns.
 *
 *   npm run bench                    everything, some twelve minutes and about 6 GB of disk
 *   npm run bench -- --smoke         everything in a tiny size: answers are checked, times mean nothing
 *   npm run bench -- --only NAME     accept, doors, calls, sustained, latency, delta, graph, match, import, parts or postgres; may be repeated
 *   npm run bench -- --keep DIR      makes the large data directories there, or takes those of an earlier run
 *   npm run bench -- --json FILE     writes the report there instead of bench/results
 *
 * ROLLCALL_BENCH_PROFILE=DIR writes a CPU profile of every thread of our server.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { measureAccept, measureDoors } from './measures/accept.ts';
import { measureDelta } from './measures/delta.ts';
import { measureGraph, measureImport, measureMatch, measureParts } from './measures/engine.ts';
import { measureLatency } from './measures/latency.ts';
import { measureCalls, measureSustained } from './measures/load.ts';
import { measurePostgres } from './measures/postgres.ts';
import { createContext, fullSizes, smokeSizes, type Context } from './support/context.ts';
import { agent } from './support/http.ts';
import { markdownOf, reportOf, tableOf } from './support/report.ts';
import { stopAll, usePublishedBuild } from './support/servers.ts';

const measures: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  accept: measureAccept,
  doors: measureDoors,
  calls: measureCalls,
  sustained: measureSustained,
  latency: measureLatency,
  delta: measureDelta,
  graph: measureGraph,
  match: measureMatch,
  import: measureImport,
  parts: measureParts,
  postgres: measurePostgres,
};

const { values: flags } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
    json: { type: 'string' },
    rounds: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const names = flags.only.length === 0 ? Object.keys(measures) : flags.only;
  const unknown = names.find((name) => !Object.hasOwn(measures, name));
  if (unknown !== undefined)
    throw new Error(`There is no measure ${unknown}: ${Object.keys(measures).join(', ')}.`);
  const base = flags.smoke ? smokeSizes : fullSizes;
  const sizes = flags.rounds === undefined ? base : { ...base, rounds: Number(flags.rounds) };
  const directory = flags.keep ?? (await mkdtemp(join(tmpdir(), 'rollcall-bench-')));
  await mkdir(directory, { recursive: true });
  if (!flags.smoke) usePublishedBuild();
  const { context, collected } = createContext(sizes, directory, (text) => console.error(text));
  try {
    for (const name of names) {
      const before = collected.rows.length;
      try {
        await measures[name]!(context);
      } catch (error) {
        // The other measures are worth having; the run fails at its end.
        await stopAll();
        process.exitCode = 1;
        context.note(
          `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}`,
        );
      }
      console.error(tableOf(collected.rows.slice(before)));
    }
    const report = reportOf(collected, sizes);
    const text = markdownOf(report);
    console.log(text);
    const results = fileURLToPath(new URL('results', import.meta.url));
    const name = `${report.date.slice(0, 10)}-${flags.only.length === 0 ? 'table' : names.join('-')}`;
    const json = flags.json ?? (flags.smoke ? null : join(results, `${name}.json`));
    if (json !== null) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    if (json !== null && flags.json === undefined) await writeFile(json.replace(/json$/, 'md'), text);
  } finally {
    agent.destroy();
    await stopAll();
    if (flags.keep === undefined) await rm(directory, { recursive: true, force: true });
  }
}

await main();
