import { normaliseEmail } from '../normalise/email.ts';
import { isNothing } from '../normalise/nothing.ts';
import { normalisePhone } from '../normalise/phone.ts';

/** What most values of a column look like. */
export type Look = 'blank' | 'email' | 'phone' | 'sha256' | 'md5' | 'sha1' | 'base64' | 'maid' | 'other';

const looks: readonly (readonly [Look, (value: string) => boolean])[] = [
  ['sha256', (value) => /^[0-9a-f]{64}$/i.test(value)],
  ['md5', (value) => /^[0-9a-f]{32}$/i.test(value)],
  ['sha1', (value) => /^[0-9a-f]{40}$/i.test(value)],
  ['base64', (value) => /^[A-Za-z0-9+/_-]{43}=?$/.test(value)],
  ['maid', (value) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)],
  ['email', (value) => normaliseEmail(value) !== null],
  // Only the international spelling: every long number could be a national one.
  ['phone', (value) => value.startsWith('+') && normalisePhone(value) !== null],
];

/** The look that at least four of five filled values share; `other` when there is none. */
export function lookOfColumn(values: readonly string[]): Look {
  const counts = new Map<Look, number>();
  let filled = 0;
  for (const raw of values) {
    if (isNothing(raw)) continue;
    filled++;
    const look = lookOfValue(raw.trim());
    counts.set(look, (counts.get(look) ?? 0) + 1);
  }
  if (filled === 0) return 'blank';
  for (const [look, count] of counts) if (count * 5 >= filled * 4) return look;
  return 'other';
}

/** The look of one trimmed value. */
export function lookOfValue(value: string): Look {
  for (const [look, test] of looks) if (test(value)) return look;
  return 'other';
}
