import type { Primitives } from '../../base/primitives.ts';
import type { MemberFaultKind } from '../types.ts';
import { copyDigest, hashWords, sameDigest } from './hex.ts';

/** What stands in for a missing value when an export hashes it all the same. */
const nothings = ['', 'null', 'undefined', 'none'] as const;

/** The hashes of nothing, and a filter by first byte that settles nearly every hash with one look. */
export interface NothingHashes {
  readonly words: Int32Array;
  readonly firstByte: Uint8Array;
}

export function createNothingHashes(primitives: Primitives): NothingHashes {
  const words = new Int32Array(nothings.length * hashWords);
  const firstByte = new Uint8Array(256);
  const encoder = new TextEncoder();
  nothings.forEach((text, i) => {
    copyDigest(primitives.sha256(encoder.encode(text)), words, i * hashWords);
    firstByte[words[i * hashWords]! & 0xff] = 1;
  });
  return { words, firstByte };
}

/** Whether the hash at `words[at]` is SHA-256 of '' or of a word that means nothing. */
export function isHashOfNothing(nothing: NothingHashes, words: Int32Array, at: number): boolean {
  if (nothing.firstByte[words[at]! & 0xff] === 0) return false;
  for (let i = 0; i < nothing.words.length; i += hashWords) {
    if (sameDigest(nothing.words, i, words, at)) return true;
  }
  return false;
}

/** Seven digits are a local number, fifteen the longest of E.164. */
function isPhoneLike(text: string): boolean {
  if (!/^[0-9 +\-.()]+$/.test(text)) return false;
  const digitCount = text.replace(/[^0-9]/g, '').length;
  return digitCount >= 7 && digitCount <= 15;
}

/**
 * Names what is wrong with a hash that is not 64 lower-case hex digits. Clear text comes first, because
 * its sender must hear of it by name (contract: clear addresses are refused by name).
 */
export function hashFaultOf(text: string): MemberFaultKind {
  if (text.includes('@')) return 'hash_clear_email';
  if (isPhoneLike(text)) return 'hash_clear_phone';
  if (/^[0-9A-Fa-f]*$/.test(text)) return text.length === 64 ? 'hash_upper_case' : 'hash_length';
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return 'hash_base64';
  return 'hash_format';
}

/**
 * Whether an external id may be shown back to its sender. Many are addresses, numbers or hashes in
 * disguise, and those appear in no answer and no log.
 */
export function isShowableId(text: string): boolean {
  return !text.includes('@') && !isPhoneLike(text) && !/^[0-9A-Fa-f]{64}$/.test(text);
}
