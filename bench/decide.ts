/**
 * Decisions at ad-request time, beside Redis and roaring-wasm, in one run:
 *
 *   in process    ten packages with random overlays over twenty audiences, for random users
 *   over HTTP     the same questions to a real server, in batches of 100 and alone; alone also while four uploads are under way
 *   memory        many audiences at once, each of 100,000 users of ten million
 *
 * Everybody must give the same answers. Redis is asked with one SISMEMBER for each audience that a decision needs, a thousand users
 * in a pipeline; it is left out where it is not installed (apt-get install redis-server).
 * Run: `node bench/decide.ts [--users 10000000] [--size 100000] [--sets 10000] [--json FILE] [--smoke]`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';

import { assert } from '../src/base/assert.ts';
import { BitSet } from '../src/engine/bitmap/bit-set.ts';
import { decide } from '../src/engine/decision/decide.ts';
import { createUserMarks } from '../src/engine/decision/user-marks.ts';
import { packUserSet, type UserSet } from '../src/engine/decision/user-set.ts';
import { startRedis } from './peers/redis.ts';
import { measureOverHttp } from './support/decide-http.ts';
import { spreadOf } from './support/statistics.ts';

const { values: flags } = parseArgs({
  options: {
    users: { type: 'string' },
    size: { type: 'string' },
    sets: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});
const userCount = Number(flags.users ?? (flags.smoke ? 20_000 : 10_000_000));
const size = Number(flags.size ?? (flags.smoke ? 1_000 : 100_000));
const setCount = Number(flags.sets ?? (flags.smoke ? 20 : 10_000));
const rounds = Number(flags.rounds ?? (flags.smoke ? 1 : 7));
const askedUsers = flags.smoke ? 500 : 10_000;
const packageCount = 10;
const audienceCount = 20;

/** The same in every run and on every machine. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomSet(random: (below: number) => number): BitSet {
  const set = new BitSet(userCount);
  while (set.size < size) set.add(random(userCount));
  return set;
}

interface Plan {
  readonly include: readonly number[];
  readonly exclude: readonly number[];
}

/** One to three included audiences, none to two excluded ones. */
function randomPlans(random: (below: number) => number): readonly Plan[] {
  const some = (count: number): number[] => Array.from({ length: count }, () => random(audienceCount));
  return Array.from({ length: packageCount }, () => ({
    include: some(1 + random(3)),
    exclude: some(random(3)),
  }));
}

const random = createRandom(20_261_127);
const bits = Array.from({ length: audienceCount }, () => randomSet(random));
const sets = bits.map((set) => packUserSet(set));
const plans = randomPlans(random);
/** Half of those asked about are in some audience, so that answers differ. */
const asked = Uint32Array.from({ length: askedUsers }, (_, i) => {
  if (i % 2 === 0) return random(userCount);
  const members = bits[random(audienceCount)]!;
  let ordinal = random(userCount);
  while (!members.has(ordinal)) ordinal = (ordinal + 1) % userCount;
  return ordinal;
});
const decisionCount = askedUsers * packageCount;

const marks = createUserMarks(userCount);
sets.forEach((set, no) => marks.set(set, 1 << no));
const marksOf = (numbers: readonly number[]): number =>
  numbers.reduce((together, no) => together | (1 << no), 0);
const overlays = plans.map(({ include, exclude }) => ({
  include: include.map((no): UserSet => sets[no]!),
  exclude: exclude.map((no): UserSet => sets[no]!),
  includeMarks: marksOf(include),
  excludeMarks: marksOf(exclude),
}));

function inProcess(): Uint8Array {
  const answers = new Uint8Array(decisionCount);
  const persons = [0];
  let at = 0;
  for (const ordinal of asked) {
    persons[0] = ordinal;
    const theirs = marks.of(persons);
    for (const overlay of overlays) answers[at++] = decide(overlay, persons, theirs) === 'eligible' ? 1 : 0;
  }
  return answers;
}

type Has = (audience: number, ordinal: number) => boolean;

/** The rule over somebody else's sets. */
function decideBy(has: Has): Uint8Array {
  const answers = new Uint8Array(decisionCount);
  let at = 0;
  for (const ordinal of asked) {
    for (const { include, exclude } of plans) {
      const isIn = include.some((no) => has(no, ordinal)) && !exclude.some((no) => has(no, ordinal));
      answers[at++] = isIn ? 1 : 0;
    }
  }
  return answers;
}

