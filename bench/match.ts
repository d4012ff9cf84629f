/**
 * Matches the 150,000 identifiers of 100,000 members, six of ten known, with an identity graph, beside a join in
 * DuckDB of the same tokens, and with a graph five times as large. The answer of all is known beforehand: hits by
 * type, members with a hit, users. Engines take turns in one process; DuckDB uses every core, ours one.
 * Run: `node bench/match.ts [--entries 20000000] [--large 100000000] [--rounds 7] [--json FILE] [--smoke]`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import { assert } from '../src/base/assert.ts';
import { BitSet } from '../src/engine/bitmap/bit-set.ts';
import { buildRun, entryWords, type EntryPart } from '../src/engine/identity/build-run.ts';
import { emptySnapshot, indexOf } from '../src/engine/identity/snapshot.ts';
import type { GraphIndex } from '../src/engine/types.ts';

const { values: flags } = parseArgs({
  options: {
    entries: { type: 'string' },
    large: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});
const entryCount = Number(flags.entries ?? (flags.smoke ? 40_000 : 20_000_000));
const largeCount = Number(flags.large ?? (flags.smoke ? 80_000 : 100_000_000));
const rounds = Number(flags.rounds ?? (flags.smoke ? 1 : 7));
const memberCount = flags.smoke ? 2_000 : 100_000;

/** A permutation of 32-bit numbers, so that tokens are distinct and look random; the same in SQL below. */
function mixed(n: number): number {
  let x = n >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
const mixedSql = (n: string): string => {
  const step = (x: string, shift: number): string => `xor(${x}, ${x} >> ${shift})`;
  const times = (x: string, factor: number): string => `((${x} * ${factor}) & 4294967295)`;
  return `(SELECT ${step('c', 16)} FROM (SELECT ${times(step('b', 13), 0xc2b2ae35)} AS c FROM (SELECT ${times(step('a', 16), 0x85ebca6b)} AS b FROM (SELECT (${n})::UBIGINT AS a))))`;
};
/** Identifier i of the graph; user u has identifiers 2u (e-mail) and 2u + 1 (phone). */
function writeToken(i: number, words: Uint32Array, at: number): void {
  for (let word = 0; word < 4; word++) words[at + word] = mixed(i * 4 + word);
}

/** Member m is user m * stride when it is known; else its identifiers are those of nobody. */
const isKnown = (member: number): boolean => member % 10 < 6;
const strideOf = (count: number): number => Math.floor(count / 2 / memberCount);
const nobody = 500_000_000;
const identifierOf = (member: number, kind: 0 | 1, stride: number): number =>
  (isKnown(member) ? member * stride * 2 : nobody + member * 2) + kind;

interface Queries {
  readonly tokens: Uint32Array;
  readonly types: Uint8Array;
  readonly members: Uint32Array;
}
function queriesFor(count: number): Queries {
  const total = memberCount + memberCount / 2;
  const queries = {
    tokens: new Uint32Array(total * 4),
    types: new Uint8Array(total),
    members: new Uint32Array(total),
  };
  const stride = strideOf(count);
  let at = 0;
  for (let member = 0; member < memberCount; member++) {
    for (const kind of member % 2 === 0 ? ([0, 1] as const) : ([0] as const)) {
      writeToken(identifierOf(member, kind, stride), queries.tokens, at * 4);
      queries.types[at] = kind;
      queries.members[at++] = member;
    }
  }
  return queries;
}

const partEntries = 4_000_000;
function indexWith(count: number): GraphIndex {
  const parts: EntryPart[] = [];
  for (let first = 0; first < count; first += partEntries) {
    const own = Math.min(partEntries, count - first);
    const words = new Uint32Array(own * entryWords);
    for (let i = 0; i < own; i++) {
      writeToken(first + i, words, i * entryWords);
      words[i * entryWords + 3] = (first + i) >>> 1;
    }
    parts.push({ words, count: own });
  }
  const base = buildRun(parts);
  const personCount = Math.ceil(count / 2);
  return indexOf({
    ...emptySnapshot,
    version: 1,
    personCount,
    base,
    entryCount: count,
    livePersonCount: personCount,
  });
}

interface Answer {
  readonly emails: number;
  readonly phones: number;
  readonly members: number;
  readonly users: number;
}

function match(graph: GraphIndex, { tokens, types, members }: Queries): Answer {
  const hits = new Uint8Array(types.length);
  const users = new BitSet(graph.personCount);
  graph.lookup(tokens, 0, types.length, hits, users);
  let emails = 0;
  let phones = 0;
  let matched = 0;
  let last = -1;
  for (let i = 0; i < types.length; i++) {
    if (hits[i] === 0) continue;
    if (types[i] === 0) emails += 1;
    else phones += 1;
    if (members[i] !== last) matched += 1;
    last = members[i]!;
  }
  return { emails, phones, members: matched, users: users.size };
}

async function openDuck(): Promise<DuckDBConnection> {
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  const token = (i: string): string => {
    const word = (no: number): string => mixedSql(`${i} * 4 + ${no}`);
    return `((${word(0)}::HUGEINT << 32) + ${word(1)}::HUGEINT) * 9223372036854775808 + ((${word(2)} & 2147483647)::HUGEINT << 32) + ${word(3)}::HUGEINT`;
  };
  const stride = strideOf(entryCount) * 2;
  await duck.run(
    `CREATE TABLE graph AS SELECT CAST((${token('i')}) / 4 AS HUGEINT) AS token, (i // 2)::INTEGER AS person FROM range(${entryCount}) t(i)`,
  );
  await duck.run(`CREATE TABLE query AS SELECT member, kind, CAST((${token('i')}) / 4 AS HUGEINT) AS token FROM (
    SELECT m::INTEGER AS member, k::TINYINT AS kind,
      (CASE WHEN m % 10 < 6 THEN m * ${stride} ELSE ${nobody} + m * 2 END) + k AS i
    FROM range(${memberCount}) a(m), range(2) b(k) WHERE k = 0 OR m % 2 = 0)`);
  return duck;
}

async function matchInDuck(duck: DuckDBConnection): Promise<Answer> {
  const reader = await duck.runAndReadAll(`SELECT count(*) FILTER (kind = 0) AS emails,
      count(*) FILTER (kind = 1) AS phones, count(DISTINCT member) AS members, count(DISTINCT person) AS users
    FROM query JOIN graph USING (token)`);
  const row = reader.getRowObjectsJson()[0] ?? {};
  const of = (name: string): number => Number(row[name]);
  return { emails: of('emails'), phones: of('phones'), members: of('members'), users: of('users') };
}

const times = { ours: [] as number[], duck: [] as number[], large: [] as number[] };
function check(answer: Answer): void {
  const known = Array.from({ length: memberCount }, (_, i) => i).filter(isKnown);
  const phones = known.filter((i) => i % 2 === 0).length;
  const wanted: Answer = { emails: known.length, phones, members: known.length, users: known.length };
  assert(JSON.stringify(answer) === JSON.stringify(wanted), () => `wrong counts ${JSON.stringify(answer)}`);
}
async function timed(
  kind: keyof typeof times,
  isWarm: boolean,
  work: () => Answer | Promise<Answer>,
): Promise<void> {
  const started = performance.now();
  const answer = await work();
  if (isWarm) times[kind].push(performance.now() - started);
  check(answer);
}

const graph = indexWith(entryCount);
const large = indexWith(largeCount);
const duck = await openDuck();
const [queries, largeQueries] = [queriesFor(entryCount), queriesFor(largeCount)];
const warmUps = 3;
for (let round = 0; round < warmUps + rounds; round++) {
  await timed('ours', round >= warmUps, () => match(graph, queries));
  await timed('large', round >= warmUps, () => match(large, largeQueries));
  await timed('duck', round >= warmUps, async () => matchInDuck(duck));
}
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;
const show = (list: readonly number[]): string =>
  `${median(list).toFixed(1)} [${Math.min(...list).toFixed(1)}-${Math.max(...list).toFixed(1)}] ms`;
const result = {
  benchmark: 'match',
  entries: entryCount,
  large: largeCount,
  oursMs: times.ours,
  duckMs: times.duck,
  largeMs: times.large,
  bytesPerEntry: graph.memoryBytes / entryCount,
  answer: match(graph, queries),
};
console.log(`ours, ${entryCount} entries: ${show(times.ours)}`);
console.log(`ours, ${largeCount} entries: ${show(times.large)}`);
console.log(`DuckDB, ${entryCount} entries: ${show(times.duck)}`);
console.log(
  `ratio ${(median(times.ours) / median(times.duck)).toFixed(3)}  answer ${JSON.stringify(result.answer)}`,
);
if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
