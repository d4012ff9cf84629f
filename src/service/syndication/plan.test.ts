import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { limits } from '../../base/limits.ts';
import { changeCount, chunkAt } from '../../engine/forward/forward-chunks.ts';
import type { ForwardDelta } from '../../engine/forward/forward-delta.ts';
import type { AudienceRow } from '../../store/audience-rows.ts';
import type { SyndicationRow, SyndicationStatus } from '../../store/syndication-rows.ts';
import { pollAfter, retryAfter } from './backoff.ts';
import { requestKeyOf } from './chunks.ts';
import { dueNow } from './due.ts';
import { mergeUpTo } from './kept-members.ts';
import { nextStep } from './next-step.ts';
import { nextStatus, type SyndicationEvent } from './states.ts';

const random = (byte: number) => ({
  bytes: (count: number) => new Uint8Array(count).fill(byte),
  uuid: () => '',
  uuidAt: () => '',
});

describe('the chunks of a push', () => {
  const counts = fc.nat({ max: 50 });
  it('hold every change once, removals before additions and never together', () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 20 }), (removed, added, size) => {
        const delta = {
          removed: new Uint32Array(removed),
          added: new Uint32Array(added),
        } as unknown as ForwardDelta;
        const seen: string[] = [];
        for (let at = 0; at < changeCount(delta);) {
          const { side, from, to } = chunkAt(delta, at, size);
          assert.ok(to > from && to - from <= size);
          for (let i = from; i < to; i++) seen.push(`${side} ${i}`);
          at += to - from;
        }
        const all = [
          ...Array.from({ length: removed }, (_, i) => `remove ${i}`),
          ...Array.from({ length: added }, (_, i) => `add ${i}`),
        ];
        assert.deepEqual(seen, all);
      }),
    );
  });

  it('have keys that are UUIDs, the same for the same step and different for any other', () => {
    const row = { syndicationId: 's', restartCount: 0, cursorSeq: 1, targetSeq: 2 };
    const audience = { audienceId: 'a', name: 'n', audienceType: null, consentBasis: null };
    const keyOf = (change: object, step: (string | number)[] = ['add', 0, 10], no = 1): string =>
      requestKeyOf({ ...row, ...change }, no, { ...audience, ...change }, step);
    assert.match(keyOf({}), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(keyOf({}), keyOf({}));
    const others = [
      ...[
        keyOf({ syndicationId: 't' }),
        keyOf({ restartCount: 1 }),
        keyOf({ cursorSeq: 0 }),
        keyOf({ targetSeq: 3 }),
      ],
      ...[
        keyOf({ name: 'm' }),
        keyOf({}, ['remove', 0, 10]),
        keyOf({}, ['add', 0, 5]),
        keyOf({}, ['add', 0, 10], 2),
      ],
    ];
    assert.equal(new Set([keyOf({}), ...others]).size, others.length + 1);
  });
});

describe('what is due', () => {
  const audience = { audienceId: 'a', audienceNo: 7, countedSeq: 5, acceptedSeq: 5 } as AudienceRow;
  const row = {
    syndicationId: 's',
    agentId: 'x',
    audienceId: 'a',
    audienceNo: 7,
    cursorSeq: 5,
    targetSeq: 0,
    failedSeq: null,
    status: 'COMPLETED',
  } as SyndicationRow;
  const isDue = (change: Partial<SyndicationRow>, audiences: readonly AudienceRow[] = [audience]): boolean =>
    dueNow(1, [{ ...row, ...change }], audiences).length === 1;

  it('is what waits, what is behind, and what failed before something changed', () => {
    assert.equal(isDue({}), false, 'in step');
    assert.equal(isDue({ cursorSeq: 4 }), true, 'behind');
    assert.equal(isDue({ audienceNo: 6 }), true, 'another life of the audience');
    assert.equal(isDue({}, []), true, 'deleted here and not there');
    assert.equal(isDue({ cursorSeq: 0, audienceNo: null }, []), false, 'deleted everywhere');
    assert.equal(isDue({ status: 'PENDING' }), true);
    assert.equal(isDue({ status: 'SYNCING' }), true);
    assert.equal(isDue({ status: 'FAILED', failedSeq: 5 }), false);
    assert.equal(isDue({ status: 'FAILED', failedSeq: 4 }), true);
    assert.equal(isDue({ status: 'FAILED', failedSeq: 5 }, []), true, 'deleted since');
    assert.equal(isDue({ status: 'FAILED', failedSeq: -1 }, []), false);
    assert.equal(isDue({ status: 'DISABLED', cursorSeq: 0 }), false);
  });

  it('becomes the step that the difference asks for', () => {
    const stepOf = (change: Partial<SyndicationRow>, live: Partial<AudienceRow> | null = {}): string =>
      nextStep({ ...row, ...change }, live === null ? null : { ...audience, ...live });
    assert.equal(stepOf({}), 'look');
    assert.equal(stepOf({ cursorSeq: 3 }), 'push');
    assert.equal(stepOf({ cursorSeq: 5, targetSeq: 5 }), 'push', 'resumed');
    assert.equal(stepOf({ cursorSeq: 0, audienceNo: null }), 'push', 'from the beginning');
    assert.equal(stepOf({ audienceNo: 6 }), 'delete', 'an earlier life');
    assert.equal(stepOf({ cursorSeq: -1 }), 'delete', 'nobody knows what is there');
    assert.equal(stepOf({}, null), 'delete');
    assert.equal(stepOf({ cursorSeq: 0, targetSeq: 4 }, null), 'delete', 'a part of it is there');
    assert.equal(stepOf({ cursorSeq: 0, audienceNo: null }, null), 'gone');
    assert.equal(stepOf({ cursorSeq: 0, audienceNo: null }, { countedSeq: 0 }), 'wait');
    assert.equal(stepOf({ cursorSeq: 0, audienceNo: null }, { countedSeq: 0, acceptedSeq: 0 }), 'create');
    assert.equal(stepOf({ cursorSeq: 0 }, { countedSeq: 0, acceptedSeq: 0 }), 'look');
  });
});