const needed = [...new Set(plans.flatMap(({ include, exclude }) => [...include, ...exclude]))];

async function byRedis(redis: NonNullable<Awaited<ReturnType<typeof startRedis>>>): Promise<Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const step = 1_000;
  for (let from = 0; from < asked.length; from += step) {
    const some = asked.subarray(from, from + step);
    const questions = [...some].flatMap((ordinal) => needed.map((no) => [`a${no}`, ordinal] as const));
    const answers = await redis.areMembers(questions);
    some.forEach((ordinal, i) =>
      found.set(ordinal, answers.subarray(i * needed.length, (i + 1) * needed.length)),
    );
  }
  return decideBy((no, ordinal) => found.get(ordinal)![needed.indexOf(no)] === 1);
}

async function timed(
  work: () => Uint8Array | Promise<Uint8Array>,
): Promise<{ ms: number; answers: Uint8Array }> {
  const started = performance.now();
  const answers = await work();
  return { ms: performance.now() - started, answers };
}

const report: Record<string, unknown> = {
  ...{ users: userCount, usersPerAudience: size, packages: packageCount, decisions: decisionCount },
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const nsEach = (ms: number): string => `${((ms * 1e6) / decisionCount).toFixed(0)} ns`;

/** Gives what 100,000 decisions take Redis, in ms; null where there is none. */
async function measureInProcess(): Promise<number | null> {
  await roaringLibraryInitialize();
  const roaring = bits.map((set) => new RoaringBitmap32(set.toArray()));
  const redis = await startRedis();
  for (const no of needed) await redis?.add(`a${no}`, [...bits[no]!.toArray()]);
  const truth = decideBy((no, ordinal) => bits[no]!.has(ordinal));
  const times: Record<string, number[]> = { ours: [], roaring: [], redis: [] };
  for (let round = 0; round <= rounds; round++) {
    const turns: [string, () => Uint8Array | Promise<Uint8Array>][] = [
      ['ours', inProcess],
      ['roaring', () => decideBy((no, ordinal) => roaring[no]!.has(ordinal))],
      ...(redis === null
        ? []
        : [['redis', async () => byRedis(redis)] as [string, () => Promise<Uint8Array>]]),
    ];
    for (const [name, work] of turns) {
      const { ms, answers } = await timed(work);
      assert(Buffer.compare(answers, truth) === 0, () => `${name} decides as the others do`);
      // The first round warms up.
      if (round > 0 || rounds === 1) times[name]!.push(ms);
    }
  }
  await redis?.stop();
  roaring.forEach((set) => set.dispose());
  const ours = spreadOf(times['ours']!);
  report['inProcessMs'] = ours;
  say(
    `in process  ${nsEach(ours.median)} a decision; ${truth.reduce((sum, one) => sum + one, 0)} of ${decisionCount} eligible`,
  );
  say(`            ${(ours.median / spreadOf(times['roaring']!).median).toFixed(3)} × roaring-wasm`);
  report['roaringMs'] = spreadOf(times['roaring']!);
  if (redis === null) {
    say('            Redis is not installed here');
    return null;
  }
  const peer = spreadOf(times['redis']!);
  report['redisMs'] = peer;
  say(
    `            ${(ours.median / peer.median).toFixed(4)} × Redis (goal ≤ 0.05), which takes ${nsEach(peer.median)}`,
  );
  return (peer.median * 100_000) / decisionCount;
}

function measureMemory(): void {
  const before = process.memoryUsage();
  const held: UserSet[] = [];
  for (let i = 0; i < setCount; i++) held.push(packUserSet(randomSet(random)));
  const bytes = held.reduce((sum, set) => sum + set.memory.byteLength, 0);
  const rss = process.memoryUsage().rss - before.rss;
  report['memory'] = { sets: setCount, bytes, rss };
  say(
    `memory      ${setCount} audiences: ${(bytes / 2 ** 30).toFixed(2)} GiB of sets, ${(rss / 2 ** 30).toFixed(2)} GiB resident (goal ≤ 2)`,
  );
  assert(
    held.every((set) => set.size === size),
    () => 'every set is whole',
  );
}

const redisMs = await measureInProcess();
const directory = await mkdtemp(join(tmpdir(), 'rollcall-decide-'));
try {
  report['http'] = await measureOverHttp({ directory, isSmoke: flags.smoke, redisMs, say });
} finally {
  await rm(directory, { recursive: true, force: true });
}
measureMemory();
if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
