import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { assertSays, errorsOf, itemsOf, keptAudience, startBench, type Bench } from '../support/harmless.ts';
import { sha256 } from '../support/seller.ts';
import { argumentsOf, callRaw, generations, type Fields, type Generation } from '../support/wire.ts';

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(async () => {
  await bench.seller.close();
});

const good = sha256('someone-new@example.com');
const newcomer = { external_id: 'newcomer', hashed_email: good };

/** What a bad member of its kind is refused with. `field` is the path inside the member. */
interface BadMember {
  readonly name: string;
  readonly member: unknown;
  readonly field: string;
  readonly reason: string;
  readonly isHash: boolean;
  readonly fix: RegExp;
  readonly secrets: readonly string[];
}

const hashKinds: readonly { name: string; value: unknown; reason: string; fix: RegExp }[] = [
  { name: 'a short hash', value: good.slice(0, 63), reason: 'hash_length', fix: /64/ },
  { name: 'a long hash', value: `${good}0`, reason: 'hash_length', fix: /64/ },
  { name: 'an empty hash', value: '', reason: 'hash_length', fix: /64/ },
  {
    name: 'a hash in upper case',
    value: good.toUpperCase(),
    reason: 'hash_upper_case',
    fix: /lower case/,
  },
  {
    name: 'a hash in mixed case',
    value: `${good.slice(0, 32)}${good.slice(32).toUpperCase()}`,
    reason: 'hash_upper_case',
    fix: /lower case/,
  },
  {
    name: 'a hash in Base64',
    value: createHash('sha256').update('someone-new@example.com').digest('base64'),
    reason: 'hash_base64',
    fix: /Decode the Base64/,
  },
  {
    name: 'a clear e-mail address',
    value: 'clear.canary@mail.example',
    reason: 'hash_clear_email',
    fix: /clear e-mail.*SHA-256/,
  },
  {
    name: 'a clear phone number',
    value: '+4915112345678',
    reason: 'hash_clear_phone',
    fix: /clear phone.*SHA-256/,
  },
  { name: 'the hash of the empty string', value: sha256(''), reason: 'hash_of_nothing', fix: /Leave .* out/ },
  { name: 'the hash of null', value: sha256('null'), reason: 'hash_of_nothing', fix: /Leave .* out/ },
  {
    name: 'a hash with a foreign character',
    value: `${good.slice(0, 63)}g`,
    reason: 'hash_format',
    fix: /64 lower-case hex/,
  },
  { name: 'a number for a hash', value: 7_777_777, reason: 'hash_type', fix: /string/ },
  { name: 'null for a hash', value: null, reason: 'hash_type', fix: /string/ },
];

const badHashes: readonly BadMember[] = hashKinds.flatMap(({ name, value, reason, fix }) =>
  ['hashed_email', 'hashed_phone'].map((field) => ({
    name: `${name} in ${field}`,
    member: { external_id: 'bad', [field]: value },
    field: `.${field}`,
    reason,
    isHash: true,
    fix,
    secrets: typeof value === 'string' && value.length > 3 ? [value] : [],
  })),
);

const longId = 'long-canary-'.repeat(854);
const plain = (bad: Omit<BadMember, 'isHash'>): BadMember => ({ ...bad, isHash: false });
const uidMember = (uid: unknown): Fields => ({ external_id: 'bad', uids: [uid] });

const otherBad: readonly BadMember[] = [
  plain({
    name: 'no identifier and no id',
    member: { note: 'canary' },
    field: '',
    reason: 'identifier_missing',
    fix: /at least one of/,
    secrets: ['canary'],
  }),
  plain({
    name: 'an unknown uid type',
    member: uidMember({ type: 'canary_type', value: 'canary-value' }),
    field: '.uids[0].type',
    reason: 'uid_type_unknown',
    fix: /Use a type listed/,
    secrets: ['canary_type', 'canary-value'],
  }),
  plain({
    name: 'an empty uid',
    member: uidMember({ type: 'maid', value: '' }),
    field: '.uids[0].value',
    reason: 'uid_value',
    fix: /non-empty string/,
    secrets: [],
  }),
  plain({
    name: 'a uid of 10 KB',
    member: uidMember({ type: 'maid', value: longId }),
    field: '.uids[0].value',
    reason: 'uid_value',
    fix: /at most 1024 bytes/,
    secrets: ['long-canary'],
  }),
  plain({
    name: 'an empty list of uids',
    member: { external_id: 'bad', uids: [] },
    field: '.uids',
    reason: 'uid_shape',
    fix: /Leave uids out/,
    secrets: [],
  }),
  plain({
    name: 'thirty-three uids',
    member: {
      external_id: 'bad',
      uids: Array.from({ length: 33 }, (_, i) => ({ type: 'id5', value: `v${i}` })),
    },
    field: '.uids',
    reason: 'uid_count',
    fix: /at most 32 uids/,
    secrets: [],
  }),
  plain({
    name: 'an empty external_id',
    member: { external_id: '', hashed_email: good },
    field: '.external_id',
    reason: 'external_id_length',
    fix: /shorter|may not be empty/,
    secrets: [good],
  }),
  plain({
    name: 'an external_id of 10 KB',
    member: { external_id: longId, hashed_email: good },
    field: '.external_id',
    reason: 'external_id_length',
    fix: /1 to 512 bytes/,
    secrets: ['long-canary', good],
  }),
  plain({
    name: 'a number for an external_id',
    member: { external_id: 7_777_777, hashed_email: good },
    field: '.external_id',
    reason: 'external_id_type',
    fix: /in quotes/,
    secrets: ['7777777', good],
  }),
  ...[null, 7_777_777, true, 'canary', ['canary']].map((member) =>
    plain({
      name: `${JSON.stringify(member)} for a member`,
      member,
      field: '',
      reason: 'not_an_object',
      fix: /is an object/,
      secrets: ['canary', '7777777'],
    }),
  ),
];

