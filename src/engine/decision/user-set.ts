import { assert } from '../../base/assert.ts';
import type { BitSet } from '../bitmap/bit-set.ts';
import type { OrdinalSet } from '../types.ts';

/**
 * A set of user ordinals for asking at ad-request time: small in memory and quick to ask, in one stretch of shared memory that any
 * thread reads. Never changes. The smallest of three forms is taken:
 *
 *   list      the ordinals, sorted, 4 bytes each; a binary search
 *   buckets   for each 256 ordinals where their low bytes begin (2 bytes, relative to a beginning for each 65,536), then one byte
 *             an ordinal; a few bytes are looked at
 *   bits      one bit for each ordinal there may be; one look
 *
 * 100,000 users of ten million are 179 kB as buckets; sorted 16-bit values are 200 kB and need a search.
 */
export type UserSetForm = 'list' | 'buckets' | 'bits';

const headerWords = 4;
const forms: readonly UserSetForm[] = ['list', 'buckets', 'bits'];
const bucketBits = 8;
const bucketOrdinals = 1 << bucketBits;
/** Buckets that share a beginning. */
const groupBits = 8;

/** Where the parts of a set lie: words, then half words, then bytes. */
interface Layout {
  readonly words: number;
  readonly halves: number;
  readonly bytes: number;
}

const layouts = {
  list: (size) => ({ words: size, halves: 0, bytes: 0 }),
  buckets: (size, ordinalCount) => {
    const buckets = Math.ceil(ordinalCount / bucketOrdinals);
    // One start more than there are buckets, where the last one ends; and halves in pairs.
    return { words: (buckets >>> groupBits) + 1, halves: (buckets + 2) & ~1, bytes: size };
  },
  bits: (_, ordinalCount) => ({ words: Math.ceil(ordinalCount / 32), halves: 0, bytes: 0 }),
} as const satisfies Record<UserSetForm, (size: number, ordinalCount: number) => Layout>;

/** Bytes that a set takes in a form. */
export function userSetBytes(form: UserSetForm, size: number, ordinalCount: number): number {
  const { words, halves, bytes } = layouts[form](size, ordinalCount);
  return (headerWords + words) * 4 + halves * 2 + bytes;
}

/** The form that takes the fewest bytes. */
export function smallestForm(size: number, ordinalCount: number): UserSetForm {
  return forms.reduce((best, form) =>
    userSetBytes(form, size, ordinalCount) < userSetBytes(best, size, ordinalCount) ? form : best,
  );
}

export class UserSet implements OrdinalSet {
  readonly form: UserSetForm;
  readonly size: number;
  /** Ordinals are below this. */
  readonly ordinalCount: number;
  readonly memory: SharedArrayBuffer;
  /** The ordinals, the beginnings of groups of buckets, or the bits. */
  readonly words: Uint32Array;
  /** Where buckets begin in their group. */
  readonly starts: Uint16Array;
  /** Low bytes of the ordinals, bucket after bucket. */
  readonly low: Uint8Array;

  /** Over the memory of another one, as it came from another thread. */
  constructor(memory: SharedArrayBuffer) {
    const [form = 0, size = 0, ordinalCount = 0] = new Uint32Array(memory, 0, headerWords);
    this.memory = memory;
    this.form = forms[form] ?? 'list';
    this.size = size;
    this.ordinalCount = ordinalCount;
    const { words, halves, bytes } = layouts[this.form](size, ordinalCount);
    const startsAt = (headerWords + words) * 4;
    this.words = new Uint32Array(memory, headerWords * 4, words);
    this.starts = new Uint16Array(memory, startsAt, halves);
    this.low = new Uint8Array(memory, startsAt + halves * 2, bytes);
  }

  /** 1 to 30 ns, by form. */
  has(ordinal: number): boolean {
    if (ordinal >= this.ordinalCount) return false;
    if (this.form === 'bits') return (this.words[ordinal >>> 5]! & (1 << (ordinal & 31))) !== 0;
    return this.form === 'buckets' ? this.#bucketHas(ordinal) : this.#listHas(ordinal);
  }

  #startOf(bucket: number): number {
    return this.words[bucket >>> groupBits]! + this.starts[bucket]!;
  }

  #bucketHas(ordinal: number): boolean {
    const { words, starts, low } = this;
    const bucket = ordinal >>> bucketBits;
    const next = bucket + 1;
    const wanted = ordinal & (bucketOrdinals - 1);
    const end = words[next >>> groupBits]! + starts[next]!;
    for (let at = words[bucket >>> groupBits]! + starts[bucket]!; at < end; at++) {
      if (low[at]! >= wanted) return low[at] === wanted;
    }
    return false;
  }

  #listHas(ordinal: number): boolean {
    let from = 0;
    let to = this.size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.words[middle]! < ordinal) from = middle + 1;
      else to = middle;
    }
    return from < this.size && this.words[from] === ordinal;
  }

  /** Visits the ordinals in ascending order. */
  forEach(visit: (ordinal: number) => void): void {
    const { words, low, size, ordinalCount } = this;
    if (this.form === 'list') {
      for (let at = 0; at < size; at++) visit(words[at]!);
    } else if (this.form === 'buckets') {
      for (let bucket = 0; bucket * bucketOrdinals < ordinalCount; bucket++) {
        const end = this.#startOf(bucket + 1);
        for (let at = this.#startOf(bucket); at < end; at++) visit(bucket * bucketOrdinals + low[at]!);
      }
    } else {
      for (let at = 0; at < words.length; at++) {
        for (let word = words[at]!; word !== 0; word &= word - 1) {
          visit(at * 32 + 31 - Math.clz32(word & -word));
        }
      }
    }
  }

  /** Puts its ordinals into `set`, those beyond the bound of which are left out. */
  addTo(set: BitSet): void {
    this.forEach((ordinal) => {
      if (ordinal < set.ordinalCount) set.add(ordinal);
    });
  }
}

/** `form`: the smallest unless said. */
export function packUserSet(
  set: BitSet,
  form: UserSetForm = smallestForm(set.size, set.ordinalCount),
): UserSet {
  const memory = new SharedArrayBuffer(userSetBytes(form, set.size, set.ordinalCount));
  new Uint32Array(memory, 0, headerWords).set([forms.indexOf(form), set.size, set.ordinalCount]);
  const packed = new UserSet(memory);
  if (form === 'bits') packed.words.set(set.words);
  else if (form === 'list') writeList(set, packed);
  else writeBuckets(set, packed);
  return packed;
}

function writeList(set: BitSet, { words }: UserSet): void {
  let at = 0;
  set.forEach((ordinal) => (words[at++] = ordinal));
  assert(at === words.length, () => 'a set has as many ordinals as it says');
}

function writeBuckets(set: BitSet, { words, starts, low, ordinalCount }: UserSet): void {
  let at = 0;
  let bucket = -1;
  const openTo = (last: number): void => {
    while (bucket < last) {
      bucket++;
      const group = bucket >>> groupBits;
      if ((bucket & ((1 << groupBits) - 1)) === 0) words[group] = at;
      starts[bucket] = at - words[group]!;
    }
  };
  set.forEach((ordinal) => {
    openTo(ordinal >>> bucketBits);
    low[at++] = ordinal & (bucketOrdinals - 1);
  });
  openTo(Math.ceil(ordinalCount / bucketOrdinals));
  assert(at === low.length, () => 'a set has as many ordinals as it says');
}
