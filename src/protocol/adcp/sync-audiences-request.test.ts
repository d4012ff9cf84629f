import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { AppError } from '../../base/faults.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import { RequestFault } from './issues.ts';
import { readSyncAudiences } from './sync-audiences-request.ts';
import type { SyncArguments } from './sync-audiences-request.ts';

const key = '11111111-2222-4333-8444-555555555555';
const account = { account_id: 'acc_1' };

function prepared(audienceIndex: number, more: Partial<PreparedAudience> = {}): PreparedAudience {
  return {
    audienceIndex,
    hasAdd: true,
    hasRemove: false,
    addCount: 2,
    removeCount: 0,
    addFaults: [],
    removeFaults: [],
    badAddCount: 0,
    badRemoveCount: 0,
    rejectedCount: 0,
    rejected: [],
    operation: new Uint8Array([1]),
    ...more,
  };
}

function read(
  args: JsonObject,
  members: PreparedAudience[] = [],
  generation: Generation = '3.1',
): SyncArguments {
  return readSyncAudiences({ idempotency_key: key, account, ...args }, members, generation);
}

/** `CODE field keyword` of the first issue. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestFault) return `${error.code} ${error.info.field} ${error.issues[0]?.keyword}`;
    if (error instanceof AppError) return `${error.code} ${error.info.field}`;
    throw error;
  }
  return 'accepted';
}

const entry = (fields: JsonObject): JsonObject => ({ audiences: [{ audience_id: 'a', ...fields }] });

describe('sync_audiences arguments', () => {
  it('reads every field', () => {
    const call = read(
      {
        audiences: [
          {
            audience_id: 'a',
            name: 'Käufer 👩‍👧',
            description: 'two\nlines',
            audience_type: 'suppression',
            tags: ['x', 'y'],
            consent_basis: 'contract',
            later_field: { any: 1 },
          },
          { audience_id: 'b', delete: true },
        ],
        delete_missing: true,
        ext: { rollcall: { invalid_members: 'skip' }, other: 1 },
        governance_context: 'g',
      },
      [prepared(0)],
    );
    assert.deepEqual(call, {
      account: { kind: 'id', accountId: 'acc_1' },
      requestKey: key,
      deleteMissing: true,
      invalidMembers: 'skip',
      callback: null,
      audiences: [
        {
          audienceId: 'a',
          delete: false,
          name: 'Käufer 👩‍👧',
          description: 'two\nlines',
          audienceType: 'suppression',
          consentBasis: 'contract',
          tags: ['x', 'y'],
          addCount: 2,
          removeCount: 0,
          hasAdd: true,
          hasRemove: false,
          addFaults: [],
          removeFaults: [],
          rejected: [],
          rejectedCount: 0,
          operation: new Uint8Array([1]),
        },
        {
          audienceId: 'b',
          delete: true,
          addCount: 0,
          removeCount: 0,
          hasAdd: false,
          hasRemove: false,
          addFaults: [],
          removeFaults: [],
          rejected: [],
          rejectedCount: 0,
        },
      ],
    });
  });

  it('takes both forms of an account reference', () => {
    const natural = {
      brand: { domain: 'acme.example', brand_id: 'main' },
      operator: 'agency.example',
      sandbox: true,
    };
    assert.deepEqual(read({ account: natural }).account, {
      kind: 'natural',
      brandDomain: 'acme.example',
      brandId: 'main',
      operator: 'agency.example',
      sandbox: true,
    });
  });

  it('joins members to their entry by position, and drops them where the entry is deleted (contract 4.5)', () => {
    const bad = { kind: 'hash_format', count: 1, paths: ['[0].hashed_email'] } as const;
    const call = read(
      {
        audiences: [
          { audience_id: 'a', delete: true, name: 7, add: 'nonsense', tags: null },
          { audience_id: 'b' },
          { audience_id: 'c' },
        ],
      },
      [prepared(0, { addFaults: [bad] }), prepared(2, { addCount: 9 })],
    );
    assert.deepEqual(
      call.audiences?.map((audience) => [audience.addCount, audience.hasAdd, audience.addFaults.length]),
      [
        [0, false, 0],
        [0, false, 0],
        [9, true, 0],
      ],
    );
  });

  it('tells discovery from an empty list (contract 4.7)', () => {
    assert.equal(read({}).audiences, null);
    assert.deepEqual(read({ audiences: [], delete_missing: true }).audiences, []);
    assert.equal(
      refusal(() => read({ audiences: [] })),
      'INVALID_REQUEST audiences minItems',
    );
    assert.equal(
      refusal(() => read({ delete_missing: true })),
      'INVALID_REQUEST audiences required',
    );
  });

  it('refuses an audience named twice (contract 4.8)', () => {
    const twice = {
      audiences: [{ audience_id: 'a' }, { audience_id: 'b' }, { audience_id: 'a', delete: true }],
    };
    assert.equal(
      refusal(() => read(twice)),
      'INVALID_REQUEST audiences[2].audience_id uniqueItems',
    );
  });

  it('needs the key of everybody but callers of the first page', () => {
    const without = { account };
    const asks = (generation: Generation): string =>
      refusal(() => readSyncAudiences(without, [], generation));
    assert.equal(asks('3.0'), 'INVALID_REQUEST idempotency_key required');
    assert.equal(asks('3.1'), 'INVALID_REQUEST idempotency_key required');
    assert.equal(asks('legacy'), 'accepted');
  });

  it('reports all that is wrong, at most eight issues', () => {
    assert.throws(
      () => read({ audiences: Array.from({ length: 20 }, () => ({ audience_id: 7 })), delete_missing: 'x' }),
      (error: RequestFault) => {
        assert.equal(error.issues.length, 8);
        assert.match(error.message, /^delete_missing must be true or false\. \(20 more in issues\)$/);
        return true;
      },
    );
  });

  it('reads where to send the outcome, which a discovery has no use for', () => {
    const hook = { push_notification_config: { url: 'https://buyer.example/hook', operation_id: 'op_1' } };
    const callback = {
      shape: 'adcp',
      url: 'https://buyer.example/hook',
      operationId: 'op_1',
      token: null,
      authentication: null,
    };
    assert.deepEqual(read({ ...hook, ...entry({}) }).callback, callback);
    assert.equal(read(hook).callback, null);
    const without = { push_notification_config: { url: 'https://buyer.example/hook' } };
    const named = (generation: Generation): string | null | undefined =>
      readSyncAudiences({ idempotency_key: key, account, ...without, ...entry({}) }, [], generation).callback
        ?.operationId;
    assert.deepEqual([named('3.0'), named('legacy')], [null, null]);
    assert.equal(
      refusal(() => named('3.1')),
      'INVALID_REQUEST push_notification_config.operation_id required',
    );
  });

  it('refuses a channel that cannot be honoured, each with its field', () => {
    const secret = 's'.repeat(32);
    const good = { url: 'https://buyer.example/hook', operation_id: 'op_1' };
    const table: readonly (readonly [JsonObject, string])[] = [
      [{ operation_id: 'op_1' }, 'url required'],
      [{ ...good, url: 'no address' }, 'url format'],
      [{ ...good, url: 7 }, 'url type'],
      [{ ...good, operation_id: 'a b' }, 'operation_id pattern'],
      [{ ...good, token: 'short' }, 'token minLength'],
      [{ ...good, authentication: { credentials: secret } }, 'authentication.schemes required'],
      [{ ...good, authentication: { schemes: [], credentials: secret } }, 'authentication.schemes minItems'],
      [
        { ...good, authentication: { schemes: ['Bearer', 'HMAC-SHA256'], credentials: secret } },
        'authentication.schemes maxItems',
      ],
      [
        { ...good, authentication: { schemes: ['Basic'], credentials: secret } },
        'authentication.schemes enum',
      ],
      [{ ...good, authentication: { schemes: ['Bearer'] } }, 'authentication.credentials required'],
      [
        { ...good, authentication: { schemes: ['Bearer'], credentials: 'short' } },
        'authentication.credentials minLength',
      ],
      [
        { ...good, authentication: { schemes: ['Bearer'], credentials: `${secret} x` } },
        'authentication.credentials pattern',
      ],
    ];
    for (const [config, expected] of table) {
      assert.equal(
        refusal(() => read({ push_notification_config: config, ...entry({}) })),
        `INVALID_REQUEST push_notification_config.${expected}`,
      );
    }
  });
});

describe('wrong types and bounds, each with its field', () => {
  const long = (count: number): string => 'x'.repeat(count);
  const table: readonly (readonly [string, JsonObject, string])[] = [
    ['account null', { account: null }, 'account type'],
    ['account empty', { account: {} }, 'account oneOf'],
    ['account both', { account: { account_id: 'a', operator: 'b.example' } }, 'account oneOf'],
    ['account_id number', { account: { account_id: 7 } }, 'account.account_id type'],
    ['account_id empty', { account: { account_id: '' } }, 'account.account_id minLength'],
    ['account_id long', { account: { account_id: long(256) } }, 'account.account_id maxLength'],
    ['brand missing', { account: { operator: 'b.example' } }, 'account.brand required'],
    ['brand string', { account: { brand: 'acme.example', operator: 'b.example' } }, 'account.brand type'],
    ['domain missing', { account: { brand: {}, operator: 'b.example' } }, 'account.brand.domain required'],
    [
      'domain case',
      { account: { brand: { domain: 'Acme.example' }, operator: 'b.example' } },
      'account.brand.domain pattern',
    ],
    ['operator missing', { account: { brand: { domain: 'a.example' } } }, 'account.operator required'],
    [
      'sandbox string',
      { account: { brand: { domain: 'a.example' }, operator: 'b.example', sandbox: 'yes' } },
      'account.sandbox type',
    ],
    ['key short', { idempotency_key: 'short' }, 'idempotency_key minLength'],
    ['key long', { idempotency_key: long(256) }, 'idempotency_key maxLength'],
    ['key signs', { idempotency_key: `${long(20)} ä` }, 'idempotency_key pattern'],
    ['key number', { idempotency_key: 1 }, 'idempotency_key type'],
    ['audiences object', { audiences: {} }, 'audiences type'],
    ['audiences null', { audiences: null }, 'audiences type'],
    [
      'audiences many',
      { audiences: Array.from({ length: 1001 }, (_, i) => ({ audience_id: `a${i}` })) },
      'audiences maxItems',
    ],
    ['entry string', { audiences: ['a'] }, 'audiences[0] type'],
    ['audience_id missing', { audiences: [{}] }, 'audiences[0].audience_id required'],
    ['audience_id number', { audiences: [{ audience_id: 1 }] }, 'audiences[0].audience_id type'],
    ['audience_id empty', { audiences: [{ audience_id: '' }] }, 'audiences[0].audience_id minLength'],
    [
      'audience_id long',
      { audiences: [{ audience_id: long(10_240) }] },
      'audiences[0].audience_id maxLength',
    ],
    ['audience_id control', { audiences: [{ audience_id: 'a\u0000' }] }, 'audiences[0].audience_id pattern'],
    ['name number', entry({ name: 1 }), 'audiences[0].name type'],
    ['name null', entry({ name: null }), 'audiences[0].name type'],
    ['name long', entry({ name: long(257) }), 'audiences[0].name maxLength'],
    ['name direction', entry({ name: 'a\u202Eb' }), 'audiences[0].name pattern'],
    ['name invisible', entry({ name: 'a\u{E0041}' }), 'audiences[0].name pattern'],
    ['name two lines', entry({ name: 'a\nb' }), 'audiences[0].name pattern'],
    ['description list', entry({ description: [] }), 'audiences[0].description type'],
    ['description long', entry({ description: long(2001) }), 'audiences[0].description maxLength'],
    ['audience_type word', entry({ audience_type: 'CRM' }), 'audiences[0].audience_type enum'],
    ['audience_type type', entry({ audience_type: true }), 'audiences[0].audience_type type'],
    ['consent_basis word', entry({ consent_basis: 'none' }), 'audiences[0].consent_basis enum'],
    ['tags string', entry({ tags: 'x' }), 'audiences[0].tags type'],
    ['tag number', entry({ tags: ['x', 1] }), 'audiences[0].tags[1] type'],
    ['tag empty', entry({ tags: [''] }), 'audiences[0].tags[0] minLength'],
    ['tag long', entry({ tags: [long(65)] }), 'audiences[0].tags[0] maxLength'],
    ['tag twice', entry({ tags: ['x', 'x'] }), 'audiences[0].tags uniqueItems'],
    [
      'tags many',
      entry({ tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }),
      'audiences[0].tags maxItems',
    ],
    ['add object', entry({ add: {} }), 'audiences[0].add type'],
    ['remove string', entry({ remove: 'x' }), 'audiences[0].remove type'],
    ['delete string', entry({ delete: 'true' }), 'audiences[0].delete type'],
    ['entry ext', entry({ ext: 1 }), 'audiences[0].ext type'],
    ['delete_missing number', { audiences: [], delete_missing: 1 }, 'delete_missing type'],
    ['ext string', { ext: 'x' }, 'ext type'],
    ['ext.rollcall list', { ext: { rollcall: [] } }, 'ext.rollcall type'],
    [
      'invalid_members word',
      { ext: { rollcall: { invalid_members: 'drop' } } },
      'ext.rollcall.invalid_members enum',
    ],
    ['push config string', { push_notification_config: 'x' }, 'push_notification_config type'],
  ];
  for (const [name, args, expected] of table) {
    it(name, () =>
      assert.equal(
        refusal(() => read(args)),
        `INVALID_REQUEST ${expected}`,
      ),
    );
  }
  it('account missing', () => {
    assert.equal(
      refusal(() => readSyncAudiences({ idempotency_key: key }, [], '3.1')),
      'INVALID_REQUEST account required',
    );
  });
  it('an identity that only later releases know is not ignored', () => {
    const natural = { brand: { domain: 'a.example' }, operator: 'b.example' };
    assert.equal(
      refusal(() => read({ account: { ...natural, currency: 'EUR' } })),
      'UNSUPPORTED_FEATURE account.currency',
    );
    assert.equal(
      refusal(() => read({ account: { ...natural, brand: { domain: 'a.example', countries: ['DE'] } } })),
      'UNSUPPORTED_FEATURE account.brand.countries',
    );
  });
  it('counts characters as people do', () => {
    assert.equal(
      refusal(() => read(entry({ name: '🙂'.repeat(256) }))),
      'accepted',
    );
    assert.equal(
      refusal(() => read(entry({ name: '🙂'.repeat(257) }))),
      'INVALID_REQUEST audiences[0].name maxLength',
    );
  });
});
