/** Finds equal tokens among a growing list: open addressing over row numbers. Keys are pseudorandom words. */
export interface TokenMap {
  /** The number of the token: an earlier one's if it is known, else the next, counted from 0. */
  numberOf(w0: number, w1: number, w2: number, w3: number): number;
  readonly count: number;
}

export function createTokenMap(capacity: number): TokenMap {
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
  const mask = slotCount - 1;
  const slots = new Int32Array(slotCount).fill(-1);
  const words = new Uint32Array(4 * Math.max(1, capacity));
  let count = 0;
  return {
    get count() {
      return count;
    },
    numberOf(w0, w1, w2, w3) {
      for (let slot = w0 & mask; ; slot = (slot + 1) & mask) {
        const number = slots[slot]!;
        if (number < 0) {
          slots[slot] = count;
          words[count * 4] = w0;
          words[count * 4 + 1] = w1;
          words[count * 4 + 2] = w2;
          words[count * 4 + 3] = w3;
          return count++;
        }
        const at = number * 4;
        if (words[at] === w0 && words[at + 1] === w1 && words[at + 2] === w2 && words[at + 3] === w3)
          return number;
      }
    },
  };
}
