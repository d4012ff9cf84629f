/** Numbers that look random and are the same for the same seed on every machine. */
export interface SeededRandom {
  /** A whole number, 0 ≤ n < below; below is at most 2³². */
  int(below: number): number;
  /** True in about `percent` of a hundred cases. */
  chance(percent: number): boolean;
  pick<T>(values: readonly T[]): T;
}

/** A 32-bit generator of the xorshift-multiply kind (splitmix's finaliser over a Weyl sequence). Not for secrets. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  const int = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    int,
    chance: (percent) => int(100) < percent,
    pick: (values) => values[int(values.length)]!,
  };
}
