import { assert } from '../../base/assert.ts';
import {
  identifierCodeMax,
  identifierCodes,
  type IdentifierType,
  userIdType,
} from '../../base/identifier-types.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { MemberColumns } from '../types.ts';
import { tokenBytes, tokenWords } from '../types.ts';
import { bytesOf, wordsOf } from './compare.ts';
import { writeDerivedKey, writeExternalIdKey } from './member-key.ts';

/** The tokens of one request. */
export interface RequestTokens {
  /** 4 words per row; all zero for a row that has no key (neither external id nor derived). */
  readonly memberToken: Uint32Array;
  /** 4 words per identifier. */
  readonly identifierToken: Uint32Array;
}

export interface TokeniseOptions {
  /** Rows without external id get a key from their identifiers when this says so; the default is all of them. */
  readonly derivesRow?: (row: number) => boolean;
}

/**
 * Turns hashes into tokens and back. A token is AES-256 of the first 16 bytes of a SHA-256, xored with a
 * secret constant of the identifier's type: a keyed permutation, so equality survives and nothing else
 * does, and equal hashes of two types have nothing in common.
 */
export interface Tokeniser {
  /** All tokens of a request, with one call of the cipher. */
  tokenise(columns: MemberColumns, options?: TokeniseOptions): RequestTokens;
  /** Tokens of `types.length` identifiers, 32 bytes of digest each. One call of the cipher. */
  identifierTokens(types: Uint8Array, digests: Uint8Array): Uint32Array;
  /** The token of one identifier (4 words). For many, `identifierTokens` is a hundred times cheaper. */
  tokenOf(type: IdentifierType, digest: Uint8Array): Uint32Array;
  /** The token of the seller's own id of a user; equal to a buyer's uid of that type and value. */
  userToken(userId: string): Uint32Array;
  /**
   * The 16 bytes under each token, for a change of key and nothing else. `types` holds a code per token,
   * or is null for member tokens.
   */
  open(types: Uint8Array | null, tokens: Uint32Array): Uint32Array;
  /** The inverse of `open`. */
  seal(types: Uint8Array | null, plain: Uint32Array): Uint32Array;
}

const keyBytes = 32;
const digestBytes = 32;
/** The purpose of member keys; identifier codes begin at 1. */
const memberTweak = 0;

/** `key`: 32 secret bytes. The tokeniser keeps its own copy. */
export function createTokeniser(key: Uint8Array, primitives: Primitives): Tokeniser {
  assert(key.length === keyBytes, () => 'a token key has 32 bytes');
  const ownKey = Uint8Array.from(key);
  const tweaks = tweaksOf(ownKey, primitives);
  const encoder = new TextEncoder();

  const encrypt = (plain: Uint32Array): Uint32Array =>
    wordsOf(plain.length === 0 ? new Uint8Array(0) : primitives.encryptBlocks(ownKey, bytesOf(plain)));

  const identifierTokens = (types: Uint8Array, digests: Uint8Array): Uint32Array => {
    assert(digests.length === types.length * digestBytes, () => 'one digest of 32 bytes per type');
    const plain = new Uint32Array(types.length * tokenWords);
    writeIdentifierBlocks(types, digests, tweaks, plain);
    return encrypt(plain);
  };

  const tokenOf = (type: IdentifierType, digest: Uint8Array): Uint32Array =>
    identifierTokens(Uint8Array.of(identifierCodes[type]), digest);

  return {
    tokenise(columns, options = {}) {
      const { rowCount, identifierType } = columns;
      const identifierWords = identifierType.length * tokenWords;
      const plain = new Uint32Array(identifierWords + rowCount * tokenWords);
      writeIdentifierBlocks(identifierType, columns.identifierDigest, tweaks, plain);
      const keyless = writeMemberBlocks(
        columns,
        plain.subarray(identifierWords),
        tweaks,
        primitives,
        options,
      );
      const tokens = encrypt(plain);
      const memberToken = tokens.subarray(identifierWords);
      for (const row of keyless) memberToken.fill(0, row * tokenWords, row * tokenWords + tokenWords);
      return { memberToken, identifierToken: tokens.subarray(0, identifierWords) };
    },
    identifierTokens,
    tokenOf,
    userToken: (userId) => tokenOf(userIdType, primitives.sha256(encoder.encode(userId))),
    open(types, tokens) {
      if (tokens.length === 0) return new Uint32Array(0);
      const plain = wordsOf(primitives.decryptBlocks(ownKey, bytesOf(tokens)));
      xorTweaks(types, plain, tweaks);
      return plain;
    },
    seal(types, plain) {
      const blocks = Uint32Array.from(plain);
      xorTweaks(types, blocks, tweaks);
      return encrypt(blocks);
    },
  };
}

