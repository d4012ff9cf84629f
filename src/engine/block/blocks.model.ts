import fc from 'fast-check';

import type { AudienceOperation, MemberBlock } from '../types.ts';
import { createBlockBuilder } from './builder.ts';
import { canonicalOrder } from './canonical.ts';
import { sortRowsByToken } from './sort-tokens.ts';

/** Plain rows for tests: a member number, and its identifiers as `[code, number]`, or null for a removal. */
export interface ModelRow {
  readonly member: number;
  readonly identifiers: readonly (readonly [code: number, value: number])[] | null;
}

/** Words that are as uniform as tokens are, from a small number (a multiplicative hash per word). */
export function wordsFor(value: number): Uint32Array {
  return Uint32Array.from([0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f], (factor, word) => {
    const mixed = Math.imul((value + word * 7919) ^ ((value + word) >>> 15), factor);
    return Math.imul(mixed ^ (mixed >>> 13), factor) >>> 0;
  });
}

export const nameOf = (tokens: Uint32Array, index: number): string =>
  Array.from(tokens.subarray(index * 4, index * 4 + 4), (word) => word.toString(16).padStart(8, '0')).join(
    '',
  );

export function tokensFor(values: readonly number[]): Uint32Array {
  const tokens = new Uint32Array(values.length * 4);
  values.forEach((value, i) => tokens.set(wordsFor(value), i * 4));
  return tokens;
}

/** A well-formed block of the rows; of rows with one member the last counts. */
export function blockFrom(rows: readonly ModelRow[]): MemberBlock {
  const distinct = [...new Map(rows.map((row) => [row.member, row])).values()];
  const memberToken = tokensFor(distinct.map(({ member }) => member));
  const builder = createBlockBuilder(0, 0);
  for (const row of sortRowsByToken(memberToken, Uint32Array.from(distinct.keys()))) {
    const { identifiers } = distinct[row]!;
    if (identifiers === null) {
      builder.tombstone(memberToken, row);
      continue;
    }
    const types = Uint8Array.from(identifiers, ([code]) => code);
    const tokens = tokensFor(identifiers.map(([code, value]) => code * 1000 + value));
    builder.record(memberToken, row);
    for (const entry of canonicalOrder(types, tokens, 0, types.length)) {
      builder.identifier(types[entry]!, tokens, entry);
    }
  }
  return builder.finish();
}

/** One row as text: `-` for a removal, or its codes and identifier tokens. */
export function rowText(block: MemberBlock, row: number): string {
  if (block.tombstone[row] === 1) return '-';
  const entries: string[] = [];
  for (let i = block.identifierStart[row]!; i < block.identifierStart[row + 1]!; i++) {
    entries.push(`${block.identifierType[i]}:${nameOf(block.identifierToken, i)}`);
  }
  return entries.join(' ');
}

/** Member token → row text, in the order of the rows. */
export function textOf(pieces: Iterable<MemberBlock>): Map<string, string> {
  const rows = new Map<string, string>();
  for (const piece of pieces) {
    for (let row = 0; row < piece.rowCount; row++)
      rows.set(nameOf(piece.memberToken, row), rowText(piece, row));
  }
  return rows;
}

/** Merging as it is meant: from the oldest up, each row replaces what was there. In the order of tokens. */
export function mergeModel(
  newestFirst: readonly (readonly MemberBlock[])[],
  dropTombstones: boolean,
): Map<string, string> {
  const rows = new Map<string, string>();
  for (const block of newestFirst.toReversed()) {
    for (const [member, text] of textOf(block)) rows.set(member, text);
  }
  const kept = [...rows].filter(([, text]) => !dropTombstones || text !== '-');
  return new Map(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const identifier = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(5));
export const anyRow = (memberCount: number): fc.Arbitrary<ModelRow> =>
  fc.record({
    member: fc.nat(memberCount - 1),
    identifiers: fc.option(fc.array(identifier, { minLength: 1, maxLength: 4 }), { freq: 4 }),
  });
export const anyBlock = (memberCount = 40, maxLength = 30): fc.Arbitrary<MemberBlock> =>
  fc.array(anyRow(memberCount), { maxLength }).map(blockFrom);

/** A block cut into pieces of at most some rows. */
export function cut(block: MemberBlock, rowCountMax: number): MemberBlock[] {
  const pieces: MemberBlock[] = [];
  for (let first = 0; first < block.rowCount; first += rowCountMax) {
    const builder = createBlockBuilder(0, 0);
    builder.copyRows(block, first, Math.min(block.rowCount, first + rowCountMax));
    pieces.push(builder.finish());
  }
  return pieces;
}

export const anyOperation: fc.Arbitrary<AudienceOperation> = fc
  .tuple(
    anyBlock(),
    fc.array(fc.tuple(fc.option(fc.nat(20)), fc.array(identifier, { minLength: 1, maxLength: 3 })), {
      maxLength: 6,
    }),
  )
  .map(([block, entries]) => {
    const all = entries.flatMap(([, identifiers]) => identifiers);
    const identifierStart = new Uint32Array(entries.length + 1);
    entries.forEach(([, list], i) => (identifierStart[i + 1] = identifierStart[i]! + list.length));
    const memberToken = new Uint32Array(entries.length * 4);
    entries.forEach(([member], i) => member !== null && memberToken.set(wordsFor(member), i * 4));
    return {
      block,
      fallback: {
        entryCount: entries.length,
        memberToken,
        hasMember: Uint8Array.from(entries, ([member]) => (member === null ? 0 : 1)),
        identifierStart,
        identifierType: Uint8Array.from(all, ([code]) => code),
        identifierToken: tokensFor(all.map(([code, value]) => code * 1000 + value)),
      },
    };
  });
