import { must } from '../../base/assert.ts';
import { countries } from './people-names.ts';
import type { Country } from './people-names.ts';
import type { SeededRandom } from './random.ts';

/** An invented human with everything that any list could know of them. Two people never share a value. */
export interface InventedPerson {
  readonly country: string;
  readonly firstName: string;
  readonly lastName: string;
  /** In the spelling that is hashed. */
  readonly email: string;
  readonly secondEmail: string;
  /** E.164. */
  readonly phone: string;
  readonly maid: string;
}

/** 100 entries, so that a draw from it has the shares of the countries. */
const countryOfPercent: readonly Country[] = countries.flatMap((country) =>
  Array.from({ length: country.percent }, () => country),
);

/**
 * The person number `ordinal`, below 10⁷. No e-mail address and no phone number of one person equals one of
 * another, because the ordinal is part of each.
 */
export function inventPerson(random: SeededRandom, ordinal: number): InventedPerson {
  const country = random.pick(countryOfPercent);
  const firstName = random.pick(country.firstNames);
  const lastName = random.pick(country.lastNames);
  const separator = random.pick(['.', '', '_', '.', '-']);
  const tag = random.chance(6) ? '+news' : '';
  const name = `${firstName}${separator}${lastName}${ordinal}`.toLowerCase();
  return {
    country: country.code,
    firstName,
    lastName,
    email: `${name}${tag}@${random.pick(country.hosts)}`,
    secondEmail: `${firstName.charAt(0)}${ordinal}.${lastName}@work-${ordinal % 97}.example`.toLowerCase(),
    phone: phoneOf(country.code, ordinal),
    maid: maidOf(random),
  };
}

/** Below 10⁷ people the seven last digits tell them apart. */
function phoneOf(country: string, ordinal: number): string {
  const seven = String(ordinal).padStart(7, '0');
  const calling = callingNumbers.get(country);
  return must(calling, () => `no phone pattern for ${country}`) + seven;
}

/** Everything before the last seven digits: calling code, area or mobile prefix. */
const callingNumbers: ReadonlyMap<string, string> = new Map([
  ['US', '+1206'],
  ['GB', '+44740'],
  ['DE', '+491511'],
  ['FR', '+3361'],
  ['BR', '+551191'],
  ['JP', '+81901'],
  ['IN', '+91987'],
]);

function maidOf(random: SeededRandom): string {
  const word = (bits: number): string =>
    random
      .int(2 ** bits)
      .toString(16)
      .padStart(bits / 4, '0');
  return `${word(32)}-${word(16)}-4${word(12)}-a${word(12)}-${word(32)}${word(16)}`;
}
