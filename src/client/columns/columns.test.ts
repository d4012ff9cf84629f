import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { FileFault } from '../file-fault.ts';
import { resolveColumnMap } from './column-map.ts';
import { kindOfHeader } from './header-words.ts';
import type { ColumnKind } from './kinds.ts';
import { describeColumns, requireColumns, understandColumns } from './understand-columns.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const understand = (headers: readonly string[], row: readonly string[], map: readonly string[] = []) =>
  understandColumns(headers, [row], resolveColumnMap(headers, map));
const kinds = (headers: readonly string[], row: readonly string[], map: readonly string[] = []) =>
  understand(headers, row, map).columns.map((column) => column.kind);
const failsWith = (code: string) => (error: unknown) => error instanceof FileFault && error.code === code;

test('headers of exports in several languages', () => {
  const table: Readonly<Record<string, ColumnKind | null>> = {
    user_id: 'id', 'Customer ID': 'id', external_id: 'id', Kundennummer: 'id', ID: 'id', 'Record ID - Contact': 'id',
    会員番号: 'id', 'Código cliente': 'id', email: 'email', 'E-Mail': 'email', 'E-Mail-Adresse': 'email',
    'Email Address': 'email', 'Email 2': 'email', email_2: 'email', 'E-mail 1 - Value': null, 'Work Email': 'email',
    'Correo electrónico': 'email', 'Adresse e-mail': 'email', メールアドレス: 'email', customerEmail: 'email',
    'Email Opt In': null, 'Email Status': null, 'Email verified at': null, Phone: 'phone', 'Mobile Phone': 'phone',
    'Phone Number': 'phone', Teléfono: 'phone', Téléphone: 'phone', Handynummer: 'phone', 電話番号: 'phone', 'Phone type': null,
    hashed_email: 'hashed_email', 'SHA256 Email': 'hashed_email', email_sha256: 'hashed_email', 'Hashed Phone': 'hashed_phone',
    IDFA: 'maid', maid: 'maid', UID2: 'uid2', RampID: 'rampid', ID5: 'id5', 'PAIR ID': 'pairid', Country: 'country',
    'Country Code': 'country', Land: 'country', País: 'country', 'Billing Country': 'country', 'First Name': null,
    'Signup Date': null, Notes: null, '': null,
  }; // prettier-ignore
  for (const [header, kind] of Object.entries(table)) assert.equal(kindOfHeader(header), kind, header);
});

test('hashed values are recognised under any header and in capitals', () => {
  const hash = sha256('a@b.com');
  assert.deepEqual(kinds(['email', 'phone'], [hash.toUpperCase(), sha256('+12065551234')]), [
    'hashed_email',
    'hashed_phone',
  ]);
  assert.deepEqual(kinds(['hashed_email'], ['jane@example.com']), ['email']);
});

test('hashes that can never match are refused by name', () => {
  const digest = (name: string, encoding: 'hex' | 'base64') =>
    createHash(name).update('a@b.com').digest(encoding);
  for (const value of [digest('md5', 'hex'), digest('sha1', 'hex'), digest('sha256', 'base64')]) {
    const understood = understand(['hashed_email'], [value]);
    assert.throws(() => requireColumns(understood, false), failsWith('HASHES_UNUSABLE'));
  }
});

test('values decide where headers say nothing', () => {
  assert.deepEqual(kinds(['a', 'b', 'c'], ['jane@example.com', '+1 206 555 1234', 'x']), [
    'email',
    'phone',
    'ignore',
  ]);
});

test('one id column wins, others are left; several addresses stay', () => {
  const row = ['1', 'a@b.com', 'u1', 'c@d.com'];
  assert.deepEqual(kinds(['id', 'email', 'user_id', 'email_2'], row), ['ignore', 'email', 'id', 'email']);
});

test('the map overrides, and is checked', () => {
  const row = ['1', '2', 'a@b.com'];
  assert.deepEqual(kinds(['id', 'who', 'email'], row, ['WHO=id']), ['ignore', 'id', 'email']);
  assert.deepEqual(kinds(['id', 'who', 'email'], row, ['#2=user_id']), ['ignore', 'id', 'email']);
  assert.throws(() => kinds(['email'], ['a@b.com'], ['nobody=id']), failsWith('MAP_COLUMN_UNKNOWN'));
  assert.throws(() => kinds(['email'], ['a@b.com'], ['email=surname']), failsWith('MAP_KIND_UNKNOWN'));
  assert.throws(() => kinds(['a', 'b', 'email'], row, ['a=id', 'b=id']), failsWith('MAP_CONFLICT'));
});

test('what is missing is named', () => {
  const noId = understand(['email'], ['a@b.com']);
  assert.throws(() => requireColumns(noId, true), failsWith('ID_COLUMN_MISSING'));
  requireColumns(noId, false);
  const noIdentifier = understand(['user_id', 'name'], ['u1', 'Jane']);
  assert.throws(() => requireColumns(noIdentifier, true), failsWith('IDENTIFIER_COLUMN_MISSING'));
});

test('the description shows masks, never values', () => {
  const headers = ['user_id', 'email', 'phone', 'note'];
  const row = ['customer-881', 'jane.doe@example.com', '+1 206 555 1234', 'secret'];
  const text = describeColumns(understand(headers, row)).join('\n');
  assert.match(text, /email +email .*j…@e….com/);
  for (const secret of ['881', 'jane', 'example', '206', '1234', 'secret'])
    assert.ok(!text.includes(secret), secret);
});

test('somebody else’s addresses are left, by words that are known and by words that are not', () => {
  const mail = 'jane@example.com';
  assert.deepEqual(kinds(['Email', 'Owner email'], [mail, mail]), ['email', 'ignore']);
  assert.deepEqual(kinds(['Email', 'Zworp email'], [mail, mail]), ['email', 'ignore']);
  assert.deepEqual(kinds(['Zworp email'], [mail]), ['email']);
  assert.deepEqual(kinds(['Zworp email', 'Fnord email'], [mail, mail]), ['email', 'ignore']);
  const left = understand(['Email', 'Zworp email'], [mail, mail]);
  assert.deepEqual(left.unsure, [left.columns[1]]);
  assert.deepEqual(kinds(['Email', 'Zworp email'], [mail, mail], ['Zworp email=email']), ['email', 'email']);
});

test('one address for a hundred people is doubted', () => {
  const rows = Array.from({ length: 200 }, (_, i) => [`jane${i}@example.com`, 'shop@example.com']);
  const { unsure } = understandColumns(['Email', 'Email 2'], rows, new Map());
  assert.deepEqual(
    unsure.map((column) => column.name),
    ['Email 2'],
  );
});

test('ids: the best name, unless its values are missing or shared', () => {
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    understandColumns(['user_id', 'id'], pairs, new Map()).columns.map((column) => column.kind);
  assert.deepEqual(rows([['u1', '1'], ['u2', '2'], ['u3', '3']]), ['id', 'ignore']); // prettier-ignore
  assert.deepEqual(rows([['', '1'], ['', '2'], ['', '3']]), ['ignore', 'id']); // prettier-ignore
  assert.deepEqual(rows([['u1', '1'], ['u1', '2'], ['u1', '3']]), ['ignore', 'id']); // prettier-ignore
});

test('a name of any length and any characters is read in time', () => {
  for (const part of ['email', 'nr', '電話', '\ufeff', 'e-', 'Aa', '#'])
    assert.doesNotThrow(() => kindOfHeader(part.repeat(20_000)));
});
