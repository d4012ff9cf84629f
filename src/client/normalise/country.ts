import type { CountryCode } from 'libphonenumber-js/min';
import { getCountries } from 'libphonenumber-js/min';

/** An ISO 3166 code of two capital letters that phone numbers can belong to. */
export type Country = CountryCode;

const countries: ReadonlySet<string> = new Set(getCountries());

/** Languages in which exports name countries. */
// prettier-ignore
const languages = [
  'en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'sv', 'da', 'ja', 'zh', 'tr',
  'nb', 'fi', 'cs', 'hu', 'ro', 'ru', 'uk', 'ko', 'el', 'id',
] as const;
/** Spellings that the names of the languages miss. */
// prettier-ignore
const extras: Readonly<Record<string, Country>> = {
  großbritannien: 'GB', grossbritannien: 'GB', grandebretagne: 'GB', granbretana: 'GB', granbretagna: 'GB', usa: 'US', unitedstatesofamerica: 'US', estadosunidosdeamerica: 'US', uk: 'GB', greatbritain: 'GB',
  england: 'GB', scotland: 'GB', wales: 'GB', gbr: 'GB', deu: 'DE', ger: 'DE', fra: 'FR', esp: 'ES', ita: 'IT',
  nld: 'NL', holland: 'NL', bra: 'BR', jpn: 'JP', ind: 'IN', can: 'CA', aus: 'AU', mex: 'MX', che: 'CH', aut: 'AT',
  swe: 'SE', nor: 'NO', dnk: 'DK', pol: 'PL', prt: 'PT', irl: 'IE', bel: 'BE', korea: 'KR', southkorea: 'KR',
  russia: 'RU', turkey: 'TR', czechrepublic: 'CZ', el: 'GR',
};

let byName: Map<string, Country> | undefined;

/**
 * The country of a cell: a code of two letters, some of three, or a name in about two dozen languages.
 * Null when it is none. The first name costs 50 ms, because the names come from Node's own tables.
 *
 *     countryOf('Deutschland') === 'DE'
 */
export function countryOf(text: string): Country | null {
  const code = text.trim().toUpperCase();
  if (code.length === 2 && isCountry(code)) return code;
  byName ??= names();
  return byName.get(key(text)) ?? null;
}

function isCountry(code: string): code is Country {
  return countries.has(code);
}

function names(): Map<string, Country> {
  const found = new Map<string, Country>();
  for (const language of languages) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const country of getCountries()) {
      const name = display.of(country);
      if (name !== undefined && !found.has(key(name))) found.set(key(name), country);
    }
  }
  for (const [name, country] of Object.entries(extras)) found.set(name, country);
  return found;
}

/** Letters only, without accents and case. */
function key(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
}
