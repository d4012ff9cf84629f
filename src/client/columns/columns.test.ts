import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { InputFileError } from '../input-file-error.ts';
import type { ColumnKind } from './column-kinds.ts';
import { describeColumns } from './describe-columns.ts';
import { detectColumns } from './detect-columns.ts';
import { kindOfHeader } from './header-words.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const kinds = (headers: readonly string[], row: readonly string[], map: Record<string, string> = {}) =>
  detectColumns(headers, [row], { idRequired: false, map }).map((column) => column.kind);
const failsWith = (code: string) => (error: unknown) =>
  error instanceof InputFileError && error.code === code;

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
  for (const value of [digest('md5', 'hex'), digest('sha1', 'hex'), digest('sha256', 'base64')])
    assert.throws(() => kinds(['hashed_email'], [value]), failsWith('hashes_unusable'));
});

test('values decide where headers say nothing', () => {
  assert.deepEqual(kinds(['a', 'b', 'c'], ['jane@example.com', '+1 206 555 1234', 'x']), [
    'email',
    'phone',
    'ignore',
  ]);
});

test('one id column wins, others are left; several addresses stay', () => {
  assert.deepEqual(kinds(['id', 'email', 'user_id', 'email_2'], ['1', '', 'u1', '']), [
    'ignore',
    'email',
    'id',
    'email',
  ]);
});

test('the map overrides, and is checked', () => {
  assert.deepEqual(kinds(['id', 'who', 'email'], ['1', '2', 'a@b.com'], { WHO: 'id' }), [
    'ignore',
    'id',
    'email',
  ]);
  assert.throws(() => kinds(['email'], ['a@b.com'], { nobody: 'id' }), failsWith('map_column_unknown'));
  assert.throws(() => kinds(['email'], ['a@b.com'], { email: 'surname' }), failsWith('map_conflict'));
  assert.throws(
    () => kinds(['a', 'b', 'email'], ['1', '2', 'a@b.com'], { a: 'id', b: 'id' }),
    failsWith('map_conflict'),
  );
});

test('what is missing is named', () => {
  const detect = (headers: readonly string[], idRequired: boolean) => () =>
    detectColumns(headers, [], { idRequired });
  assert.throws(detect(['email'], true), failsWith('id_column_missing'));
  assert.throws(detect(['user_id', 'name'], true), failsWith('identifier_column_missing'));
  assert.throws(detect(['u1', 'jane@example.com'], false), failsWith('header_missing'));
  assert.throws(
    detect(
      Array.from({ length: 501 }, () => 'email'),
      false,
    ),
    failsWith('too_many_columns'),
  );
});

test('the description shows masks, never values', () => {
  const headers = ['user_id', 'email', 'phone', 'note\u001b[2J'];
  const row = ['customer-881', 'jane.doe@example.com', '+1 206 555 1234', 'secret'];
  const text = describeColumns(detectColumns(headers, [row], { idRequired: true }), [row]);
  assert.match(text, /email {2,}email \(by its name\), for example j…@e….com/);
  for (const secret of ['881', 'jane', 'example.com', '206', '1234', 'secret', '\u001b'])
    assert.ok(!text.includes(secret), secret);
});
