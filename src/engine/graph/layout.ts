import { assert } from '../../base/assert.ts';

/**
 * How a run keeps its tokens. The directory covers leading bits; a record keeps `keyWords` further
 * 32-bit words of the token from bit `keyStart` on. Bits behind them are not compared.
 *
 * | form | record | compared bits | accidental false matches, 150,000 look-ups |
 * | --- | --- | --- | --- |
 * | wide, up to 4 million entries | 16 bytes | 96 | 8e-18 at 4 million |
 * | narrow, above | 12 bytes | 86 | 4e-14 at 20 million, 2e-13 at 100 million |
 *
 * The odds are look-ups × entries ÷ 2^bits. Nobody can search for a collision, because tokens come out
 * of a cipher whose key only the operator has. A narrow run stays narrow when it shrinks: the bits are gone.
 */
export interface RunLayout {
  readonly keyStart: number;
  readonly keyWords: 2 | 3;
}

/** Which form a run takes. Tests pass smaller numbers; stored graphs use `standardPolicy`. */
export interface LayoutPolicy {
  readonly narrowKeyStart: number;
  /** Runs with at least this many entries are narrow. */
  readonly narrowEntryCountMin: number;
}

export const standardPolicy: LayoutPolicy = { narrowKeyStart: 22, narrowEntryCountMin: 4_000_000 };

export const wideLayout: RunLayout = { keyStart: 0, keyWords: 3 };

/** A record's last word: person ordinal × 16 + identifier code. */
export const typeBits = 4;
export const typeMask = 15;
/** Persons of one graph. 28 bits of a record name one. */
export const personCountMax = 2 ** 28;

export const directoryBitsMax = 28;
const directoryBitsMin = 1;
/** Entries per directory place: between this many and half of it. */
const entriesPerPlace = 8;

export function layoutFor(entryCount: number, policy: LayoutPolicy): RunLayout {
  if (entryCount < policy.narrowEntryCountMin) return wideLayout;
  return { keyStart: policy.narrowKeyStart, keyWords: 2 };
}

/** Leading token bits that the directory of a run covers; at least `keyStart`, so that no bit falls between. */
export function directoryBitsFor(entryCount: number, layout: RunLayout): number {
  const wanted = Math.ceil(Math.log2(Math.max(entryCount / entriesPerPlace, 1)));
  const bits = Math.max(directoryBitsMin, layout.keyStart, wanted);
  assert(bits <= directoryBitsMax, () => 'a directory addresses all entries that a graph may have');
  return bits;
}

/** 32-bit words of one record: the key, then person and type. */
export const recordWords = (layout: RunLayout): number => layout.keyWords + 1;
