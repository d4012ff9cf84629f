import assert from 'node:assert/strict';
import { test } from 'node:test';

import { camelName, inRestWords } from './wire-words.ts';

test('fields get the names of this API, and other words stay', () => {
  assert.equal(inRestWords('audiences[0].add[1].hashed_email'), 'audiences[0].add[1].hashedEmail');
  assert.equal(inRestWords('Call list_accounts with account_id.'), 'Call list_accounts with accountId.');
  assert.equal(inRestWords('my_external_id and external_ids'), 'my_external_id and external_ids');
  assert.equal(inRestWords('uids, name and add'), 'uids, name and add');
});

test('names in snake case become camel case', () => {
  assert.deepEqual(['a', 'limit_name', 'accepted_values_of', 'x_1'].map(camelName), [
    'a',
    'limitName',
    'acceptedValuesOf',
    'x_1',
  ]);
});
