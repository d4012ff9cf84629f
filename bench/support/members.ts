/** The members that every measure uploads: made from a seed, so that all servers and both sides of a match agree. */
import { createCipheriv, createHash } from 'node:crypto';

const bytesPerMember = 64;
const blockBytes = 16;

/** 64 bytes a member: digest of the e-mail, digest of the phone. Random access in the stream of a cipher. */
export function digestsOf(seed: string, first: number, count: number): Buffer {
  const key = createHash('sha256').update(`bench ${seed}`).digest().subarray(0, 16);
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt(first) * BigInt(bytesPerMember / blockBytes), 8);
  return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(count * bytesPerMember));
}

export const externalIdOf = (index: number): string => `crm_${String(index).padStart(8, '0')}`;

export interface BodyOptions {
  readonly accountId: string;
  /** Stretches of members. */
  readonly ranges: readonly { readonly first: number; readonly count: number }[];
  /** Other seeds give the same members other hashes. */
  readonly seed: string;
}

/** A body whose key and audience are changed in place: building 15 MB anew would cost more than sending it. */
export interface SyncBody {
  readonly bytes: Buffer;
  readonly count: number;
  /** At most 24 characters. */
  aim(audienceId: string): Buffer;
}

const audienceChars = 24;
const keyChars = 36;
/** No two calls of a whole run may share a key, also not from two processes. */
const runName = `${process.pid.toString(36)}${Date.now().toString(36)}`;
let nextKey = 0;

function memberTexts(seed: string, first: number, count: number): string[] {
  const hex = digestsOf(seed, first, count).toString('hex');
  return Array.from({ length: count }, (_, i) => {
    const at = i * 2 * bytesPerMember;
    const email = hex.slice(at, at + bytesPerMember);
    const phone = hex.slice(at + bytesPerMember, at + 2 * bytesPerMember);
    const phoneField = (first + i) % 2 === 0 ? `,"hashed_phone":"${phone}"` : '';
    return `{"external_id":"${externalIdOf(first + i)}","hashed_email":"${email}"${phoneField}}`;
  });
}

/** Every second member has a phone, every member an e-mail address: 15 MB for 100,000. */
export function syncBody({ accountId, ranges, seed }: BodyOptions): SyncBody {
  const parts = ranges.flatMap(({ first, count }) => memberTexts(seed, first, count));
  const before = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sync_audiences","arguments":{"adcp_major_version":3,"account":{"account_id":"${accountId}"},"idempotency_key":"`;
  const between = `","audiences":[{"audience_id":"`;
  const bytes = Buffer.from(
    `${before}${'k'.repeat(keyChars)}${between}${'a'.repeat(audienceChars)}","add":[${parts.join(',')}]}]}}}`,
  );
  const keyAt = before.length;
  const audienceAt = keyAt + keyChars + between.length;
  return {
    bytes,
    count: parts.length,
    aim(audienceId) {
      bytes.write(`${runName}-${nextKey++}-`.padEnd(keyChars, 'x'), keyAt, 'latin1');
      bytes.write(audienceId.padEnd(audienceChars, '_'), audienceAt, 'latin1');
      return bytes;
    },
  };
}

/** The audience id as it stands in the body. */
export const paddedAudience = (audienceId: string): string => audienceId.padEnd(audienceChars, '_');
