import { must } from '../../base/assert.ts';
import type { InventedPerson } from './invent.ts';
import type { SeededRandom } from './random.ts';

/** How a hurried clerk writes an address: the same address, in capitals or with spaces around it. */
export function messyEmail(random: SeededRandom, email: string): string {
  switch (random.int(8)) {
    case 0:
      return email.toUpperCase();
    case 1:
      return ` ${email}`;
    case 2:
      return `${email}  `;
    case 3:
      return email.charAt(0).toUpperCase() + email.slice(1);
    default:
      return email;
  }
}

/** The places at which people of a country put spaces, counted in digits of the national spelling. */
interface NationalSpelling {
  readonly callingCode: string;
  readonly prefix: string;
  readonly groups: readonly number[];
  readonly names: readonly string[];
}
const spellings: ReadonlyMap<string, NationalSpelling> = new Map([
  ['US', { callingCode: '1', prefix: '', groups: [3, 3, 4], names: ['US', 'USA', 'United States', 'us'] }],
  ['GB', { callingCode: '44', prefix: '0', groups: [5, 6], names: ['GB', 'UK', 'United Kingdom'] }],
  ['DE', { callingCode: '49', prefix: '0', groups: [5, 7], names: ['DE', 'Germany', 'Deutschland'] }],
  ['FR', { callingCode: '33', prefix: '0', groups: [2, 2, 2, 2, 2], names: ['FR', 'France'] }],
  ['BR', { callingCode: '55', prefix: '', groups: [2, 5, 4], names: ['BR', 'Brazil', 'Brasil'] }],
  ['JP', { callingCode: '81', prefix: '0', groups: [3, 4, 4], names: ['JP', 'Japan'] }],
  ['IN', { callingCode: '91', prefix: '', groups: [5, 5], names: ['IN', 'India'] }],
]);

/** A phone number as it is typed: international, or national as in the person's own country. */
export function messyPhone(random: SeededRandom, country: string, e164: string): string {
  const { callingCode, prefix, groups } = spellingOf(country);
  const national = prefix + e164.slice(1 + callingCode.length);
  switch (random.int(6)) {
    case 0:
      return e164;
    case 1:
      return `+${callingCode} ${grouped(national.slice(prefix.length), [3, 3, 6], ' ')}`;
    case 2:
      return grouped(national, groups, '-');
    case 3:
      return country === 'US'
        ? `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`
        : national;
    case 4:
      return ` ${grouped(national, groups, '.')} `;
    default:
      return grouped(national, groups, ' ');
  }
}

/** A country as exports name it. */
export function messyCountry(random: SeededRandom, person: InventedPerson): string {
  return random.pick(spellingOf(person.country).names);
}

/** A text in an e-mail or phone column that no reader can use. */
export function brokenValue(random: SeededRandom): string {
  return random.pick(['n/a', 'none', 'unknown', 'jane.doe(at)example.com', '12', 'see notes', '-', 'x@y']);
}

function spellingOf(country: string): NationalSpelling {
  return must(spellings.get(country), () => `no spelling for ${country}`);
}

function grouped(digits: string, groups: readonly number[], separator: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const size of groups) {
    if (from < digits.length) parts.push(digits.slice(from, from + size));
    from += size;
  }
  if (from < digits.length) parts.push(digits.slice(from));
  return parts.join(separator);
}
