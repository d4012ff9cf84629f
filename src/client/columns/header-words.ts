import { clientLimits } from '../client-limits.ts';
import { personOrder } from './header-dictionary.ts';
import type { WordRole } from './header-dictionary.ts';
import type { ColumnKind } from './kinds.ts';
import { plainHeader } from './plain-header.ts';
import { splitHeader } from './split-header.ts';
import type { HeaderWord } from './split-header.ts';

/** What a column's name says it holds. */
export interface HeaderMeaning {
  /**
   * `said`: every word of the name is understood. `doubt`: so it is, but it could mean two things, and the values
   * must agree. `hint`: the kind is named among words that are not understood; the values must agree. `other`: the column is something else, whatever its values look like. `silent`: the
   * name says nothing, in words that are understood; `strange`: nor are the words.
   */
  readonly sort: 'said' | 'doubt' | 'hint' | 'other' | 'silent' | 'strange';
  /** Set when said, doubted or hinted. */
  readonly kind?: ColumnKind;
  /** Lower is better among several columns of a kind that may occur once. */
  readonly rank: number;
  /** The words of a hint that are not understood. */
  readonly strangeWords?: string;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** Names of universal ids and device ids, found whole or as a part between separators; the first wins. */
const uidNames: readonly (readonly [ColumnKind, readonly string[]])[] = [
  ['uid2', words('uid2 uid2id uid2token rawuid2')],
  ['euid', words('euid euidtoken raweuid')],
  ['rampid', words('rampid rampids liveramprampid')],
  ['id5', words('id5 id5id universalid5')],
  ['pairid', words('pairid pairids')],
  [
    'maid',
    words(`maid maids idfa gaid aaid adid madid mobileadid mobileadvertisingid advertisingid googleaid
      googleadvertisingid appleadvertisingid deviceadvertisingid`),
  ],
];

/** Short names that are words of other things too; only as the whole name. */
const wholeNames: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ['em', 'email'],
  ['ph', 'phone'],
  ['cc', 'country'],
  ['idl', 'rampid'],
  ['pair', 'pairid'],
  ['uid', 'id'],
  ['guid', 'id'],
  ['uuid', 'id'],
  ['klaviyoid', 'id'],
  ['leid', 'id'],
  ['id', 'id'],
]);

/** Understands a column's name by its words, in about twenty languages. */
export function meaningOfHeader(name: string): HeaderMeaning {
  const header = name.slice(0, clientLimits.headerNameCharsMax);
  const key = plainHeader(header).replace(/[^\p{L}\p{N}]/gu, '');
  const whole = wholeNames.get(key);
  if (whole !== undefined) return { sort: 'said', kind: whole, rank: whole === 'id' ? bareIdRank(key) : 0 };
  const uid = uidOf(header, key);
  if (uid !== undefined) return { sort: 'said', kind: uid, rank: 0 };
  const parts = splitHeader(header);
  const has = (...roles: readonly WordRole[]): boolean =>
    parts.some(({ role }) => role !== 'unknown' && roles.includes(role));
  if (has('other')) return other;
  const isContact = has('email', 'hem', 'phone', 'country');
  const meaning = isContact ? meaningOfContact(parts, has) : meaningOfId(parts, has);
  return meaning.sort === 'hint' ? { ...meaning, strangeWords: strangeWordsOf(parts) } : meaning;
}

function strangeWordsOf(parts: readonly HeaderWord[]): string {
  return parts
    .filter(({ role }) => role === 'unknown')
    .map(({ text }) => text)
    .join(' ');
}

const other: HeaderMeaning = { sort: 'other', rank: 1_000 };
const silent: HeaderMeaning = { sort: 'silent', rank: 1_000 };
const strangeName: HeaderMeaning = { sort: 'strange', rank: 1_000 };

/** What a header alone says for certain about its column; null when it does not. */
export function kindOfHeader(header: string): ColumnKind | null {
  const { sort, kind } = meaningOfHeader(header);
  return sort === 'said' && kind !== undefined ? kind : null;
}

type Has = (...roles: readonly WordRole[]) => boolean;

function meaningOfContact(parts: readonly HeaderWord[], has: Has): HeaderMeaning {
  if (has('other_beside')) return other;
  // `hem` is a hashed e-mail address, and Swedish for home.
  const isEmail = has('email') || (has('hem') && !has('phone'));
  const isCountry = has('country');
  if (isCountry && (isEmail || has('phone', 'hash'))) return other;
  // `Phone ID` and `mobile device id` count devices; `Email ID` is how India writes e-mail address.
  if (has('id') && !isEmail && !isCountry) return other;
  const strange = parts.filter(({ role }) => role === 'unknown').length;
  const sort = strange > 0 ? 'hint' : isEmail && has('phone') ? 'doubt' : 'said';
  if (isCountry) return { sort, kind: 'country', rank: countryRank(parts, strange) };
  const isHashed = has('hash') || (isEmail && has('hem'));
  if (isEmail) return { sort, kind: isHashed ? 'hashed_email' : 'email', rank: 0 };
  return { sort, kind: isHashed ? 'hashed_phone' : 'phone', rank: 0 };
}

/** The country of the postal address is the country of the phones more often than another one. */
function countryRank(parts: readonly HeaderWord[], strange: number): number {
  const isOther = parts.some(({ text }) => text === 'other' || text === 'second' || text === 'secondary');
  return strange * 10 + (isOther ? 5 : 0);
}

function meaningOfId(parts: readonly HeaderWord[], has: Has): HeaderMeaning {
  const strange = parts.filter(({ role }) => role === 'unknown').length;
  const isStrange = strange > 0 || has('other_beside');
  if (!has('id', 'number') || has('hash')) return isStrange ? strangeName : silent;
  if (!has('person') && has('other_beside')) return strangeName;
  if (!has('person')) return strange > 0 ? { sort: 'hint', kind: 'id', rank: hintedIdRank } : silent;
  const persons = parts.filter(({ role }) => role === 'person').map(({ text }) => text);
  // A contact number is a phone number in Britain and India; the values decide.
  if (!has('id') && persons.every((person) => contactWords.has(person)))
    return { sort: strange > 0 ? 'hint' : 'doubt', kind: 'phone', rank: 0 };
  const best = Math.min(...persons.map((person) => personOrder.indexOf(person)));
  const group = persons.every((person) => groupWords.has(person)) ? groupRank : 0;
  return { sort: 'said', kind: 'id', rank: best + (has('id') ? 0 : 100) + strange * 200 + group };
}

/** After all ids whose person is known, with values or without. */
const hintedIdRank = 8_000;

const contactWords: ReadonlySet<string> = new Set(words('contact contacts kontakt contacto contatto'));

/** Accounts and leads are often companies with several people in them, so a bare `id` beside them is better. */
const groupWords: ReadonlySet<string> = new Set(words('account lead'));
const groupRank = 1_000;

/** After every id that names its person. */
function bareIdRank(key: string): number {
  return key === 'id' ? 900 : 800;
}

/** A universal id's name is a name by itself, whatever stands beside it: `gps_adid`, `UID2 (raw)`. */
function uidOf(header: string, key: string): ColumnKind | undefined {
  const tokens = plainHeader(header).split(/[^\p{L}\p{N}]+/u);
  const isNamed = (name: string): boolean =>
    key === name || key.replace(/\d{1,2}$/, '') === name || tokens.includes(name) || key.endsWith(name);
  for (const [kind, names] of uidNames)
    if (names.some((name) => (name.length < 6 ? key === name || tokens.includes(name) : isNamed(name))))
      return kind;
  return undefined;
}