/**
 * One secret block per purpose: the encryption of a block that names the purpose. Purposes are the
 * identifier codes and, at 0, the member keys.
 */
function tweaksOf(key: Uint8Array, primitives: Primitives): Uint32Array {
  const labels = new Uint8Array((identifierCodeMax + 1) * tokenBytes);
  const name = new TextEncoder().encode('rollcall tweak ');
  assert(name.length === tokenBytes - 1, () => 'the label fills a block with its purpose');
  for (let purpose = 0; purpose <= identifierCodeMax; purpose++) {
    labels.set(name, purpose * tokenBytes);
    labels[purpose * tokenBytes + tokenBytes - 1] = purpose;
  }
  return Uint32Array.from(wordsOf(primitives.encryptBlocks(key, labels)));
}

/** About 2 ns an identifier. */
function writeIdentifierBlocks(
  types: Uint8Array,
  digests: Uint8Array,
  tweaks: Uint32Array,
  out: Uint32Array,
): void {
  const words = wordsOf(digests);
  for (let i = 0; i < types.length; i++) {
    const code = types[i]!;
    assert(code > 0 && code <= identifierCodeMax, () => `identifier code ${code}`);
    const from = i * (digestBytes / 4);
    const tweak = code * tokenWords;
    const to = i * tokenWords;
    out[to] = words[from]! ^ tweaks[tweak]!;
    out[to + 1] = words[from + 1]! ^ tweaks[tweak + 1]!;
    out[to + 2] = words[from + 2]! ^ tweaks[tweak + 2]!;
    out[to + 3] = words[from + 3]! ^ tweaks[tweak + 3]!;
  }
}

/** Gives the rows that have no key. */
function writeMemberBlocks(
  columns: MemberColumns,
  out: Uint32Array,
  tweaks: Uint32Array,
  primitives: Primitives,
  { derivesRow }: TokeniseOptions,
): readonly number[] {
  const { rowCount, externalIdStart, externalIdBytes, identifierStart } = columns;
  const bytes = bytesOf(out);
  const keyless: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const start = externalIdStart[row]!;
    const end = externalIdStart[row + 1]!;
    const at = row * tokenBytes;
    if (end > start) writeExternalIdKey(externalIdBytes, start, end, bytes, at, primitives);
    else if (identifierStart[row + 1]! > identifierStart[row]! && (derivesRow?.(row) ?? true)) {
      writeDerivedKey(columns, row, bytes, at, primitives);
    } else keyless.push(row);
  }
  xorTweaks(null, out, tweaks);
  return keyless;
}

function xorTweaks(types: Uint8Array | null, blocks: Uint32Array, tweaks: Uint32Array): void {
  const count = blocks.length / tokenWords;
  assert(types === null || types.length === count, () => 'one type per token');
  for (let i = 0; i < count; i++) {
    const tweak = (types === null ? memberTweak : types[i]!) * tokenWords;
    for (let word = 0; word < tokenWords; word++) blocks[i * tokenWords + word]! ^= tweaks[tweak + word]!;
  }
}
