import type { OrdinalSink } from '../types.ts';

/** Ordinals in the order in which they came, repetitions included: for changes that are small beside the whole. */
export interface OrdinalList extends OrdinalSink {
  readonly length: number;
  /** The ordinals so far, as a view that later additions may leave behind. */
  values(): Uint32Array;
}

export function createOrdinalList(): OrdinalList {
  let ordinals = new Uint32Array(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(ordinal) {
      if (length === ordinals.length) {
        const bigger = new Uint32Array(length * 2);
        bigger.set(ordinals);
        ordinals = bigger;
      }
      ordinals[length++] = ordinal;
    },
    values: () => ordinals.subarray(0, length),
  };
}
