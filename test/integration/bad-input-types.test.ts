import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  assertSays,
  errorsOf,
  goodMember,
  keptAudience,
  refusalOf,
  startBench,
  type Bench,
} from '../support/harmless.ts';
import { sha256 } from '../support/seller.ts';
import {
  argumentsOf,
  callRaw,
  generations,
  type Fields,
  type Generation,
  type WireAnswer,
} from '../support/wire.ts';

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(async () => {
  await bench.seller.close();
});

type Kind = 'object' | 'array' | 'string' | 'boolean' | 'number' | 'null';

/** One value of each JSON type, each easy to find again where it must not be. */
const valueOfKind: Readonly<Record<Kind, unknown>> = {
  object: { 'canary-name': 'canary-value' },
  array: ['canary-element'],
  string: 'canary-string',
  boolean: true,
  number: 777_777.25,
  null: null,
};
const secrets = ['canary', '777777'];
const kinds = Object.keys(valueOfKind) as readonly Kind[];

/** Every field of sync_audiences with the type that it must have. */
const callFields: readonly (readonly [field: string, kind: Kind])[] = [
  ['account', 'object'],
  ['account.account_id', 'string'],
  ['account.brand', 'object'],
  ['account.brand.domain', 'string'],
  ['account.brand.brand_id', 'string'],
  ['account.operator', 'string'],
  ['account.sandbox', 'boolean'],
  ['idempotency_key', 'string'],
  ['adcp_version', 'string'],
  ['adcp_major_version', 'number'],
  ['delete_missing', 'boolean'],
  ['audiences', 'array'],
  ['audiences[0]', 'object'],
  ['audiences[0].audience_id', 'string'],
  ['audiences[0].name', 'string'],
  ['audiences[0].description', 'string'],
  ['audiences[0].audience_type', 'string'],
  ['audiences[0].consent_basis', 'string'],
  ['audiences[0].tags', 'array'],
  ['audiences[0].tags[0]', 'string'],
  ['audiences[0].add', 'array'],
  ['audiences[0].remove', 'array'],
  ['audiences[0].delete', 'boolean'],
  ['audiences[0].ext', 'object'],
  ['push_notification_config', 'object'],
  ['context', 'object'],
  ['ext', 'object'],
  ['ext.rollcall', 'object'],
  ['ext.rollcall.invalid_members', 'string'],
];

const memberFields: readonly (readonly [field: string, kind: Kind])[] = [
  ['', 'object'],
  ['.external_id', 'string'],
  ['.hashed_email', 'string'],
  ['.hashed_phone', 'string'],
  ['.uids', 'array'],
  ['.uids[0]', 'object'],
  ['.uids[0].type', 'string'],
  ['.uids[0].value', 'string'],
];

type Step = string | number;
type Container = Record<Step, unknown>;

