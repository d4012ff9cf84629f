import { createHash } from 'node:crypto';

import type { ForwardDelta } from '../../engine/forward/forward-delta.ts';
import type { SyndicationRow } from '../../store/syndication-rows.ts';
import type { Chunk, OutgoingAudience } from './seller-link.ts';

/** Changes of a delta. They are numbered with the removals first: see `chunkAt`. */
export function changeCount({ removed, added }: ForwardDelta): number {
  return removed.length + added.length;
}

/**
 * The chunk that begins at change number `at`. Removals and additions never share a call: in one call, an identifier that is removed
 * with one member is struck from the other (contract, sync rule 3), and between two calls it is not.
 */
export function chunkAt(delta: ForwardDelta, at: number, size: number): Chunk {
  const removals = delta.removed.length;
  if (at < removals) return { side: 'remove', from: at, to: Math.min(removals, at + size) };
  return { side: 'add', from: at - removals, to: Math.min(delta.added.length, at - removals + size) };
}

/**
 * The idempotency key of a call, as a UUID that follows from what the call does: the same step after a crash is a replay at the other
 * seller, and another step is never taken for one.
 */
export function requestKeyOf(
  row: Pick<SyndicationRow, 'syndicationId' | 'restartCount' | 'cursorSeq' | 'targetSeq'>,
  audienceNo: number,
  audience: OutgoingAudience,
  step: readonly (string | number)[],
): string {
  const { syndicationId, restartCount, cursorSeq, targetSeq } = row;
  const parts = [syndicationId, restartCount, audienceNo, cursorSeq, targetSeq, audience, step];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  // The version for hashes of one's own, and the variant. Source: RFC 9562, version 8.
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
