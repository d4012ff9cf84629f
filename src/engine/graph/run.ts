import { assert } from '../../base/assert.ts';
import { identifierCodeMax } from '../../base/identifier-types.ts';
import { directoryBitsFor, recordWords, type RunLayout, typeBits, typeMask, wideLayout } from './layout.ts';

/**
 * Sorted entries (identifier token, person) over shared memory; never changes. Records are in the order
 * of their tokens, equal tokens in the order of their persons, no pair twice.
 */
export interface Run {
  readonly layout: RunLayout;
  readonly directoryBits: number;
  readonly count: number;
  /** Entries per identifier code. */
  readonly typeCounts: readonly number[];
  /** The directory, then the records, then one record of zeros that is never an answer. */
  readonly buffer: SharedArrayBuffer;
  /** Place `p` holds the records `directory[p] … directory[p + 1] - 1`. */
  readonly directory: Uint32Array;
  readonly records: Uint32Array;
}

export interface RunShape {
  readonly layout: RunLayout;
  readonly directoryBits: number;
  readonly count: number;
  readonly typeCounts: readonly number[];
}

/** Bytes of memory that a run of this shape takes. */
export function runBytes({ layout, directoryBits, count }: Omit<RunShape, 'typeCounts'>): number {
  return (2 ** directoryBits + 1 + (count + 1) * recordWords(layout)) * 4;
}

/** The run in a buffer; the buffer may have room for more records than the run has. */
export function runOver(shape: RunShape, buffer: SharedArrayBuffer): Run {
  assert(buffer.byteLength >= runBytes(shape), () => 'the buffer holds the run');
  const directoryWords = 2 ** shape.directoryBits + 1;
  return {
    ...shape,
    buffer,
    directory: new Uint32Array(buffer, 0, directoryWords),
    records: new Uint32Array(buffer, directoryWords * 4, (shape.count + 1) * recordWords(shape.layout)),
  };
}

export const noTypes: readonly number[] = Array.from({ length: identifierCodeMax + 1 }, () => 0);

export const emptyRun: Run = (() => {
  const shape = { layout: wideLayout, directoryBits: 1, count: 0, typeCounts: noTypes };
  return runOver(shape, new SharedArrayBuffer(runBytes(shape)));
})();

export const personOf = (run: Run, position: number): number =>
  run.records[(position + 1) * recordWords(run.layout) - 1]! >>> typeBits;

export const typeOf = (run: Run, position: number): number =>
  run.records[(position + 1) * recordWords(run.layout) - 1]! & typeMask;

/** Writes a run front to back. */
export interface RunWriter {
  /**
   * Appends the entry with token words w0 … w2 and the record's last word. Tokens come in ascending
   * order, equal ones by ascending person; a pair that was pushed before is dropped.
   */
  push(w0: number, w1: number, w2: number, load: number): void;
  finish(): Run;
}

/** `entryCountMax` sizes the buffer and the directory; pushing more is a bug. Costs about 10 ns an entry. */
export function createRunWriter(layout: RunLayout, entryCountMax: number): RunWriter {
  const directoryBits = directoryBitsFor(entryCountMax, layout);
  const { keyStart } = layout;
  const words = recordWords(layout);
  const wide = layout.keyWords === 3;
  assert(wide === (keyStart === 0), () => 'wide keys begin with the token');
  const buffer = new SharedArrayBuffer(runBytes({ layout, directoryBits, count: entryCountMax }));
  const directoryWords = 2 ** directoryBits + 1;
  const directory = new Uint32Array(buffer, 0, directoryWords);
  const records = new Uint32Array(buffer, directoryWords * 4);
  const typeCounts = noTypes.slice();
  const endAt = entryCountMax * words;
  let at = 0;
  let count = 0;
  let place = 0;

  return {
    push(w0, w1, w2, load) {
      const bucket = w0 >>> (32 - directoryBits);
      const k0 = (wide ? w0 : (w0 << keyStart) | (w1 >>> (32 - keyStart))) >>> 0;
      const k1 = (wide ? w1 : (w1 << keyStart) | (w2 >>> (32 - keyStart))) >>> 0;
      const k2 = wide ? w2 : 0;
      if (bucket >= place) while (place <= bucket) directory[place++] = count;
      else if (count > directory[bucket]!) {
        const back = comparePair(records, at - words, wide, k0, k1, k2, load);
        if (back === 0) return;
        assert(back < 0, () => 'entries are pushed in order');
      }
      assert(at < endAt && place === bucket + 1, () => 'entries are pushed in order, no more than announced');
      records[at] = k0;
      records[at + 1] = k1;
      if (wide) records[at + 2] = k2;
      records[at + words - 1] = load;
      typeCounts[load & typeMask]! += 1;
      at += words;
      count += 1;
    },
    finish() {
      while (place < directoryWords) directory[place++] = count;
      return runOver({ layout, directoryBits, count, typeCounts }, buffer);
    },
  };
}

/** Order of the record at word `at` against a key and a person; 0 is the same pair. */
function comparePair(
  records: Uint32Array,
  at: number,
  wide: boolean,
  k0: number,
  k1: number,
  k2: number,
  load: number,
): number {
  if (records[at] !== k0) return records[at]! - k0;
  if (records[at + 1] !== k1) return records[at + 1]! - k1;
  if (wide && records[at + 2] !== k2) return records[at + 2]! - k2;
  return (records[at + (wide ? 3 : 2)]! >>> typeBits) - (load >>> typeBits);
}
