import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IssueList } from '../adcp/argument-reader.ts';
import { RequestFault } from '../adcp/issues.ts';
import { readQuery } from './read-query.ts';
import type { Schema } from './schema.ts';

const rules: Readonly<Record<string, Schema>> = {
  take: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  wide: { type: 'boolean', default: false },
  name: { type: 'string', minLength: 1, maxLength: 5 },
};

/** The values, or the messages of the issues. */
function read(query: string): unknown {
  const issues = new IssueList();
  const values = readQuery(rules, query, issues);
  try {
    issues.settle();
    return values;
  } catch (error) {
    assert.ok(error instanceof RequestFault);
    return error.issues.map(({ message }) => message);
  }
}

test('reads what is there, and the defaults of what is not', () => {
  assert.deepEqual(read(''), { take: 50, wide: false });
  assert.deepEqual(read('take=7&wide=true&name=a%20b'), { take: 7, wide: true, name: 'a b' });
  assert.deepEqual(read('name=a+b&other=1&take=007'), { take: 7, wide: false, name: 'a b' });
});

test('a text that means no value is refused, and so is a value beyond its bounds', () => {
  for (const take of ['', 'x', '1.5', '1e2', '0x10', ' 7', '1'.repeat(30), 'NaN', 'Infinity', 'null']) {
    assert.deepEqual(read(`take=${encodeURIComponent(take)}`), ['take must be a whole number.'], take);
  }
  assert.deepEqual(read('take=0&wide=1&name='), [
    'take must be 1 or more.',
    'wide must be true or false.',
    'name must have at least 1 character.',
  ]);
  assert.deepEqual(read('take=-5'), ['take must be 1 or more.']);
  assert.deepEqual(read('take=101'), ['take must be 100 or less.']);
});

test('a parameter that stands there twice has no meaning; one that nobody asks for may', () => {
  assert.deepEqual(read('take=5&take=5'), ['take must be sent once.']);
  assert.deepEqual(read('x=5&x=6'), { take: 50, wide: false });
});

test('what cannot be decoded is text like any other', () => {
  assert.deepEqual(read('take=%zz'), ['take must be a whole number.']);
  assert.deepEqual(read('name=%E4'), { take: 50, wide: false, name: '\ufffd' });
});
