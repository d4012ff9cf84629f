/** Random requests and random spellings of them, from a seed, for the scanner's tests. */
import type { Json } from '../types.ts';

/** Small seeded generator (the public-domain "mulberry32" recipe): the tests need speed and a seed, not quality. */
export interface Chance {
  /** An integer from 0 to `below` - 1. */
  below(below: number): number;
  oneIn(count: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, oneIn: (count) => below(count) === 0, pick: (list) => list[below(list.length)]! };
}

type Mutable = { [key: string]: Json };

const awkwardTexts: readonly string[] = [
  '',
  'null',
  'crm_17',
  'ann@example.com',
  '+1 (206) 555-1234',
  '0123456',
  '"add":[{',
  ']}],"audiences":[',
  '\\"',
  'a\tb\nc\u0001',
  'ключ',
  '顧客',
  '😀😀',
  '\ufeffbom',
  '\u2028',
  '\u007f\u0080',
  'x'.repeat(520),
  'é'.repeat(256),
  'é'.repeat(257),
  'z'.repeat(1025),
];
const nothingHashes: readonly string[] = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b',
];

function hexOf(chance: Chance, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += '0123456789abcdef'[chance.below(16)];
  return text;
}

export function randomHash(chance: Chance): Json {
  const hash = hexOf(chance, 64);
  if (!chance.oneIn(8)) return hash;
  switch (chance.below(9)) {
    case 0:
      return hash.toUpperCase();
    case 1:
      return hash.slice(chance.below(64));
    case 2:
      return `${hash}0`;
    case 3:
      return chance.pick(nothingHashes);
    case 4:
      return Buffer.from(hash, 'hex').toString(chance.pick(['base64', 'base64url']));
    case 5:
      return hash.replace(/./, 'g');
    case 6:
      return chance.pick(awkwardTexts);
    default:
      return randomValue(chance, 2);
  }
}

export function randomValue(chance: Chance, depth: number): Json {
  switch (chance.below(depth > 0 ? 8 : 5)) {
    case 0:
      return null;
    case 1:
      return chance.oneIn(2);
    case 2:
      return chance.pick([0, -0, 1, -17, 1.5, 1e21, 1e-7, 5e-324, 2 ** 53, 123456789012345, -0.1]);
    case 3:
    case 4:
      return chance.pick(awkwardTexts);
    case 5:
      return Array.from({ length: chance.below(4) }, () => randomValue(chance, depth - 1));
    default: {
      const object: Mutable = {};
      for (let i = chance.below(4); i > 0; i--) object[randomKey(chance)] = randomValue(chance, depth - 1);
      return object;
    }
  }
}

function randomKey(chance: Chance): string {
  const names = [
    'add',
    'remove',
    'audiences',
    'params',
    'ext',
    'tier',
    'hasOwnProperty',
    '7',
    'type',
    'value',
  ];
  return chance.oneIn(3) ? chance.pick(awkwardTexts) : chance.pick(names);
}

const uidTypeNames = [
  ...['rampid', 'rampid_derived', 'id5', 'uid2', 'euid', 'pairid', 'maid', 'maid', 'hashed_email'],
  ...['publisher_first_party', 'world_id_nullifier', 'other'],
];

export function randomUid(chance: Chance): Json {
  if (chance.oneIn(30)) return randomValue(chance, 2);
  const type = chance.oneIn(25)
    ? chance.pick(['hashed_phone', 'idfa', 'maidx', ''])
    : chance.pick(uidTypeNames);
  let value: Json = chance.pick(['ID5-a', 'XY1', 'Аб', `AbC${chance.below(9)}`, hexOf(chance, 36)]);
  if (type === 'maid') value = chance.oneIn(2) ? value.toUpperCase() : value;
  if (type === 'hashed_email') value = randomHash(chance);
  if (chance.oneIn(25))
    value = chance.pick<Json>(['0000-00', '-', '', 'z'.repeat(1024), 'z'.repeat(1025), 7, null]);
  const uid: Mutable = { type, value };
  if (chance.oneIn(25)) uid.ext = randomValue(chance, 1);
  if (chance.oneIn(40)) delete uid[chance.pick(['type', 'value'])];
  return uid;
}

export function randomMember(chance: Chance): Json {
  if (chance.oneIn(40)) return randomValue(chance, 2);
  const camel = chance.oneIn(5);
  const member: Mutable = {};
  if (!chance.oneIn(20)) {
    const id = chance.oneIn(8) ? chance.pick(awkwardTexts) : `crm_${chance.below(1000)}`;
    member[camel ? 'externalId' : 'external_id'] = chance.oneIn(30) ? randomValue(chance, 1) : id;
  }
  if (!chance.oneIn(4)) member[camel ? 'hashedEmail' : 'hashed_email'] = randomHash(chance);
  if (chance.oneIn(2)) member[camel ? 'hashedPhone' : 'hashed_phone'] = randomHash(chance);
  if (chance.oneIn(4)) {
    const count = chance.oneIn(40) ? 31 + chance.below(4) : chance.below(4) + (chance.oneIn(9) ? 0 : 1);
    const uids = Array.from({ length: count }, () => randomUid(chance));
    if (chance.oneIn(6) && uids.length > 0) uids.push(chance.pick(uids));
    if (chance.oneIn(6) && typeof member.hashed_email === 'string') {
      uids.push({ type: 'hashed_email', value: member.hashed_email });
    }
    member.uids = chance.oneIn(30) ? randomValue(chance, 1) : uids;
  }
  if (chance.oneIn(12)) member[randomKey(chance)] = randomValue(chance, 3);
  if (chance.oneIn(300)) member[camel ? 'external_id' : 'externalId'] = 'second';
  return member;
}

