import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { FairQueue, type FairQueueLimits } from './fair-queue.ts';

const bounds: FairQueueLimits = {
  attemptCountMax: 64,
  perEndpointMax: 4,
  unprovenCountMax: 40,
  unprovenPerCallerMax: 8,
};

test('whatever is put, taken and done, the bounds hold and nothing is lost or taken twice', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      endpointNo: fc.integer({ min: 0, max: 9 }),
      count: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('done' as const), at: fc.nat(), answered: fc.boolean() }),
  );
  const small: FairQueueLimits = {
    attemptCountMax: 7,
    perEndpointMax: 2,
    unprovenCountMax: 4,
    unprovenPerCallerMax: 2,
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new FairQueue(small);
      const waiting = new Map<number, number[]>();
      /** As the store knows them. */
      const proven = new Set<number>();
      const underWay: { readonly endpointNo: number; readonly deliveryNo: number }[] = [];
      let nextNo = 1;
      for (const one of steps) {
        if (one.kind === 'put') {
          const numbers = Array.from({ length: one.count }, () => nextNo++);
          const { endpointNo } = one;
          queue.put({ endpointNo, principalNo: endpointNo % 3, isProven: proven.has(endpointNo) }, numbers);
          waiting.set(one.endpointNo, numbers);
        } else if (one.kind === 'take') {
          const taken = queue.take();
          const under = (which: (no: number) => boolean): number =>
            underWay.filter(({ endpointNo }) => which(endpointNo)).length;
          const unproven = (no: number): boolean => !proven.has(no);
          const startable = [...waiting].some(([no, numbers]) => {
            if (numbers.length === 0) return false;
            const own = under((other) => other === no);
            if (proven.has(no)) return own < small.perEndpointMax;
            return (
              own === 0 &&
              under(unproven) < small.unprovenCountMax &&
              under((other) => unproven(other) && other % 3 === no % 3) < small.unprovenPerCallerMax
            );
          });
          assert.equal(taken !== null, startable && underWay.length < small.attemptCountMax);
          if (taken === null) continue;
          assert.equal(waiting.get(taken.endpointNo)?.shift(), taken.deliveryNo, 'the oldest first');
          underWay.push(taken);
        } else {
          const [over] = underWay.splice(one.at % Math.max(1, underWay.length), 1);
          if (over === undefined) continue;
          queue.done(over.endpointNo, one.answered);
          if (one.answered) proven.add(over.endpointNo);
          else proven.delete(over.endpointNo);
          queue.tidy();
        }
        assert.equal(queue.underWay, underWay.length);
      }
    }),
    { numRuns: 500 },
  );
});

/** An endpoint of the simulation: how long an attempt takes, and whether it ends without an answer. */
interface Receiver {
  readonly principalNo: number;
  readonly takesMs: number;
  readonly hangs: boolean;
  readonly count: number;
  /** One comes each so many milliseconds; 0: all are there from the start. */
  readonly everyMs: number;
}

/** Runs to the end by a clock of its own; gives how long each delivery waited for its attempt to begin, by receiver. */
function simulate(receivers: readonly Receiver[], lastMs: number): readonly (readonly number[])[] {
  const queue = new FairQueue(bounds);
  const waits: number[][] = receivers.map(() => []);
  // Not all in the same millisecond, where all come at the same rate.
  const arrivals = receivers.map(({ count, everyMs }, at) =>
    Array.from({ length: count }, (_, i) => i * everyMs + (everyMs === 0 ? 0 : (at * 7) % everyMs)),
  );
  const begun = receivers.map(() => 0);
  let running: { readonly endMs: number; readonly at: number }[] = [];
  for (let now = 0; now <= lastMs; now++) {
    for (const { at } of running.filter(({ endMs }) => endMs <= now)) queue.done(at, !receivers[at]!.hangs);
    running = running.filter(({ endMs }) => endMs > now);
    for (const [at, receiver] of receivers.entries()) {
      if (queue.waitingCount(at) > 0) continue;
      const due: number[] = [];
      for (let i = begun[at]!; due.length < 16 && (arrivals[at]![i] ?? Infinity) <= now; i++) due.push(i);
      const { principalNo } = receiver;
      queue.put({ endpointNo: at, principalNo, isProven: begun[at]! > 0 && !receiver.hangs }, due);
    }
    for (let next = queue.take(); next !== null; next = queue.take()) {
      const { endpointNo: at, deliveryNo } = next;
      begun[at] = deliveryNo + 1;
      waits[at]!.push(now - arrivals[at]![deliveryNo]!);
      running.push({ endMs: now + receivers[at]!.takesMs, at });
    }
  }
  return waits;
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)]!;

describe('fairness, by a clock of its own', () => {
  const healthy = Array.from({ length: 50 }, (_, i): Receiver => ({
    principalNo: 1 + (i % 10),
    takesMs: 20,
    hangs: false,
    count: 100,
    everyMs: 30,
  }));

  test('receivers that hang delay others by less than a fifth', () => {
    const hanging = Array.from({ length: 20 }, (_, i): Receiver => ({
      principalNo: 100 + i,
      takesMs: 15_000,
      hangs: true,
      count: 500,
      everyMs: 0,
    }));
    const lag = (waits: readonly (readonly number[])[]): number =>
      20 + p95(waits.slice(0, healthy.length).flat());
    const alone = simulate(healthy, 5_000);
    const beside = simulate([...healthy, ...hanging], 5_000);
    assert.deepEqual([alone.flat().length, beside.slice(0, healthy.length).flat().length], [5_000, 5_000]);
    assert.ok(lag(beside) <= lag(alone) * 1.2, `${lag(beside)} ms beside them, ${lag(alone)} ms alone`);
  });

  test('a hundred thousand for one do not hold up one each for fifty others', () => {
    const flood: Receiver = { principalNo: 99, takesMs: 20, hangs: false, count: 100_000, everyMs: 0 };
    const others = Array.from({ length: 50 }, (_, i): Receiver => ({
      principalNo: i,
      takesMs: 20,
      hangs: false,
      count: 1,
      everyMs: 0,
    }));
    const waits = simulate([flood, ...others], 1_000)
      .slice(1)
      .flat();
    assert.equal(waits.length, 50);
    assert.ok(Math.max(...waits) <= 100, `${Math.max(...waits)} ms`);
  });

  test('a caller with a hundred endpoints has no hundred turns', () => {
    const many = Array.from({ length: 100 }, (): Receiver => ({
      principalNo: 1,
      takesMs: 50,
      hangs: false,
      count: 1_000,
      everyMs: 0,
    }));
    const one: Receiver = { principalNo: 2, takesMs: 50, hangs: false, count: 200, everyMs: 0 };
    const waits = simulate([...many, one], 5_000);
    // Four at once to one endpoint, each for 50 ms: as fast as if it were alone.
    assert.equal(waits.at(-1)?.length, 200);
    assert.ok(Math.max(...(waits.at(-1) ?? [])) <= 2_600);
  });
});
