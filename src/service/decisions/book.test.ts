import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { createUserMarks } from '../../engine/decision/user-marks.ts';
import { packUserSet } from '../../engine/decision/user-set.ts';
import type { AudienceStatus } from '../api.ts';
import { createDecisionBook, type DecisionFacts, type PackageFacts } from './book.ts';
import type { TrackedName, UserNews } from './user-tracker.ts';

const nowMs = 1_000;
const facts = (packageId: string, more: Partial<PackageFacts> = {}): PackageFacts => ({
  ...{ packageId, packageNo: 1, accountNo: 1, isSandbox: false, isLive: true },
  ...{ startAtMs: 0, endAtMs: 2_000, include: [], exclude: [] },
  ...more,
});

const marks = createUserMarks(90);

/** As the matching thread tells of an audience's users. */
function usersOf(audienceNo: number, ...ordinals: readonly number[]): UserNews {
  const set = new BitSet(100);
  for (const ordinal of ordinals) set.add(ordinal);
  const packed = packUserSet(set);
  const mark = 1 << audienceNo;
  marks.set(packed, mark);
  return { kind: 'users', users: { audienceNo, memory: packed.memory, mark } };
}

interface Stored {
  packages: PackageFacts[];
  audiences: { accountNo: number; audienceNo: number; countedSeq: number; status: AudienceStatus | null }[];
}

function createWorld(stored: Stored) {
  const tracked: (readonly TrackedName[])[] = [];
  const troubles: string[] = [];
  const world = { fails: false };
  const book = createDecisionBook({
    readFacts: async () => {
      if (world.fails) throw new Error('no');
      return structuredClone(stored) as DecisionFacts;
    },
    track: (names) => tracked.push(names),
    troubled: (event) => troubles.push(event),
  });
  book.hear({ kind: 'marks', memory: marks.memory });
  const refresh = async (): Promise<void> => {
    book.wake();
    await book.settled();
  };
  const told = (persons: readonly number[], packageIds: readonly string[] | null = null): string => {
    const { eligible, ineligible } = book.decide({ persons, packageIds }, nowMs);
    return [
      ...eligible.map((id) => `${id}+`),
      ...ineligible.map((one) => `${one.packageId}:${one.reason}`),
    ].join(' ');
  };
  return { book, refresh, told, tracked, troubles, world };
}

test('packages are decided by their state, their time and their audiences, each with its reason', async () => {
  const { book, refresh, told } = createWorld({
    packages: [
      facts('plain'),
      facts('aimed', { include: [1] }),
      facts('spared', { exclude: [2] }),
      facts('both', { include: [1], exclude: [2] }),
      facts('paused', { isLive: false }),
      facts('later', { startAtMs: 1_001 }),
      facts('over', { endAtMs: 1_000 }),
      facts('sandbox', { isSandbox: true }),
    ],
    audiences: [
      { accountNo: 1, audienceNo: 1, countedSeq: 0, status: 'ready' },
      { accountNo: 1, audienceNo: 2, countedSeq: 0, status: 'too_small' },
    ],
  });
  await refresh();
  book.hear(usersOf(1, 1, 2));
  book.hear(usersOf(2, 2, 3));
  const rest = 'later:not_started over:ended';
  assert.equal(told([1]), `plain+ aimed+ spared+ both+ ${rest}`);
  assert.equal(told([2]), `plain+ aimed+ spared:excluded both:excluded ${rest}`);
  assert.equal(told([3]), `plain+ aimed:not_included spared:excluded both:not_included ${rest}`);
  assert.equal(told([]), `plain+ spared+ aimed:not_included both:not_included ${rest}`);
  assert.equal(told([1], ['paused', 'sandbox', 'nowhere']), 'sandbox+ paused:not_live nowhere:unknown');
});

test('nobody is reached through an audience that is not ready, and nobody past one of which nothing is known', async () => {
  const stored: Stored = {
    packages: [facts('in', { include: [1] }), facts('out', { exclude: [1] })],
    audiences: [{ accountNo: 1, audienceNo: 1, countedSeq: 0, status: 'processing' }],
  };
  const { book, refresh, told } = createWorld(stored);
  await refresh();
  assert.equal(told([5]), 'in:not_included out:exclusion_unknown', 'before its users were told');
  book.hear(usersOf(1, 5));
  for (const status of ['processing', 'too_small', 'suspended'] as const) {
    stored.audiences[0]!.status = status;
    await refresh();
    assert.equal(told([5]), 'in:not_included out:excluded', status);
    assert.equal(told([6]), 'out+ in:not_included', status);
  }
  stored.audiences[0]!.status = 'ready';
  await refresh();
  assert.equal(told([5]), 'in+ out:excluded');
  stored.audiences[0]!.status = null;
  await refresh();
  assert.equal(
    told([6]),
    'in:not_included out:exclusion_unknown',
    'deleted: who was in it is not known any more',
  );
});

test('what moved is seen at once, and what is leant on is tracked', async () => {
  const stored: Stored = {
    packages: [facts('a', { include: [1] })],
    audiences: [{ accountNo: 1, audienceNo: 1, countedSeq: 0, status: 'ready' }],
  };
  const { book, refresh, told, tracked } = createWorld(stored);
  await refresh();
  book.hear(usersOf(1, 1));
  assert.equal(told([1]), 'a+');
  book.hear(usersOf(1, 2));
  assert.equal(told([1]), 'a:not_included');
  // Of an audience that nobody leans on nothing is kept.
  book.hear(usersOf(9, 1));
  stored.packages.push(facts('b', { include: [9] }));
  stored.audiences.push({ accountNo: 1, audienceNo: 9, countedSeq: 0, status: 'ready' });
  await refresh();
  assert.equal(told([2]), 'a+ b:not_included');
  assert.deepEqual(
    tracked.map((names) => names.map(({ audienceNo }) => audienceNo)),
    [[1], [1, 9]],
  );
});

test('a reading that fails changes nothing, and is tried again', async () => {
  const { refresh, told, troubles, world, book } = createWorld({ packages: [facts('a')], audiences: [] });
  await refresh();
  world.fails = true;
  book.wake();
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(troubles, ['decisions.refresh_failed']);
  assert.equal(told([1]), 'a+');
  world.fails = false;
  await book.settled();
  assert.equal(troubles.length, 1);
  book.close();
});
