/**
 * `npm run prove`: every proof of reliability, long, and the report of what was seen.
 *
 *   npm run prove -- --report              the report anew from what earlier runs left in docs/internals/proof
 *   npm run prove                          all of them, an hour or two; the report goes to docs/internals/proof
 *   npm run prove -- --list                what there is
 *   npm run prove -- --only NAME           one; may be repeated
 *   npm run prove -- --count N --seed S    another length, and what is random again
 *   npm run prove -- --no-report           prints only
 *
 * Ends with 1 when a promise was broken or a planted fault was not found.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { root } from '../../scripts/tidy/tree.ts';
import type { Proof } from './proof.ts';
import { proofs } from './proofs.ts';
import { entryOf, pageOf, readEntries, withTable, type ReportEntry } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    count: { type: 'string' },
    seed: { type: 'string' },
    list: { type: 'boolean', default: false },
    'no-report': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});

const folder = join(root, 'docs', 'internals', 'proof');

async function prove(proof: Proof, seed: number): Promise<ReportEntry> {
  const count = flags.count === undefined ? proof.longCount : Number(flags.count);
  console.log(`\n${proof.name}: ${proof.promise} (${count} ${proof.unit}, seed ${seed})`);
  const say = (line: string): void => console.log(`  ${line}`);
  const began = performance.now();
  const result = await proof.run({ count, seed, say });
  const seconds = (performance.now() - began) / 1_000;
  const planted = [];
  for (const fault of proof.planted) {
    const { broken, tried } = await fault.run({ count: fault.count, seed, say });
    planted.push({ name: fault.name, tried, found: broken.length });
  }
  const entry = entryOf(proof, { seed, result, seconds, planted });
  for (const line of result.broken) console.log(`  BROKEN ${line}`);
  console.log(`  ${result.tried} ${proof.unit}, ${result.broken.length} broken, ${seconds.toFixed(0)} s`);
  console.log(`  ${JSON.stringify(result.figures)}`);
  for (const { name, found } of planted)
    console.log(`  planted: ${name}: ${found > 0 ? 'found' : 'NOT FOUND'}`);
  return entry;
}

/** The page is made from the newest entry of every proof, also of those that did not run this time. */
function writeReport(entries: readonly ReportEntry[]): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of entries)
    writeFileSync(join(folder, `${entry.name}.json`), `${JSON.stringify(entry, null, 2)}\n`);
  const all = readEntries(folder);
  writeFileSync(join(root, 'docs', 'internals', 'proof.md'), pageOf(all));
  const page = join(root, 'docs', 'reliability.md');
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), all));
  console.log('\nWrote docs/internals/proof.md and the table of docs/reliability.md.');
}

async function main(): Promise<number> {
  const unknown = flags.only.find((name) => proofs.every((proof) => proof.name !== name));
  if (unknown !== undefined) {
    console.error(`There is no proof ${unknown}: ${proofs.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const chosen = proofs.filter(({ name }) => flags.only.length === 0 || flags.only.includes(name));
  if (flags.list) {
    for (const { name, unit, longCount, promise } of proofs)
      console.log(`${name.padEnd(20)} ${longCount} ${unit}: ${promise}`);
    return 0;
  }
  if (flags.report) {
    writeReport([]);
    return 0;
  }
  const entries: ReportEntry[] = [];
  for (const proof of chosen) {
    entries.push(await prove(proof, Number(flags.seed ?? Date.now() % 1_000_000)));
    if (!flags['no-report']) writeReport(entries);
  }
  return entries.every(
    ({ broken, planted }) => broken.length === 0 && planted.every(({ found }) => found > 0),
  )
    ? 0
    : 1;
}

// Servers that a proof starts do not keep this process alive while it waits for their end.
const alive = setInterval(() => {}, 60_000);
process.exitCode = await main();
clearInterval(alive);
