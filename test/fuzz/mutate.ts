/** Spoils a good request, in its values, its bytes, its head or its address. */
import { gzipSync } from 'node:zlib';

import type { Dice } from './dice.ts';
import type { Plain } from './seeds.ts';

export interface Spoiled {
  readonly name: string;
  /** What was done, without a value. */
  readonly how: readonly string[];
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const oddStrings: readonly string[] = [
  ...['', ' ', '\u0000', '\u0001\u001f', '\u202e', '\ufeff', '\ud800', '🦊'.repeat(300), 'x'.repeat(70_000)],
  ...['../../etc/passwd', '<script>alert(1)</script>', "' OR 1=1 --", '${7*7}', '%s%n', '\r\nx: y', '[31m'],
  ...[
    'null',
    'true',
    '-0',
    '1e999',
    '0x10',
    '２',
    'ﬀ',
    '../',
    'file:///etc/passwd',
    'http://169.254.169.254/',
    '__proto__',
  ],
];
const oddNumbers: readonly unknown[] = [
  0,
  -0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  -(2 ** 53),
  1e308,
  5e-324,
  4_294_967_296,
];
const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  'audiences',
  'x'.repeat(300),
  '\u0000',
  'a.b',
  'a[0]',
  'authorization',
  'api_key',
];

function deep(dice: Dice, levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = dice.chance(0.5) ? [value] : { a: value };
  return value;
}

function oddValue(dice: Dice): unknown {
  switch (dice.below(8)) {
    case 0:
      return null;
    case 1:
      return dice.of(oddStrings);
    case 2:
      return dice.of(oddNumbers);
    case 3:
      return dice.chance(0.5);
    case 4:
      return [];
    case 5:
      return { [dice.of(oddNames)]: dice.of(oddStrings) };
    case 6:
      return deep(dice, dice.of([2, 20, 40, 200]));
    default:
      return Array.from({ length: dice.of([1, 30, 1_500]) }, () => dice.of(oddStrings).slice(0, 20));
  }
}

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly at: string | number };

function placesIn(value: unknown, found: Place[] = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [at, below] of Object.entries(value)) {
    found.push({ holder: value as Record<string, unknown>, at });
    placesIn(below, found);
  }
  return found;
}