/** What is bad only in `add`. */
const badAdds: readonly BadMember[] = [
  plain({
    name: 'no identifier',
    member: { external_id: 'canary-without' },
    field: '',
    reason: 'identifier_missing',
    fix: /at least one of hashed_email, hashed_phone and uids/,
    secrets: ['canary-without'],
  }),
];

async function expectRefused(generation: Generation, side: 'add' | 'remove', bad: BadMember): Promise<void> {
  const label = `${bad.name}, in ${side}, to ${generation}`;
  const args = argumentsOf(generation, {
    account: bench.account,
    audiences: [{ audience_id: keptAudience, name: 'renamed', [side]: [newcomer, bad.member, newcomer] }],
  });
  const answer = await bench.expectHarmless(
    async () => callRaw(bench.target, 'sync_audiences', args),
    [good, ...bad.secrets],
  );
  const error = errorsOf(answer).find(({ details }) => details?.['reason'] === bad.reason);
  assert.ok(error !== undefined, `${label}: ${answer.text}`);
  const isOldWord = bad.isHash && generation === 'legacy';
  assert.equal(error.code, isOldWord ? 'INVALID_HASH_FORMAT' : 'INVALID_REQUEST', label);
  assert.equal(error.recovery, 'correctable', label);
  assert.equal(error.field, `audiences[0].${side}[1]${bad.field}`, label);
  assert.deepEqual([error.details?.['count'], error.details?.['paths']], [1, [error.field]], label);
  if (bad.isHash) {
    const other = isOldWord ? { current_code: 'INVALID_REQUEST' } : { legacy_code: 'INVALID_HASH_FORMAT' };
    assert.deepEqual(
      { ...error.details, ...other },
      error.details,
      'the other generation’s word is in details',
    );
  }
  assertSays(error, bad.fix);
  assert.equal(itemsOf(answer).length, 1, label);
}

for (const side of ['add', 'remove'] as const) {
  const kinds = [...badHashes, ...otherBad, ...(side === 'add' ? badAdds : [])];
  for (const bad of kinds) {
    test(`bad member in ${side}: ${bad.name} fails its audience, by name, for every generation`, async () => {
      for (const generation of generations) await expectRefused(generation, side, bad);
      await bench.expectAlive();
    });
  }
}

test('bad member: no external_id is refused to callers of today and taken from callers of the older page', async () => {
  for (const generation of ['3.0', '3.1'] as const) {
    await expectRefused(generation, 'add', {
      name: 'no external_id',
      member: { hashed_email: good },
      field: '.external_id',
      reason: 'external_id_missing',
      isHash: false,
      fix: /Send your stable id/,
      secrets: [],
    });
  }
  const audience = { audience_id: 'older', add: [{ hashed_email: good }] };
  const legacy = await callRaw(bench.target, 'sync_audiences', {
    account: bench.account,
    audiences: [audience],
  });
  assert.equal(itemsOf(legacy)[0]?.['total_uploaded_count'], 1);
});

test('bad members: a thousand are counted, the first five named, and none repeated', async () => {
  const canaries = Array.from({ length: 1_000 }, (_, i) => `person-${i}@canary.example`);
  const add = canaries.map((hashed_email, i) => ({ external_id: `canary-crm-${i}`, hashed_email }));
  for (const generation of generations) {
    const args = argumentsOf(generation, {
      account: bench.account,
      audiences: [{ audience_id: keptAudience, add }],
    });
    const answer = await bench.expectHarmless(
      async () => callRaw(bench.target, 'sync_audiences', args),
      ['canary.example', 'canary-crm'],
    );
    const [error] = errorsOf(answer);
    assert.equal(error?.details?.['count'], 1_000);
    assert.deepEqual(
      error.details['paths'],
      [0, 1, 2, 3, 4].map((i) => `audiences[0].add[${i}].hashed_email`),
    );
  }
  await bench.expectAlive();
});
