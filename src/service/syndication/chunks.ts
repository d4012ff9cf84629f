import { createHash } from 'node:crypto';

import type { SyndicationRow } from '../../store/syndication-rows.ts';
import type { OutgoingAudience } from './seller-link.ts';

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
  return uuidOf(parts);
}

/** A UUID that follows from the parts: equal ones give the same. */
export function uuidOf(parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  // The version for hashes of one's own, and the variant. Source: RFC 9562, version 8.
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