const stepsOf = (field: string): readonly Step[] =>
  [...field.matchAll(/([a-z_]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));

/** Puts a value at a path, over whatever stands there, and makes the way to it. */
function put(root: object, field: string, value: unknown): void {
  const steps = stepsOf(field);
  let at = root as Container;
  for (const [i, step] of steps.slice(0, -1).entries()) {
    at[step] ??= typeof steps[i + 1] === 'number' ? [] : {};
    at = at[step] as Container;
  }
  at[steps.at(-1)!] = value;
}

/** A call in which all is right, until something is put into it. */
function fullCall(field: string): Fields {
  const side = field.includes('.remove[') ? 'remove' : 'add';
  const account =
    field.startsWith('account.') && field !== 'account.account_id'
      ? { brand: { domain: 'acme.example' }, operator: 'agency.example' }
      : bench.account;
  const member = { ...goodMember, hashed_phone: sha256('+15550100'), uids: [{ type: 'maid', value: 'a-1' }] };
  return {
    account: { ...account },
    audiences: [{ audience_id: keptAudience, name: 'renamed', tags: ['a'], [side]: [member] }],
  };
}

async function send(generation: Generation, field: string, value: unknown): Promise<WireAnswer> {
  const args = argumentsOf(generation, fullCall(field));
  put(args, field, value);
  return bench.expectHarmless(async () => callRaw(bench.target, 'sync_audiences', args), secrets);
}

const isVersionField = (field: string): boolean =>
  ['idempotency_key', 'adcp_version', 'adcp_major_version'].includes(field);

for (const [field, kind] of callFields) {
  test(`wrong type: ${field} refuses the call and is named`, async () => {
    for (const generation of generations) {
      // A caller of the older page sends none of these; with one of them it is a caller of today.
      if (generation === 'legacy' && isVersionField(field)) continue;
      for (const wrong of kinds.filter((one) => one !== kind)) {
        const error = refusalOf(await send(generation, field, valueOfKind[wrong]));
        const label = `${wrong} for ${field}, to ${generation}: ${JSON.stringify(error)}`;
        assert.deepEqual(
          [error.code, error.recovery, error.field],
          ['INVALID_REQUEST', 'correctable', field],
          label,
        );
        assertSays(error, /must be|must hold/);
      }
    }
    await bench.expectAlive();
  });
}

for (const side of ['add', 'remove']) {
  for (const [inside, kind] of memberFields) {
    const field = `audiences[0].${side}[0]${inside}`;
    test(`wrong type: ${field} fails its audience and is named`, async () => {
      for (const generation of generations) {
        for (const wrong of kinds.filter((one) => one !== kind)) {
          const errors = errorsOf(await send(generation, field, valueOfKind[wrong]));
          const label = `${wrong} for ${field}, to ${generation}: ${JSON.stringify(errors)}`;
          const error = errors.find((one) => one.field?.startsWith(field));
          assert.ok(error !== undefined, label);
          const isOldWord = generation === 'legacy' && inside.startsWith('.hashed');
          assert.equal(error.code, isOldWord ? 'INVALID_HASH_FORMAT' : 'INVALID_REQUEST', label);
          assert.deepEqual([error.recovery, error.details?.['count']], ['correctable', 1], label);
          // A list of the right type with a wrong element names the element.
          if (inside !== '.uids' || wrong !== 'array') assert.equal(error.field, field, label);
          assertSays(error, /\./);
        }
      }
      await bench.expectAlive();
    });
  }
}

/** Strings of the right type that no field takes. */
const badStrings: readonly (readonly [field: string, value: string, fix: RegExp])[] = [
  ['account.account_id', '', /at least 1 character/],
  ['account.account_id', 'canary-'.repeat(1_463), /at most \d+ characters/],
  ['idempotency_key', '', /at least 16 characters/],
  ['idempotency_key', 'canary-'.repeat(1_463), /at most 255 characters/],
  ['idempotency_key', 'canary with blanks in it', /letters, digits/],
  ['audiences[0].audience_id', '', /at least 1 character/],
  ['audiences[0].audience_id', 'canary-'.repeat(1_463), /at most 255 characters/],
  ['audiences[0].audience_id', 'canary\u202eid', /invisible characters/],
  ['audiences[0].name', 'canary-'.repeat(1_463), /at most 256 characters/],
  ['audiences[0].tags[0]', 'canary-'.repeat(1_463), /at most 64 characters/],
  ['audiences[0].audience_type', 'canary', /one of crm, suppression, lookalike_seed/],
  ['audiences[0].consent_basis', 'canary', /one of consent/],
  ['ext.rollcall.invalid_members', 'canary', /one of fail, skip/],
];

for (const [field, value, fix] of badStrings) {
  test(`bad string: ${value.length} characters for ${field} refuse the call, and the limit is named: ${fix}`, async () => {
    for (const generation of generations) {
      if (generation === 'legacy' && isVersionField(field)) continue;
      const error = refusalOf(await send(generation, field, value));
      assert.deepEqual(
        [error.code, error.recovery, error.field],
        ['INVALID_REQUEST', 'correctable', field],
        JSON.stringify(error),
      );
      assertSays(error, fix);
    }
    await bench.expectAlive();
  });
}

test('missing: account, and the idempotency key for callers of today, are named', async () => {
  for (const generation of generations) {
    const { account: _, ...args } = argumentsOf(generation, fullCall(''));
    const error = refusalOf(
      await bench.expectHarmless(async () => callRaw(bench.target, 'sync_audiences', args), secrets),
    );
    assert.deepEqual([error.code, error.field], ['INVALID_REQUEST', 'account']);
    assertSays(error, /is required: \{ "account_id"/);
    if (generation === 'legacy') continue;
    const { idempotency_key: __, ...keyless } = argumentsOf(generation, fullCall(''));
    const second = refusalOf(
      await bench.expectHarmless(async () => callRaw(bench.target, 'sync_audiences', keyless), secrets),
    );
    assert.deepEqual([second.code, second.field], ['INVALID_REQUEST', 'idempotency_key']);
    assertSays(second, /send a new UUID/);
  }
});
