import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import type { Proof, ProofResult } from './proof.ts';

/** What is kept of one run. */
export interface ReportEntry {
  readonly name: string;
  readonly promise: string;
  readonly unit: string;
  readonly tried: number;
  readonly broken: readonly string[];
  readonly figures: Readonly<Record<string, number | string>>;
  readonly planted: readonly PlantedOutcome[];
  readonly seed: number;
  readonly seconds: number;
  readonly date: string;
  readonly revision: string;
  readonly machine: string;
}

export interface PlantedOutcome {
  readonly name: string;
  readonly tried: number;
  /** Ways in which it showed; 0: the suite is blind to it. */
  readonly found: number;
}

interface Run {
  readonly seed: number;
  readonly seconds: number;
  readonly result: ProofResult;
  readonly planted: readonly PlantedOutcome[];
}

export function entryOf(proof: Proof, { seed, seconds, result, planted }: Run): ReportEntry {
  const { name, promise, unit } = proof;
  return {
    name,
    promise,
    unit,
    ...result,
    planted,
    seed,
    seconds: Math.round(seconds),
    date: new Date().toISOString().slice(0, 10),
    revision: execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus().length} processors, Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? '?'}`,
  };
}

const withCommas = (value: number | string): string =>
  typeof value === 'number' ? value.toLocaleString('en') : value;

function sectionOf(entry: ReportEntry): string {
  const figures = Object.entries(entry.figures).map(([name, value]) => `- ${name}: ${withCommas(value)}`);
  const planted = entry.planted.map(
    ({ name, tried, found }) =>
      `- planted fault: ${name}: ${found > 0 ? `found (${withCommas(found)} times in ${withCommas(tried)})` : '**not found**'}`,
  );
  return [
    `## ${entry.name}`,
    `${entry.promise}`,
    [`- ${entry.unit}: ${withCommas(entry.tried)}`, `- broken: ${entry.broken.length}`, ...figures].join(
      '\n',
    ),
    planted.join('\n'),
    ...(entry.broken.length === 0 ? [] : [entry.broken.map((line) => `- broken: ${line}`).join('\n')]),
    `Seen ${entry.date} at ${entry.revision} in ${withCommas(entry.seconds)} s; ${entry.machine}. Again: \`npm run prove -- --only ${entry.name} --count ${entry.tried} --seed ${entry.seed}\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The report as a page. */
export function pageOf(entries: readonly ReportEntry[]): string {
  const sorted = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return `# What the long proofs saw\n\n<!-- Written by \`npm run prove\`. -->\n\nEach section is the newest long run of one suite; [reliability](../reliability.md) says what is promised.\n\n${sorted.map(sectionOf).join('\n\n')}\n`;
}

/** What runs left in a folder, one file each. */
export const readEntries = (folder: string): readonly ReportEntry[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReportEntry);

const marks = { begin: '<!-- proofs: npm run prove -->', end: '<!-- end of proofs -->' };

/** The page with the table of what was seen last in the place of the one before. */
export function withTable(page: string, entries: readonly ReportEntry[]): string {
  const begin = page.indexOf(marks.begin);
  const end = page.indexOf(marks.end);
  if (begin < 0 || end < begin) throw new Error('docs/reliability.md has no place for the table');
  const sorted = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const rows = sorted.map(({ name, promise, unit, tried, broken, planted, seed, date, revision }) => {
    const found = planted.filter((one) => one.found > 0).length;
    const again = `\`npm run prove -- --only ${name} --count ${tried} --seed ${seed}\``;
    const seen = `${withCommas(tried)} ${unit}, **${broken.length} broken**, ${date} at ${revision}`;
    return `| ${promise} | \`test/proof\`, ${name} | ${seen} | ${found} of ${planted.length} | ${again} |`;
  });
  const table = [
    '| promise | suite | last long run | planted faults found | again |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  return `${page.slice(0, begin)}${marks.begin}\n\n${table}\n\n${page.slice(end)}`;
}
