import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';

import type { Json } from '../../engine/types.ts';
import { IssueList } from '../adcp/argument-reader.ts';
import { RequestFault } from '../adcp/issues.ts';
import { changesSchema, listQuery, newAdvertiserSchema } from './advertiser-schema.ts';
import { checkedKeywords, checkValue } from './check-schema.ts';
import { routes } from './routes.ts';
import { object, type Schema } from './schema.ts';
import { deletedAudienceSchema, memberSchema, removedMemberSchema } from './sync-schema.ts';

function issuesOf(schema: Schema, value: Json): readonly string[] {
  const issues = new IssueList();
  checkValue(schema, value, [], issues);
  try {
    issues.settle();
    return [];
  } catch (error) {
    assert.ok(error instanceof RequestFault);
    return error.issues.map(({ path, keyword }) => `${path.join('/')} ${keyword}`);
  }
}

/** Names of fields and words of enumerations turn up often enough to get past the first check. */
const names = [
  ...Object.keys(newAdvertiserSchema.properties ?? {}),
  'partnerId',
  'accountId',
  'paramKey',
  'delete',
];
const words = [
  'AUTO',
  'acme.example',
  'a b',
  '',
  'x'.repeat(255),
  'x'.repeat(256),
  '\u{1f600}'.repeat(200),
  'no_',
];
const leaf = fc.oneof(
  fc.constantFrom<Json>(...words, null, true, false, 0, 1, 1.5),
  fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
);
const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
  ),
}));
/** Bodies that are right but for a field or two. */
const nearly = fc.tuple(json, fc.constantFrom(...names)).map(([value, name]): Json => ({
  name: 'Acme',
  brand: 'acme.example',
  audienceId: 'a',
  partnerId: 'p',
  [name]: value,
}));

test('a value is refused exactly when a validator of JSON Schema refuses it', () => {
  const ajv = new Ajv2020({ strict: false });
  const schemas = [newAdvertiserSchema, changesSchema, deletedAudienceSchema, object(listQuery)];
  for (const schema of schemas) {
    // Our own notes and the one format that is ours mean nothing to others.
    const plain = JSON.parse(
      JSON.stringify(schema).replaceAll('"format":"multiline"', '"x-lines":true'),
    ) as object;
    const validate = ajv.compile(plain);
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(json, nearly), (value) => {
        const issues = issuesOf(schema, value);
        assert.equal(issues.length === 0, validate(value), `${JSON.stringify(value)}: ${issues.join()}`);
        if (issues.length === 0) accepted += 1;
        else refused += 1;
      }),
      { numRuns: 600 },
    );
    assert.ok(refused > 20 && accepted > 20, `${refused} refused, ${accepted} accepted`);
  }
});

test('schemas of requests use no keyword that nobody checks', () => {
  let count = 0;
  const walk = (schema: Schema): void => {
    // Members are checked where they are scanned.
    if (schema === memberSchema || schema === removedMemberSchema) return;
    for (const keyword of Object.keys(schema)) {
      count += 1;
      assert.ok(checkedKeywords.has(keyword), keyword);
    }
    if (schema.items !== undefined) walk(schema.items);
    for (const below of Object.values(schema.properties ?? {})) walk(below);
  };
  for (const { body, query = {} } of routes) {
    if (body !== undefined) walk(body.schema);
    for (const schema of Object.values(query)) walk(schema);
  }
  assert.ok(count > 100);
});

test('text may hold no characters that people do not see, and only some of it line breaks', () => {
  const line: Schema = { type: 'string' };
  const lines: Schema = { type: 'string', format: 'multiline' };
  for (const text of ['a\u0007', 'a\u202eb', 'a\u200bb', '\ufeffa', 'a\u0085b']) {
    assert.deepEqual(
      [issuesOf(line, text), issuesOf(lines, text)],
      [[' pattern'], [' pattern']],
      JSON.stringify(text),
    );
  }
  assert.deepEqual([issuesOf(line, 'a\nb'), issuesOf(lines, 'a\nb')], [[' pattern'], []]);
});

test('every issue names its place', () => {
  const schema = object({
    list: { type: 'array', items: object({ word: { type: 'string', maxLength: 3 } }, ['word']) },
  });
  assert.deepEqual(issuesOf(schema, { list: [{ word: 'long' }, {}, { word: 5 }] }), [
    'list/0/word maxLength',
    'list/1/word required',
    'list/2/word type',
  ]);
});
