import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { createOrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import { createUserMarks, UserMarks } from '../../engine/decision/user-marks.ts';
import { UserSet } from '../../engine/decision/user-set.ts';
import { createUserTracker, type TrackedName, type TrackedUsers } from './user-tracker.ts';

const audience = fc.nat({ max: 3 });
const ordinals = fc.array(fc.nat({ max: 999 }), { maxLength: 20 });
const event = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), audience, ordinals }),
  fc.record({ kind: fc.constant('remove' as const), audience, ordinals }),
  fc.record({ kind: fc.constant('recount' as const), audience }),
  /** Another process folds, and this one hears of it when it is told what is counted. */
  fc.record({ kind: fc.constant('elsewhere' as const), audience, ordinals }),
  fc.record({ kind: fc.constant('delete' as const), audience }),
  fc.record({ kind: fc.constant('grow' as const) }),
  fc.record({ kind: fc.constant('track' as const), audiences: fc.uniqueArray(audience) }),
  fc.record({ kind: fc.constant('tell' as const) }),
);

const listOf = (values: readonly number[]) => {
  const list = createOrdinalList();
  for (const value of values) list.add(value);
  return list;
};

/** What is true, and a tracker that hears of it as the matching thread would tell. */
function createWorld() {
  const truth = new Map<number, Set<number> | null>([0, 1, 2, 3].map((no) => [no, new Set<number>()]));
  /** The newest counted operation, and the newest that is held here. */
  const seqs = new Map<number, { counted: number; held: number }>(
    [0, 1, 2, 3].map((no) => [no, { counted: 0, held: 0 }]),
  );
  const told = new Map<number, TrackedUsers>();
  let personCount = 1_000;
  let scans = 0;
  let marks = createUserMarks(0);
  const bitsOf = (members: ReadonlySet<number>): BitSet => {
    const bits = new BitSet(personCount);
    for (const ordinal of members) bits.add(ordinal);
    return bits;
  };
  const tracker = createUserTracker({
    personCount: () => personCount,
    usersOf: ({ audienceNo: no, countedSeq }) => {
      scans++;
      const seq = seqs.get(no)!;
      if (countedSeq > seq.held) seq.held = seq.counted;
      if (seq.held < seq.counted) return { users: bitsOf(new Set()), countedSeq: seq.held };
      const members = truth.get(no);
      return members === null || members === undefined
        ? null
        : { users: bitsOf(members), countedSeq: seq.held };
    },
    tell: (news) => {
      if (news.kind === 'users') told.set(news.users.audienceNo, news.users);
      else marks = new UserMarks(news.memory);
      checkMarks(told, marks);
    },
  });
  return { truth, seqs, told, tracker, bitsOf, grow: () => (personCount += 1_000), scans: () => scans };
}

type World = ReturnType<typeof createWorld>;
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

const names = ({ seqs }: World, audiences: readonly number[]): TrackedName[] =>
  audiences.map((audienceNo) => ({ accountNo: 1, audienceNo, countedSeq: seqs.get(audienceNo)!.counted }));

function happen(world: World, one: Event): void {
  const { truth, seqs, told, tracker, bitsOf, grow } = world;
  if (one.kind === 'grow') return void grow();
  if (one.kind === 'tell') return void tracker.tellOne();
  if (one.kind === 'track') {
    for (const no of told.keys()) if (!one.audiences.includes(no)) told.delete(no);
    return tracker.track(names(world, one.audiences));
  }
  const seq = seqs.get(one.audience)!;
  const members = truth.get(one.audience);
  if (one.kind === 'elsewhere') {
    for (const ordinal of one.ordinals) members?.add(ordinal);
    seq.counted++;
    return;
  }
  // What is folded onto less than is counted is stale: what is held is read again.
  if (seq.held < seq.counted) {
    seq.held = seq.counted;
    tracker.dropped(one.audience);
  }
  if (one.kind === 'add' || one.kind === 'remove') seq.held = ++seq.counted;
  if (one.kind === 'delete') {
    truth.set(one.audience, null);
    tracker.dropped(one.audience);
  } else if (members === null || members === undefined) {
    return;
  } else if (one.kind === 'add') {
    for (const ordinal of one.ordinals) members.add(ordinal);
    tracker.moved(
      one.audience,
      { kind: 'delta', added: listOf(one.ordinals), needsRecount: false },
      seq.held,
    );
  } else if (one.kind === 'remove') {
    for (const ordinal of one.ordinals) members.delete(ordinal);
    tracker.moved(one.audience, { kind: 'delta', added: listOf([]), needsRecount: true }, seq.held);
  } else {
    tracker.moved(one.audience, { kind: 'full', matched: bitsOf(members) }, seq.held);
  }
}

/** Whoever decides has the sets and the marks as they were told last. */
function checkMarks(told: ReadonlyMap<number, TrackedUsers>, marks: UserMarks): void {
  for (const [no, one] of told) {
    for (const ordinal of shown(one) ?? []) {
      assert.notEqual(marks.of([ordinal]) & one.mark, 0, `user ${ordinal} of audience ${no} is marked`);
    }
  }
}

const shown = ({ memory }: TrackedUsers): readonly number[] | null => {
  if (memory === null) return null;
  const seen: number[] = [];
  new UserSet(memory).forEach((ordinal) => seen.push(ordinal));
  return seen;
};

test('whatever happens, what is told last of a tracked audience is the truth', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const world = createWorld();
      let tracked: readonly number[] = [];
      for (const one of events) {
        happen(world, one);
        if (one.kind === 'track') tracked = one.audiences;
      }
      world.tracker.track(names(world, tracked));
      while (world.tracker.tellOne());
      for (const no of tracked) {
        const members = world.truth.get(no) ?? null;
        assert.deepEqual(
          shown(world.told.get(no) ?? assert.fail('told')),
          members === null ? null : [...members].sort((a, b) => a - b),
        );
      }
    }),
  );
});

test('users that are added cost no scan, and many operations are one message', () => {
  const world = createWorld();
  happen(world, { kind: 'track', audiences: [2] });
  while (world.tracker.tellOne());
  assert.equal(world.scans(), 1);
  for (let i = 0; i < 50; i++) happen(world, { kind: 'add', audience: 2, ordinals: [i, i + 500] });
  let messages = 0;
  while (world.tracker.tellOne()) messages++;
  assert.deepEqual([world.scans(), messages], [1, 1]);
  assert.equal(shown(world.told.get(2)!)?.length, 100);
});

test('what is not tracked is not told', () => {
  const world = createWorld();
  happen(world, { kind: 'track', audiences: [1] });
  while (world.tracker.tellOne());
  happen(world, { kind: 'add', audience: 3, ordinals: [7] });
  happen(world, { kind: 'track', audiences: [] });
  happen(world, { kind: 'add', audience: 1, ordinals: [7] });
  assert.equal(world.tracker.tellOne(), false);
});

test('users that cannot be counted are told as nobody, with the reason', () => {
  const told: TrackedUsers[] = [];
  const tracker = createUserTracker({
    personCount: () => 10,
    usersOf: () => {
      throw new RangeError('damaged');
    },
    tell: (news) => (news.kind === 'users' ? told.push(news.users) : undefined),
  });
  tracker.track([{ accountNo: 1, audienceNo: 5, countedSeq: 0 }]);
  while (tracker.tellOne());
  assert.deepEqual(
    told.map(({ audienceNo, memory, fault }) => ({ audienceNo, memory, fault })),
    [{ audienceNo: 5, memory: null, fault: 'RangeError' }],
  );
});
