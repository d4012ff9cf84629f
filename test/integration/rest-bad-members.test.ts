/** Members that the REST door refuses, each by its exact field and in the words of this API. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { keptAudience } from '../support/harmless.ts';
import { change, newcomer, newHash, startRestBench, type RestBench } from '../support/rest-bench.ts';
import { sha256 } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let door: RestBench;
before(async () => {
  door = await startRestBench();
});
after(() => door.bench.seller.close());
const sync: RestBench['refuseSync'] = async (...args) => door.refuseSync(...args);

interface BadMember {
  readonly name: string;
  readonly member: unknown;
  /** Below the member. */
  readonly field: string;
  readonly fault: 'INVALID_HASH' | 'INVALID_REQUEST';
  readonly fix: RegExp;
  readonly secrets?: readonly string[];
}

const badHashes: readonly BadMember[] = (
  [
    ['short', newHash.slice(0, 63), /64/],
    ['long', `${newHash}0`, /64/],
    ['empty', '', /64/],
    ['in upper case', newHash.toUpperCase(), /lower case/],
    ['in Base64', createHash('sha256').update('x').digest('base64'), /Decode the Base64/],
    ['a clear address', 'clear.canary@mail.example', /neither stored nor logged.*SHA-256/],
    ['a clear number', '+4915112345678', /neither stored nor logged.*SHA-256/],
    ['of nothing', sha256(''), /Leave the field out/],
    ['with a foreign character', `${newHash.slice(0, 63)}g`, /64 lower-case hex/],
    ['a number', 7_777_777, /string/],
    ['null', null, /string/],
  ] as const
).flatMap(([name, value, fix]) =>
  ['hashedEmail', 'hashedPhone'].map((field) => ({
    name: `${field} ${name}`,
    member: { externalId: 'bad', [field]: value },
    field: `.${field}`,
    fault: 'INVALID_HASH' as const,
    fix,
    secrets: typeof value === 'string' && value.length > 3 ? [value] : [],
  })),
);

const plain = (name: string, member: unknown, field: string, fix: RegExp): BadMember => ({
  name,
  member,
  field,
  fault: 'INVALID_REQUEST',
  fix,
});
const withUids = (uids: unknown): Fields => ({ externalId: 'bad', uids });
const otherBad: readonly BadMember[] = [
  plain('no externalId', { hashedEmail: newHash }, '.externalId', /needs an externalId.*as externalId/),
  plain('an empty externalId', { externalId: '', hashedEmail: newHash }, '.externalId', /may not be empty/),
  plain('a number for externalId', { externalId: 7, hashedEmail: newHash }, '.externalId', /in quotes/),
  plain(
    'an endless externalId',
    { externalId: 'canary'.repeat(100), hashedEmail: newHash },
    '.externalId',
    /512/,
  ),
  plain('no uids', withUids([]), '.uids', /Leave uids out/),
  plain('uids that are no list', withUids({ type: 'maid', value: 'canary' }), '.uids', /Leave uids out/),
  plain(
    'an unknown type of uid',
    withUids([{ type: 'canary', value: 'x' }]),
    '.uids[0].type',
    /Use one of .*maid/,
  ),
  plain('an empty uid', withUids([{ type: 'maid', value: '' }]), '.uids[0].value', /non-empty string/),
  plain(
    'thirty-three uids',
    withUids(Array.from({ length: 33 }, () => ({ type: 'id5', value: 'canary' }))),
    '.uids',
    /at most 32/,
  ),
  ...[null, 7, true, 'canary', ['canary']].map((member) =>
    plain(`${JSON.stringify(member)} for a member`, member, '', /is an object/),
  ),
];
const badAdds = [
  plain('no identifier', { externalId: 'canary' }, '', /at least one of hashedEmail, hashedPhone/),
];

describe('bad members over REST', () => {
  for (const side of ['add', 'remove'] as const) {
    for (const bad of [...badHashes, ...otherBad, ...(side === 'add' ? badAdds : [])]) {
      test(`${bad.name}, in ${side}`, async () => {
        const members = [newcomer, bad.member, newcomer];
        const body = { audiences: [{ audienceId: keptAudience, name: 'renamed', [side]: members }] };
        const field = `audiences[0].${side}[1]${bad.field}`;
        const { details } = await sync(body, { field, fix: bad.fix, secrets: bad.secrets ?? [] });
        assert.equal(details?.['fault'], bad.fault);
        assert.deepEqual(details['paths'], [field]);
      });
    }
  }

  test('a thousand are counted, the first five named, and none repeated', async () => {
    const add = Array.from({ length: 1_000 }, (_, i) => ({
      externalId: `canary-crm-${i}`,
      hashedEmail: `person-${i}@canary.example`,
    }));
    const { details, message } = await sync(
      { audiences: [{ ...change, add }] },
      { field: 'audiences[0].add[0].hashedEmail', fix: /SHA-256/ },
    );
    assert.match(message, /1000 members of `add`/);
    assert.deepEqual(
      details?.['paths'],
      [0, 1, 2, 3, 4].map((i) => `audiences[0].add[${i}].hashedEmail`),
    );
    await door.bench.expectAlive();
  });
});
