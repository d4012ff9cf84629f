import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { createOrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import { createUserMarks, UserMarks } from '../../engine/decision/user-marks.ts';
import { UserSet } from '../../engine/decision/user-set.ts';
import { createUserTracker, type TrackedUsers } from './user-tracker.ts';

const audience = fc.nat({ max: 3 });
const ordinals = fc.array(fc.nat({ max: 999 }), { maxLength: 20 });
const event = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), audience, ordinals }),
  fc.record({ kind: fc.constant('remove' as const), audience, ordinals }),
  fc.record({ kind: fc.constant('recount' as const), audience }),
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
    usersOf: (_, no) => {
      scans++;
      const members = truth.get(no);
      return members === null || members === undefined ? null : { users: bitsOf(members), countedSeq: 0 };
    },
    tell: (news) => {
      if (news.kind === 'users') told.set(news.users.audienceNo, news.users);
      else marks = new UserMarks(news.memory);
      checkMarks(told, marks);
    },
  });
  return { truth, told, tracker, bitsOf, grow: () => (personCount += 1_000), scans: () => scans };
}

type World = ReturnType<typeof createWorld>;
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

function happen({ truth, told, tracker, bitsOf, grow }: World, one: Event): void {
  if (one.kind === 'grow') return void grow();
  if (one.kind === 'tell') return void tracker.tellOne();
  if (one.kind === 'track') {
    for (const no of told.keys()) if (!one.audiences.includes(no)) told.delete(no);
    return tracker.track(one.audiences.map((audienceNo) => ({ accountNo: 1, audienceNo })));
  }
  const members = truth.get(one.audience);
  if (one.kind === 'delete') {
    truth.set(one.audience, null);
    tracker.dropped(one.audience);
  } else if (members === null || members === undefined) {
    return;
  } else if (one.kind === 'add') {
    for (const ordinal of one.ordinals) members.add(ordinal);
    tracker.moved(one.audience, { kind: 'delta', added: listOf(one.ordinals), needsRecount: false });
  } else if (one.kind === 'remove') {
    for (const ordinal of one.ordinals) members.delete(ordinal);
    tracker.moved(one.audience, { kind: 'delta', added: listOf([]), needsRecount: true });
  } else {
    tracker.moved(one.audience, { kind: 'full', matched: bitsOf(members) });
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
  tracker.track([{ accountNo: 1, audienceNo: 5 }]);
  while (tracker.tellOne());
  assert.deepEqual(
    told.map(({ audienceNo, memory, fault }) => ({ audienceNo, memory, fault })),
    [{ audienceNo: 5, memory: null, fault: 'RangeError' }],
  );
});