function randomAudience(chance: Chance): Json {
  if (chance.oneIn(40)) return randomValue(chance, 2);
  const audience: Mutable = { audience_id: `a${chance.below(9)}` };
  const members = (): Json =>
    chance.oneIn(15)
      ? randomValue(chance, 1)
      : Array.from({ length: chance.below(chance.pick([2, 6, 12])) }, () => randomMember(chance));
  if (!chance.oneIn(4)) audience.add = members();
  if (chance.oneIn(3)) audience.remove = members();
  if (chance.oneIn(6)) audience[randomKey(chance)] = randomValue(chance, 3);
  return audience;
}

/** A request in one of the envelopes, most of them good. */
export function randomRequest(chance: Chance): Json {
  const audiences: Json = chance.oneIn(40)
    ? randomValue(chance, 2)
    : Array.from({ length: chance.below(4) }, () => randomAudience(chance));
  const input: Mutable = { account: { account_id: 'acc' }, audiences };
  if (chance.oneIn(4)) input.ext = randomValue(chance, 4);
  const part: Json = { data: { skill: 'sync_audiences', [chance.pick(['input', 'parameters'])]: input } };
  switch (chance.below(8)) {
    case 0:
    case 1:
      return input;
    case 2:
    case 3:
      return { id: 1, params: { message: { parts: chance.oneIn(4) ? [{ text: 'hello' }, part] : [part] } } };
    case 4:
      return chance.oneIn(8)
        ? { params: { arguments: input }, audiences: [randomAudience(chance)] }
        : [input];
    default:
      return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: input } };
  }
}

/** How a value is spelt: chances (one in so many) of what JSON leaves open. */
export interface Spelling {
  readonly space: boolean;
  readonly shuffle: boolean;
  readonly escape: boolean;
  readonly number: boolean;
}

export function randomSpelling(chance: Chance): Spelling {
  const on = (): boolean => chance.oneIn(3);
  return { space: on(), shuffle: on(), escape: chance.oneIn(6), number: on() };
}

/** One of the many texts of a value. */
export function spell(value: Json, how: Spelling, chance: Chance): string {
  const gap = (): string => (how.space ? chance.pick(['', '', ' ', '\n', '\t ', '\r\n    ']) : '');
  if (typeof value === 'string') return spellText(value, how, chance);
  if (typeof value === 'number') return how.number ? spellNumber(value, chance) : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    return `[${gap()}${(value as Json[]).map((v) => spell(v, how, chance) + gap()).join(`,${gap()}`)}]`;
  }
  const entries = Object.entries(value as { [key: string]: Json });
  if (how.shuffle) entries.sort(() => chance.below(3) - 1);
  const texts = entries.map(
    ([key, v]) => `${spellText(key, how, chance)}${gap()}:${gap()}${spell(v, how, chance)}${gap()}`,
  );
  return `{${gap()}${texts.join(`,${gap()}`)}}`;
}

function spellText(text: string, how: Spelling, chance: Chance): string {
  if (!how.escape || !chance.oneIn(4)) return JSON.stringify(text);
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text[i]!;
    const surrogate = unit >= '\ud800' && unit <= '\udfff';
    if (surrogate || (!chance.oneIn(6) && unit !== '"' && unit !== '\\' && unit >= ' ')) {
      out += unit;
      continue;
    }
    const hex = text.charCodeAt(i).toString(16).padStart(4, '0');
    out += unit === '/' ? '\\/' : `\\u${chance.oneIn(2) ? hex : hex.toUpperCase()}`;
  }
  return `"${out}"`;
}

function spellNumber(value: number, chance: Chance): string {
  const text = JSON.stringify(value);
  if (!/^-?[0-9]+$/.test(text)) return text.replace('e', chance.pick(['e', 'E']));
  return chance.pick([text, `${text}.0`, `${text}e0`, `${text}.00E+00`]);
}

const telling =
  '{}[]",:\\/ \n0123456789.eE+-abcdefnulltruesAF@\u0000\u001f\u00c3\u00a9\u00ed\u00a0\u0080\u00f0\u00ff';

/** The bytes with a few places changed, or an end cut off. */
export function mutate(bytes: Uint8Array, chance: Chance): Uint8Array {
  let list = Array.from(bytes);
  for (let count = 1 + chance.below(3); count > 0; count--) {
    const at = chance.below(list.length + 1);
    const byte = telling.charCodeAt(chance.below(telling.length));
    switch (chance.below(6)) {
      case 0:
        list = list.slice(0, at);
        break;
      case 1:
        list.splice(at, 1);
        break;
      case 2:
        list.splice(at, 0, byte);
        break;
      case 3:
        list.splice(at, 0, ...list.slice(at, at + 1 + chance.below(40)));
        break;
      case 4:
        if (at < list.length) list[at] = list[at]! ^ (1 << chance.below(8));
        break;
      default:
        if (at < list.length) list[at] = byte;
    }
  }
  return Uint8Array.from(list);
}
