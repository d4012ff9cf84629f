/** Turns of a push against a seller that answers as it is told, over rows that are kept as the store keeps them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { limits } from '../../base/limits.ts';
import { encodeForward, noFallback } from '../../engine/forward/encode-forward.ts';
import { createForwardBuilder } from '../../engine/forward/forward-builder.ts';
import type { AudienceRow } from '../../store/audience-rows.ts';
import type { ForwardingRow } from '../../store/forwarding-rows.ts';
import type { SyndicationRow } from '../../store/syndication-rows.ts';
import { createForwardKeys, placeName } from './forward-keys.ts';
import { runPush, type PushDeps, type PushPast, type PushTurn } from './push-run.ts';
import type { OutgoingCall, SellerAnswer } from './seller-link.ts';
import { nextStatus } from './states.ts';

const keys = createForwardKeys(new Uint8Array(32).fill(7));
const key: ForwardingRow = {
  accountNo: 1,
  keyId: 'k',
  wrappedKey: keys.wrap(1, 'k', new Uint8Array(32).fill(8)),
  since: 0,
};
const place = { accountNo: 1, syndicationId: 's' };
const fresh: PushPast = { failureCount: 0, isTiredOfPolling: false };
const accepted: SellerAnswer = { kind: 'accepted', audience: null };

/** `count` members as one sealed operation. */
function sealed(count: number): Uint8Array {
  const builder = createForwardBuilder({
    rows: count,
    identifiers: count,
    idBytes: count * 8,
    valueBytes: 0,
  });
  for (let i = 0; i < count; i++) {
    const id = new TextEncoder().encode(`m-${i}`);
    builder.record(Uint32Array.of(i, 0, 0, 1), 0, id, 0, id.length);
    builder.identifier(1, new Uint8Array(32).fill(i % 251), 0, id, 0, 0);
  }
  const bytes = encodeForward({ members: builder.finish(), fallback: noFallback });
  return keys.sealerOf(key).seal(bytes, placeName({ accountNo: 1, audienceNo: 5, opSeq: 3, pieceNo: 0 }));
}

interface World {
  row: SyndicationRow;
  readonly calls: string[];
  turn(past?: PushPast): Promise<PushTurn>;
}

function world(
  memberCount: number,
  answer: (call: OutgoingCall, world: World) => SellerAnswer,
  tickMs = 0,
): World {
  const bytes = sealed(memberCount);
  const audience = {
    audienceNo: 5,
    audienceId: 'a',
    countedSeq: 3,
    acceptedSeq: 3,
    memberCount,
    name: null,
  } as AudienceRow;
  const agent = {
    agentId: 'x',
    url: 'https://x.example',
    protocol: 'mcp',
    remoteAccountId: 'y',
    credential: null,
  } as const;
  let now = 0;
  const row = {
    ...{ syndicationId: 's', audienceId: 'a', agentId: 'x', enabled: 1, status: 'PENDING', audienceNo: null },
    ...{
      cursorSeq: 0,
      targetSeq: 0,
      doneCount: 0,
      chunkSize: 10_000,
      restartCount: 0,
      failedSeq: null,
      error: null,
    },
  } as unknown as SyndicationRow;
  const calls: string[] = [];
  const deps: PushDeps = {
    keys,
    clock: { now: () => now, monotonic: () => (now += tickMs) },
    work: () => ({ row: it_.row, key, audience, agent }),
    kept: () => [{ opSeq: 3, pieceNo: 0, isBase: 0, byteCount: bytes.length, sealed: bytes }],
    move: async ({ event, expected, changes }) => {
      const { restartCount, cursorSeq, targetSeq } = it_.row;
      const status = nextStatus(it_.row.status, event);
      const isSame =
        restartCount === expected.restartCount &&
        cursorSeq === expected.cursorSeq &&
        targetSeq === expected.targetSeq;
      if (!isSame || status === null) return false;
      it_.row = { ...it_.row, ...changes, status };
      return true;
    },
    link: {
      send: async (_, call) => {
        calls.push(
          call.kind === 'members' ? `${call.chunk.side} ${call.chunk.from}-${call.chunk.to}` : call.kind,
        );
        return answer(call, it_);
      },
    },
  };
  const it_: World = { row, calls, turn: async (past = fresh) => runPush(deps, place, past) };
  return it_;
}

const ready: SellerAnswer = { kind: 'accepted', audience: { status: 'ready', memberCount: 900, body: {} } };

