import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import { countryOf } from '../normalise/country.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { normaliseMaid } from '../normalise/maid.ts';
import { isNoId, isNothing } from '../normalise/nothing.ts';
import { normalisePhoneByLibrary } from '../normalise/phone.ts';
import { sliceBatch } from './people-batch.ts';
import type { PeopleBatch } from './people-batch.ts';
import { prepareBlock } from './prepare-block.ts';
import type { PreparePlan } from './prepare-plan.ts';

const columns = ['user_id', 'email', 'phone', 'country', 'maid', 'hashed_email'];
const plan: PreparePlan = {
  layout: { format: 'csv', delimiter: 0x2c, newline: 0x0a, columns },
  identifierColumns: [
    { index: 1, kind: 'email' },
    { index: 2, kind: 'phone' },
    { index: 4, kind: 'maid' },
    { index: 5, kind: 'hashed_email' },
  ],
  idColumn: 0,
  countryColumn: 3,
  defaultCountry: 'US',
  idRequired: true,
  withForeign: false,
  listsFaults: false,
  keepsRowText: false,
  hasHeader: true,
};

type Person = readonly [id: string, ...identifiers: string[]];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A batch as text: id, then type:hash[=value] for each identifier. */
function peopleOf(batch: PeopleBatch): Person[] {
  const ids = Buffer.from(batch.externalIdBytes);
  const digests = Buffer.from(batch.identifierDigest);
  const values = Buffer.from(batch.uidValueBytes);
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const identifiers: string[] = [];
    for (let i = batch.identifierStart[row]!; i < batch.identifierStart[row + 1]!; i++) {
      const value = values.toString('latin1', batch.uidValueStart[i], batch.uidValueStart[i + 1]);
      const hash = digests.toString('hex', i * 32, i * 32 + 32);
      identifiers.push(
        `${identifierTypeOfCode(batch.identifierType[i]!)}:${hash}${value === '' ? '' : `=${value}`}`,
      );
    }
    return [ids.toString('utf8', batch.externalIdStart[row], batch.externalIdStart[row + 1]), ...identifiers];
  });
}

/** The slow obvious way: csv-parse, the text forms of the rules, one hash at a time. */
function model(text: string): Person[] {
  const people: Person[] = [];
  for (const row of parse(text, { relax_column_count: true }) as string[][]) {
    const [id, email, phone, country, maid, hash] = row.map((cell) => cell.trim());
    if (isNoId(id!)) continue;
    const home = isNothing(country!) ? 'US' : (countryOf(country!) ?? 'US');
    const identifiers: string[] = [];
    const mail = normaliseEmail(email!);
    if (mail !== null) identifiers.push(`hashed_email:${sha256(mail)}`);
    const number = isNothing(phone!) ? null : normalisePhoneByLibrary(phone!, home);
    if (number !== null) identifiers.push(`hashed_phone:${sha256(number)}`);
    const device = normaliseMaid(maid!);
    if (device !== null) identifiers.push(`maid:${sha256(device)}=${device}`);
    if (/^[0-9a-fA-F]{64}$/.test(hash!)) identifiers.push(`hashed_email:${hash!.toLowerCase()}`);
    if (identifiers.length > 0) people.push([id!, ...new Set(identifiers)]);
  }
  return people;
}

const blank = fc.constantFrom('', '', '', ' ');
const around = (values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(blank, values, blank).map((parts) => parts.join(''));
const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789', '-', ' '), { minLength: min, maxLength: max })
    .map((d) => d.join(''));
const row = fc.tuple(
  around(fc.constantFrom('u1', 'u2', 'null', 'nadia', '', 'ü', '7', 'N/A', 'no,comma', 'say "hi"')),
  around(
    fc.constantFrom(
      '',
      'a@b.com',
      'Jane.Doe+x@Example.ORG',
      'null',
      'no address',
      'müller@bücher.de',
      "o'b@c.ie",
    ),
  ),
  around(
    fc.oneof(
      fc.constantFrom('', 'n/a', '(206) 555-1234', '+44 (0)20 7946 0018'),
      digits(6, 13),
      digits(6, 12).map((d) => `+${d}`),
    ),
  ),
  around(fc.constantFrom('', 'US', 'de', 'Germany', 'Brasil', 'IN', 'Atlantis', 'GB', 'JP')),
  fc.constantFrom(
    '',
    '',
    '38400000-8CF0-11BD-B23E-10B96E40000D',
    '00000000-0000-0000-0000-000000000000',
    'x1',
  ),
  fc.constantFrom('', '', sha256('a@b.com'), sha256('q@b.com').toUpperCase(), 'a@b.com', 'abc'),
);
const write = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

test('a block is what the slow way makes of it', () => {
  let people = 0;
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (rows, batchRows) => {
      const text = rows.map((cells) => `${cells.map(write).join(',')}\n`).join('');
      const prepared = prepareBlock(Buffer.from(text), plan);
      const expected = model(text);
      assert.deepEqual(peopleOf(prepared.people), expected);
      assert.deepEqual([...sliceBatch(prepared.people, batchRows)].flatMap(peopleOf), expected, 'sliced');
      assert.equal(prepared.rowCount, rows.length);
      people += expected.length;
    }),
    { numRuns: process.env.ROLLCALL_LONG === '1' ? 100_000 : 1_500 },
  );
  assert.ok(people > 1_000, `only ${String(people)} people`);
});

test('NDJSON gives the same people as CSV', () => {
  const ndjson = { ...plan, layout: { format: 'ndjson', newline: 0x0a, columns }, hasHeader: false } as const;
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      const lines = rows.map((cells) =>
        JSON.stringify(Object.fromEntries(cells.map((cell, i) => [columns[i]!, cell]))),
      );
      const csv = rows.map((cells) => `${cells.map(write).join(',')}\n`).join('');
      const a = prepareBlock(Buffer.from(lines.join('\n')), ndjson);
      const b = prepareBlock(Buffer.from(csv), plan);
      assert.deepEqual(peopleOf(a.people), peopleOf(b.people));
      assert.deepEqual(a.counts, b.counts);
    }),
    { numRuns: 300 },
  );
});

test('several values in a cell, hashes among clear values, and the hash of nothing', () => {
  const text = [
    'u1,"a@b.com; c@d.com",+12065551234 / +442079460018,,,',
    `u2,${sha256('a@b.com')},,,,`,
    `u3,,,,,${sha256('')}`,
    `u4,${createHash('md5').update('x').digest('hex')},,,,`,
  ].join('\n');
  const prepared = prepareBlock(Buffer.from(text), plan);
  assert.deepEqual(peopleOf(prepared.people), [
    [
      'u1',
      `hashed_email:${sha256('a@b.com')}`,
      `hashed_email:${sha256('c@d.com')}`,
      `hashed_phone:${sha256('+12065551234')}`,
      `hashed_phone:${sha256('+442079460018')}`,
    ],
    ['u2', `hashed_email:${sha256('a@b.com')}`],
  ]);
});