function spoilValue(body: unknown, dice: Dice): { readonly body: unknown; readonly how: string } {
  const copy = structuredClone(body);
  const places = placesIn(copy);
  if (places.length === 0) return { body: oddValue(dice), how: 'another body' };
  const { holder, at } = dice.of(places);
  const target = holder as Record<string | number, unknown>;
  switch (dice.below(5)) {
    case 0:
      delete target[at];
      return { body: copy, how: 'a field left out' };
    case 1:
      Object.defineProperty(target, dice.of(oddNames), {
        value: oddValue(dice),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return { body: copy, how: 'a field more' };
    case 2:
      target[at] = [target[at], structuredClone(target[at])];
      return { body: copy, how: 'a value twice' };
    case 3:
      return { body: [copy, copy], how: 'a batch' };
    default:
      target[at] = oddValue(dice);
      return { body: copy, how: 'another value' };
  }
}

function spoilBytes(bytes: Buffer, dice: Dice): { readonly body: Buffer; readonly how: string } {
  const copy = Buffer.from(bytes);
  const at = dice.below(Math.max(1, copy.length));
  switch (dice.below(7)) {
    case 0:
      return { body: copy.subarray(0, at), how: 'cut off' };
    case 1:
      if (copy.length > 0) copy[at] = dice.below(256);
      return { body: copy, how: 'a byte changed' };
    case 2:
      return { body: Buffer.concat([copy, copy]), how: 'twice' };
    case 3:
      return {
        body: Buffer.concat([copy.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), copy.subarray(at)]),
        how: 'bad UTF-8',
      };
    case 4:
      return { body: Buffer.from(copy.toString('utf8').replace('{', '{"a":1,"a":2,')), how: 'a name twice' };
    case 5:
      return { body: Buffer.from('['.repeat(dice.of([100, 5_000, 60_000]))), how: 'brackets' };
    default:
      return {
        body: Buffer.from(
          copy
            .toString('utf8')
            .replaceAll(/\d+/g, (digits) => dice.of([digits, '1e400', '9'.repeat(40), '-', '01'])),
        ),
        how: 'other numbers',
      };
  }
}

const oddTypes = [
  '',
  'text/plain',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'a'.repeat(5_000),
];

function spoilHead(
  headers: Record<string, string | readonly string[]>,
  body: Buffer,
  dice: Dice,
): { readonly body: Buffer; readonly how: string } {
  switch (dice.below(9)) {
    case 0:
      headers['content-type'] = dice.of(oddTypes);
      return { body, how: 'another content type' };
    case 1:
      headers['content-encoding'] = dice.of(['gzip', 'br', 'deflate', 'gzip, gzip', 'identity', 'x']);
      return { body, how: 'an encoding that is not so' };
    case 2:
      headers['content-encoding'] = 'gzip';
      return { body: gzipSync(dice.chance(0.2) ? Buffer.alloc(3_000_000) : body), how: 'compressed' };
    case 3:
      headers['content-encoding'] = 'gzip';
      return { body: gzipSync(body).subarray(0, -4), how: 'compressed and cut off' };
    case 4:
      headers['authorization'] = dice.of([
        '',
        'Bearer',
        'Bearer x',
        'Basic eDp5',
        `Bearer rk_${'0'.repeat(61)}`,
        'Bearer '.repeat(200),
      ]);
      return { body, how: 'other credentials' };
    case 5:
      for (let i = 0; i < dice.of([5, 50, 90]); i++) headers[`x-${i}`] = 'y'.repeat(20);
      return { body, how: 'many headers' };
    case 6:
      headers['idempotency-key'] = dice.of(['', 'x'.repeat(400), 'a b', 'ä']);
      return { body, how: 'another request key' };
    case 7:
      headers['accept'] = dice.of(['', 'text/event-stream', '*/*', 'x'.repeat(500), 'application/json;q=0']);
      return { body, how: 'another accept' };
    default:
      headers['mcp-protocol-version'] = dice.of(['', '1999-01-01', 'x'.repeat(300)]);
      headers['a2a-version'] = dice.of(['', '9.9', '0.3', '1.0']);
      return { body, how: 'other versions' };
  }
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND'];

function spoilAddress(path: string, dice: Dice): string {
  const at = dice.below(path.length + 1);
  const odd = dice.of([
    '%2e%2e%2f',
    '%00',
    '..',
    '//',
    '%',
    '%zz',
    '?a=b&a=c',
    '?take=-1&skip=99999999999',
    `/${'x'.repeat(2_000)}`,
    '%F0%9F',
    '#x',
    ';',
    '\\',
  ]);
  const whole = path.slice(0, at) + odd + path.slice(at);
  return whole.startsWith('/') ? whole : `/${whole}`;
}

export function spoil(plain: Plain, dice: Dice): Spoiled {
  const how: string[] = [];
  let { method, path } = plain;
  let value = plain.body;
  const headers: Record<string, string | readonly string[]> = { ...plain.headers };
  for (let times = 1 + dice.below(3); times > 0 && dice.chance(0.75); times--) {
    const spoiled = spoilValue(value ?? {}, dice);
    value = spoiled.body;
    how.push(spoiled.how);
  }
  let body: Buffer = value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value) ?? '');
  if (dice.chance(0.3)) {
    const spoiled = spoilBytes(body, dice);
    body = spoiled.body;
    how.push(spoiled.how);
  }
  if (dice.chance(0.25)) {
    const spoiled = spoilHead(headers, body, dice);
    body = spoiled.body;
    how.push(spoiled.how);
  }
  if (dice.chance(0.1)) {
    path = spoilAddress(path, dice);
    how.push('another address');
  }
  if (dice.chance(0.1)) {
    method = dice.of(methods);
    how.push('another method');
  }
  return { name: plain.name, how, method, path, headers, body };
}
