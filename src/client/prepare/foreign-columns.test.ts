import assert from 'node:assert/strict';
import { test } from 'node:test';

import { identifierCodes } from '../../base/identifier-types.ts';
import { recipeCodes } from '../../base/recipes.ts';
import { hashText } from '../normalise/hash-text.ts';
import { foreignDigests } from '../normalise/recipes.ts';
import { sliceBatch, type PeopleBatch } from './people-batch.ts';
import { prepareBlock } from './prepare-block.ts';
import type { PreparePlan } from './prepare-plan.ts';

const plan: PreparePlan = {
  layout: { format: 'csv', delimiter: 0x2c, newline: 0x0a, columns: ['id', 'mail', 'tel', 'hash'] },
  identifierColumns: [
    { index: 1, kind: 'email' },
    { index: 2, kind: 'phone' },
    { index: 3, kind: 'hashed_email' },
  ],
  idColumn: 0,
  countryColumn: -1,
  defaultCountry: 'US',
  idRequired: true,
  withForeign: true,
  listsFaults: false,
  keepsRowText: false,
  hasHeader: false,
};

/** A row's foreign digests as lines. */
function linesOf({ foreign, rowCount }: PeopleBatch): string[][] {
  assert.ok(foreign !== null);
  return Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: foreign.start[row + 1]! - foreign.start[row]! }, (__, k) => {
      const i = foreign.start[row]! + k;
      const digest = Buffer.from(foreign.digest.subarray(i * 32, i * 32 + 32)).toString('hex');
      return `${foreign.type[i]!} ${foreign.recipe[i]!} ${digest}`;
    }),
  );
}

function expected(kind: 'email' | 'phone', value: string, typed?: string): string[] {
  const type = kind === 'email' ? identifierCodes.hashed_email : identifierCodes.hashed_phone;
  return foreignDigests(kind, value, typed).map(
    ({ recipe, digest }) => `${type} ${recipeCodes[recipe]} ${digest}`,
  );
}

test('everyday and unusual spellings give the foreign digests of their values, row by row', () => {
  const hash = hashText('zoe@example.com');
  const text = [
    'u1, Jane.Doe+News@Gmail.com ,(206) 555-1234,',
    'u2,,,',
    "u3,o'Brien@example.ie,+49 (0)30 123456 x7,",
    'u4,a@b.com;c@d.com,,',
    `u5,,,${hash.toUpperCase()}`,
    'u6,not an address,2065551234,',
    '',
  ].join('\n');
  const { people } = prepareBlock(Buffer.from(text), plan);
  const rows = [
    [
      ...expected('email', 'jane.doe+news@gmail.com', 'Jane.Doe+News@Gmail.com'),
      ...expected('phone', '+12065551234'),
    ],
    [...expected('email', "o'brien@example.ie", "o'Brien@example.ie"), ...expected('phone', '+4930123456')],
    [...expected('email', 'a@b.com'), ...expected('email', 'c@d.com')],
    expected('email', 'zoe@example.com').slice(0, 2),
    expected('phone', '+12065551234'),
  ];
  assert.deepEqual(linesOf(people), rows);
  assert.deepEqual([...sliceBatch(people, 2)].flatMap(linesOf), rows, 'sliced');
  const without = prepareBlock(Buffer.from(text), { ...plan, withForeign: false }).people;
  assert.equal(without.foreign, null);
  assert.deepEqual(without.identifierDigest, people.identifierDigest);
});