describe('a turn of a push', () => {
  it('halves chunks that are too large, remembers what was taken, and ends when the seller has counted', async () => {
    const push = world(900, (call) => {
      if (call.kind !== 'members') return ready;
      return call.chunk.to - call.chunk.from > 300 ? { kind: 'too_large', sentence: 'Too large.' } : accepted;
    });
    const { end } = await push.turn();
    assert.equal(end.kind, 'over');
    assert.deepEqual(push.calls, [
      'add 0-900',
      'add 0-450',
      'add 0-225',
      'add 225-450',
      'add 450-675',
      'add 675-900',
      'look',
    ]);
    const { status, cursorSeq, targetSeq, chunkSize, error } = push.row;
    assert.deepEqual(
      { status, cursorSeq, targetSeq, chunkSize, error },
      { status: 'COMPLETED', cursorSeq: 3, targetSeq: 0, chunkSize: 225, error: null },
    );
  });

  it('gives up when the smallest chunk is too large', async () => {
    const push = world(900, () => ({ kind: 'too_large', sentence: 'Too large.' }));
    await push.turn();
    assert.deepEqual([push.row.status, push.row.error, push.row.failedSeq], ['FAILED', 'Too large.', 3]);
    assert.ok(push.calls.length < 6);
  });

  it('goes on behind what was acknowledged', async () => {
    let failures = 0;
    const push = world(900, (call) => {
      if (call.kind !== 'members') return ready;
      return call.chunk.from === 200 && failures++ === 0
        ? { kind: 'again', sentence: 'Not now.', retryAfterMs: 5 }
        : accepted;
    });
    push.row = { ...push.row, chunkSize: 200 };
    const first = await push.turn();
    assert.deepEqual(first, {
      end: { kind: 'again', sentence: 'Not now.', retryAfterMs: 5 },
      hasProgressed: true,
    });
    assert.deepEqual([push.row.status, push.row.doneCount, push.row.error], ['SYNCING', 200, 'Not now.']);
    await push.turn({ ...fresh, failureCount: 1 });
    assert.deepEqual(push.calls.slice(2, 4), ['add 200-400', 'add 400-600']);
    assert.equal(push.row.status, 'COMPLETED');
  });

  it('fails after so many attempts that got no further, and not before', async () => {
    const push = world(10, () => ({ kind: 'again', sentence: 'Not now.', retryAfterMs: null }));
    const last = limits.pushAttemptCountMax - 1;
    assert.equal((await push.turn({ ...fresh, failureCount: last - 1 })).end.kind, 'again');
    assert.equal((await push.turn({ ...fresh, failureCount: last })).end.kind, 'over');
    assert.deepEqual([push.row.status, push.row.error], ['FAILED', 'Not now.']);
  });

  it('lets others have a turn after a while, and polls no longer than it may', async () => {
    const processing: SellerAnswer = {
      kind: 'accepted',
      audience: { status: 'processing', memberCount: null, body: {} },
    };
    const push = world(
      900,
      (call) => (call.kind === 'members' ? accepted : processing),
      limits.pushTurnMs / 2,
    );
    push.row = { ...push.row, chunkSize: 100 };
    assert.equal((await push.turn()).end.kind, 'more');
    assert.ok(push.row.doneCount > 0 && push.row.doneCount < 900);
    for (let turns = 0; push.row.targetSeq > 0; turns++) {
      assert.ok(turns < 20);
      await push.turn();
    }
    assert.equal((await push.turn()).end.kind, 'poll');
    assert.equal(push.row.status, 'SYNCING');
    assert.equal((await push.turn({ ...fresh, isTiredOfPolling: true })).end.kind, 'over');
    assert.equal(push.row.status, 'COMPLETED');
  });

  it('stops without a word when somebody starts it anew meanwhile, and says when counts differ', async () => {
    const push = world(900, (call, { row }) => {
      if (call.kind === 'members') push.row = { ...row, restartCount: 1 };
      return accepted;
    });
    assert.equal((await push.turn()).end.kind, 'stopped');
    assert.equal(push.row.doneCount, 0);
    const other = world(901, (call) => (call.kind === 'members' ? accepted : ready));
    await other.turn();
    assert.deepEqual(
      [other.row.status, other.row.error],
      ['COMPLETED', 'The seller counts 900 members, and 901 were sent.'],
    );
  });
});
