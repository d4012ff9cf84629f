import { compareTokens } from '../token/compare.ts';

/**
 * Entries `start … end - 1` of identifier columns in the order in which blocks keep the identifiers of
 * a record: by type, then by token, each once. Then equal records are equal columns.
 */
export function canonicalOrder(
  types: Uint8Array,
  tokens: Uint32Array,
  start: number,
  end: number,
): readonly number[] {
  const order: number[] = [];
  for (let entry = start; entry < end; entry++) order.push(entry);
  const compare = (a: number, b: number): number =>
    types[a]! - types[b]! || compareTokens(tokens, a, tokens, b);
  order.sort(compare);
  return order.filter((entry, i) => i === 0 || compare(order[i - 1]!, entry) !== 0);
}

/** Whether entries `start … end - 1` are in canonical order already; types alone settle nearly all records. */
export function isCanonical(types: Uint8Array, tokens: Uint32Array, start: number, end: number): boolean {
  for (let entry = start + 1; entry < end; entry++) {
    const step = types[entry]! - types[entry - 1]!;
    if (step < 0 || (step === 0 && compareTokens(tokens, entry - 1, tokens, entry) >= 0)) return false;
  }
  return true;
}
