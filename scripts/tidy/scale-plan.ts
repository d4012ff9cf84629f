/** The arithmetic of docs/scale.md: every line is made from figures that were measured, so that none can be wrong by itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './tree.ts';

/** Measured: docs/internals/scale-figures.json says where each was seen. */
export interface ScaleFigures {
  readonly requestBytesPerMember: Figure;
  readonly membersPerSecondSqlite: Figure;
  readonly membersPerSecondPostgres: Figure;
  readonly membersPerSecondPostgresSmall: Figure;
  readonly blockBytesPerMember: Figure;
  readonly fileBytesPerMember: Figure;
  readonly sqliteWrittenBytesPerMember: Figure;
  readonly postgresBytesPerMember: Figure;
  readonly postgresLogBytesPerMember: Figure;
  readonly graphMemoryBytesPerEntry: Figure;
  readonly graphDiskBytesPerEntry: Figure;
  readonly graphEntriesLoadedPerSecond: Figure;
  readonly entriesPerIdentifier: Figure;
  readonly decisionsPerSecond: Figure;
  readonly countNsPerMember: Figure;
  readonly verifyNsPerMember: Figure;
  readonly backupBytesPerSecond: Figure;
}

export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  readonly seen: string;
}

/** What is planned for, and not measured. */
export const assumed = { identifiers: 1e9, daysBetweenFullSends: 7, copies: 2, decisionsPerSecond: 50_000 };
const planned = [1e9, 1e10, 1e11];
const secondsPerDay = 86_400;

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Three digits that count. */
export function short(value: number): string {
  if (value >= 1_000) return whole(Number(value.toPrecision(3)));
  return String(Number(value.toPrecision(3)));
}

function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return `${short(value / 1_000 ** power)} ${units[power]}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${short(seconds)} s`;
  if (seconds < 7_200) return `${short(seconds / 60)} min`;
  return seconds < 172_800 ? `${short(seconds / 3_600)} h` : `${short(seconds / secondsPerDay)} days`;
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function measured(figures: ScaleFigures): string {
  const rows = Object.values(figures as unknown as Readonly<Record<string, Figure>>).map(
    ({ what, value, unit, seen }) => [what, `${short(value)} ${unit}`, seen],
  );
  return table(['figure', 'measured', 'where'], rows);
}

/** The same lines for one number of members. */
function membersPlan(figures: ScaleFigures, members: number): readonly string[] {
  const of = (name: keyof ScaleFigures): number => figures[name].value;
  const [stored, log] = [of('postgresBytesPerMember'), of('postgresLogBytesPerMember')];
  const perSecond = members / (assumed.daysBetweenFullSends * secondsPerDay);
  const copies = assumed.copies;
  const countSeconds = (members * of('countNsPerMember')) / 1e9;
  return [
    `### ${whole(members / 1e9)} billion members`,
    '',
    `- stored in Postgres: ${whole(members)} × ${short(stored)} B = **${bytes(members * stored)}**, × ${copies} copies = ${bytes(members * stored * copies)}`,
    `- or in SQLite files: ${whole(members)} × ${short(of('fileBytesPerMember'))} B = ${bytes(members * of('fileBytesPerMember'))}`,
    `- sent: ${whole(members)} / (${assumed.daysBetweenFullSends} × 86,400 s) = **${short(perSecond)} members/s**`,
    `- over the network in: ${short(perSecond)}/s × ${short(of('requestBytesPerMember'))} B = ${bytes(perSecond * of('requestBytesPerMember'))}/s`,
    `- or written by SQLite: ${short(perSecond)}/s × ${short(of('sqliteWrittenBytesPerMember'))} B = ${bytes(perSecond * of('sqliteWrittenBytesPerMember'))}/s`,
    `- Postgres' log: ${short(perSecond)}/s × ${short(log)} B = ${bytes(perSecond * log)}/s, and as much again to each standby`,
    `- share of one database, large calls: ${short(perSecond)} / ${short(of('membersPerSecondPostgres'))} = ${short((perSecond / of('membersPerSecondPostgres')) * 100)} %; in calls of 1,000: ${short(perSecond)} / ${short(of('membersPerSecondPostgresSmall'))} = ${short((perSecond / of('membersPerSecondPostgresSmall')) * 100)} %`,
    `- counting everybody anew, when the graph changes: ${whole(members)} × ${short(of('countNsPerMember'))} ns = ${duration(countSeconds)} of one core for the look-ups alone, and ${bytes(members * of('blockBytesPerMember') * 2)} read from Postgres (blocks of ${short(of('blockBytesPerMember'))} B, × 2 as digits)`,
    `- verifying: ${whole(members)} × ${short(of('verifyNsPerMember'))} ns = ${duration((members * of('verifyNsPerMember')) / 1e9)} of one core`,
    `- backing up files: ${bytes(members * of('fileBytesPerMember'))} / ${bytes(of('backupBytesPerSecond'))}/s = ${duration((members * of('fileBytesPerMember')) / of('backupBytesPerSecond'))} on one disk like this one`,
    '',
  ];
}

function graphPlan(figures: ScaleFigures): readonly string[] {
  const of = (name: keyof ScaleFigures): number => figures[name].value;
  const entries = assumed.identifiers * of('entriesPerIdentifier');
  const memory = entries * of('graphMemoryBytesPerEntry');
  const nodes = Math.ceil(assumed.decisionsPerSecond / of('decisionsPerSecond'));
  return [
    `### ${whole(assumed.identifiers / 1e9)} billion identifiers`,
    '',
    `- entries: ${whole(assumed.identifiers)} × ${short(of('entriesPerIdentifier'))} = ${whole(entries)} (the program's limit is 2,147,483,647)`,
    `- memory of each node: ${whole(entries)} × ${short(of('graphMemoryBytesPerEntry'))} B = **${bytes(memory)}**, twice that while an import replaces it`,
    `- on disk: ${whole(entries)} × ${short(of('graphDiskBytesPerEntry'))} B = ${bytes(entries * of('graphDiskBytesPerEntry'))}`,
    `- read at a start, from a local file: ${whole(entries)} / ${short(of('graphEntriesLoadedPerSecond'))} entries/s = ${duration(entries / of('graphEntriesLoadedPerSecond'))}`,
    `- nodes for ${whole(assumed.decisionsPerSecond)} decisions/s over HTTP: ${whole(assumed.decisionsPerSecond)} / ${short(of('decisionsPerSecond'))} = ${whole(nodes)} of this machine's size; their graphs together ${bytes(nodes * memory)}`,
    '',
  ];
}

/** What stands between the marks of docs/scale.md. */
export function scaleText(figures: ScaleFigures): string {
  return [
    measured(figures),
    '',
    `Assumed, not measured: every member is sent again once in ${assumed.daysBetweenFullSends} days; ${assumed.copies} copies of each database (a primary and a standby).`,
    '',
    ...planned.flatMap((members) => membersPlan(figures, members)),
    ...graphPlan(figures),
  ].join('\n');
}

const marks = ['<!-- computed: npm run reference -->', '<!-- end of what is computed -->'] as const;

/** The page with its computed part made anew. Throws when it has no place for it. */
export function scalePage(): string {
  const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
  const file = readFileSync(join(root, 'docs/internals/scale-figures.json'), 'utf8');
  const [from, to] = marks.map((mark) => page.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) throw new Error('docs/scale.md has no marks around what is computed');
  return `${page.slice(0, from + marks[0].length)}\n\n${scaleText(JSON.parse(file) as ScaleFigures)}\n${page.slice(to)}`;
}
