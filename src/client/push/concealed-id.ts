import { identifierCodes } from '../../base/identifier-types.ts';
import type { Primitives } from '../../base/primitives.ts';
import { digestBytes } from '../../engine/forward/forward-members.ts';
import type { PeopleBatch } from '../prepare/people-batch.ts';

const [at, plus, zero, nine] = [0x40, 0x2b, 0x30, 0x39];
/** Digits of a phone number with its country. Source: ITU-T E.164. */
const [digitsMin, digitsMax] = [7, 15];

/**
 * Whether an id of the file would tell a seller an address or a number in clear: it is one, or looks like one. An id of digits alone
 * is one where it is the phone number of its own row; others of that form are numbers of customers.
 */
export function revealsSomebody(
  id: Uint8Array,
  batch: PeopleBatch,
  row: number,
  primitives: Primitives,
): boolean {
  if (id.includes(at)) return true;
  const hasPlus = id[0] === plus;
  const digits = hasPlus ? id.subarray(1) : id;
  if (digits.length < digitsMin || digits.length > digitsMax) return false;
  if (!digits.every((byte) => byte >= zero && byte <= nine)) return false;
  return hasPlus || isPhoneOf(digits, batch, row, primitives);
}

function isPhoneOf(digits: Uint8Array, batch: PeopleBatch, row: number, primitives: Primitives): boolean {
  const { identifierStart, identifierType, identifierDigest } = batch;
  const [from, to] = [identifierStart[row]!, identifierStart[row + 1]!];
  const phone = identifierType.subarray(from, to).indexOf(identifierCodes.hashed_phone);
  if (phone < 0) return false;
  const digest = primitives.sha256(Uint8Array.of(plus, ...digits));
  const own = identifierDigest.subarray((from + phone) * digestBytes, (from + phone + 1) * digestBytes);
  return digest.every((byte, i) => byte === own[i]);
}

/** The same id gives the same name, and the name does not give the id to a reader; to one who guesses ids it does, as any hash. */
export function concealedId(id: Uint8Array, primitives: Primitives): Uint8Array {
  const prefix = new TextEncoder().encode('rollcall id ');
  const digest = primitives.sha256(Uint8Array.of(...prefix, ...id));
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return new TextEncoder().encode(`id-${hex}`);
}