describe('the states of a push', () => {
  it('are left and reached as the table above the code says', () => {
    const statuses: SyndicationStatus[] = ['PENDING', 'SYNCING', 'COMPLETED', 'FAILED', 'DISABLED'];
    const events: SyndicationEvent[] = ['start', 'stop', 'push', 'finish', 'fail'];
    const rows = statuses.map((status) => events.map((event) => nextStatus(status, event) ?? '—').join(' '));
    assert.deepEqual(rows, [
      'PENDING DISABLED SYNCING — FAILED',
      'SYNCING DISABLED SYNCING COMPLETED FAILED',
      'PENDING DISABLED SYNCING COMPLETED FAILED',
      'PENDING DISABLED SYNCING — FAILED',
      'PENDING DISABLED — — —',
    ]);
  });
});

describe('waiting', () => {
  it('doubles up to a bound, is spread over all of it, and is no shorter than was asked for', () => {
    const most = (failures: number): number => retryAfter(failures, null, random(255));
    assert.ok(
      Math.abs(most(1) - limits.pushRetryMsMin) < 1 && Math.abs(most(2) - 2 * limits.pushRetryMsMin) < 1,
    );
    assert.ok(most(60) <= limits.pushRetryMsMax && most(60) > limits.pushRetryMsMax - 1);
    assert.equal(retryAfter(9, null, random(0)), 0);
    assert.equal(retryAfter(1, 7_000, random(0)), 7_000);
    assert.equal(retryAfter(1, 1e12, random(0)), limits.pushRetryMsMax, 'but not for ever');
    assert.deepEqual([pollAfter(0), pollAfter(1), pollAfter(99)], [200, 400, limits.pushPollMsMax]);
  });
});

describe('merging what is kept', () => {
  const audience = { audienceNo: 1, audienceId: 'a', countedSeq: 5_000, held: 5_000 };
  const operations = (
    count: number,
    bytes = 10,
  ): { opSeq: number; pieceNo: number; isBase: number; byteCount: number }[] =>
    Array.from({ length: count }, (_, i) => ({ opSeq: i + 2, pieceNo: 0, isBase: 0, byteCount: bytes }));
  const base = { opSeq: 1, pieceNo: 0, isBase: 1, byteCount: 1_000_000 };

  it('waits until there is enough, and for whoever is on the way', () => {
    assert.equal(mergeUpTo(operations(31), audience), null);
    assert.equal(mergeUpTo(operations(32), audience), 33);
    assert.equal(mergeUpTo(operations(40), { ...audience, held: 35 }), 35);
    assert.equal(mergeUpTo(operations(40), { ...audience, held: 20 }), null);
    assert.equal(mergeUpTo([base, ...operations(40)], audience), null, 'little beside the base');
    assert.equal(mergeUpTo([base, ...operations(40, 10_000)], audience), 41);
    assert.equal(mergeUpTo([base, ...operations(512)], audience), 513, 'small and very many');
  });

  it('waits for nobody who lags too far behind', () => {
    const many = operations(limits.forwardOperationCountMax + 1);
    assert.equal(mergeUpTo(many.slice(1), { ...audience, held: 0 }), null);
    assert.equal(mergeUpTo(many, { ...audience, held: 0 }), many.at(-1)!.opSeq);
  });
});
