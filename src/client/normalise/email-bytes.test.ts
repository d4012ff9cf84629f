import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { everydayEmail, unusualEmail } from './email-bytes.ts';
import { normaliseEmail } from './email.ts';

const out = Buffer.alloc(254);

function byBytes(text: string): string | undefined {
  const bytes = Buffer.from(`<${text}>`);
  const length = everydayEmail(bytes, 1, bytes.length - 1, out);
  return length === unusualEmail ? undefined : out.toString('latin1', 0, length);
}

test('everyday addresses are settled without text', () => {
  assert.equal(byBytes(' Jane.Doe+News@Gmail.com '), 'jane.doe+news@gmail.com');
  assert.equal(byBytes('a@b.co'), 'a@b.co');
  assert.equal(byBytes('nobody.else_1@mail.example.co.uk'), 'nobody.else_1@mail.example.co.uk');
});

test('what the bytes accept is what the text form says', () => {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '9',
    '.',
    '-',
    '@',
    'null',
    'com',
    'na',
    ' ',
    '+',
    '_',
    '%',
    'é',
    '..',
    "'",
    'x1',
  );
  let settled = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('', '.com', '@b.de', ' '),
      (parts, tail) => {
        const text = parts.join('') + tail;
        const form = byBytes(text);
        if (form === undefined) return;
        settled++;
        assert.equal(form, normaliseEmail(text));
      },
    ),
    { numRuns: process.env.ROLLCALL_LONG === '1' ? 1_000_000 : 30_000 },
  );
  assert.ok(settled > 100, `only ${settled} settled`);
});
