import assert from 'node:assert/strict';
import { it } from 'node:test';

import fc from 'fast-check';

import type { Json, JsonObject } from '../../engine/types.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { requestDigest } from './request-digest.ts';

const members = new Uint8Array(32).fill(7);

function digest(args: JsonObject, operation = 'sync_audiences', more = members): string {
  return Buffer.from(requestDigest(nodePrimitives, operation, args, more)).toString('hex');
}

const base: JsonObject = {
  idempotency_key: 'k1',
  account: { account_id: 'a' },
  context: { trace: 1 },
  push_notification_config: {
    url: 'https://x.example',
    authentication: { schemes: ['Bearer'], credentials: 'one' },
  },
};

it('excludes exactly what AdCP excludes', () => {
  const same: JsonObject = {
    governance_context: 'g',
    context: { trace: 2 },
    push_notification_config: {
      authentication: { credentials: 'two', schemes: ['Bearer'] },
      url: 'https://x.example',
    },
    account: { account_id: 'a' },
    idempotency_key: 'k2',
  };
  assert.equal(digest(base), digest(same));
  for (const other of [
    { ...base, ext: {} },
    { ...base, account: { account_id: 'b' } },
    { ...base, adcp_version: '3.1' },
    { ...base, push_notification_config: { url: 'https://y.example' } },
    { ...base, audiences: null },
  ] as JsonObject[]) {
    assert.notEqual(digest(base), digest(other));
  }
  // Only at the root: a field of that name elsewhere counts.
  assert.notEqual(digest({ ext: { context: 1 } }), digest({ ext: { context: 2 } }));
});

it('counts the operation and the members', () => {
  assert.notEqual(digest(base), digest(base, 'sync_accounts'));
  assert.notEqual(digest(base), digest(base, 'sync_audiences', new Uint8Array(32)));
});

it('is pinned, because it is stored', () => {
  assert.equal(
    digest({ account: { account_id: 'a' }, audiences: [{ name: 'é', audience_id: 'x' }] }),
    '5ab19c3d0f4bb5b2b2612ddca87b3c821da0afc425c269653eb0d57920bf79a4',
  );
});

it('equal exactly when the arguments are equal as JSON, whatever the order of keys', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const args = fc.dictionary(fc.stringMatching(/^[a-d]{1,2}$/), value, { maxKeys: 4 });
  const reversed = (json: Json): Json => {
    if (Array.isArray(json)) return (json as readonly Json[]).map(reversed);
    if (typeof json !== 'object' || json === null) return json;
    return Object.fromEntries(
      Object.entries(json)
        .reverse()
        .map(([name, below]) => [name, reversed(below)]),
    );
  };
  const sorted = (json: Json): Json => {
    if (Array.isArray(json)) return (json as readonly Json[]).map(sorted);
    if (typeof json !== 'object' || json === null) return json;
    const members = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
    return { members: members.map(([name, below]) => [name, sorted(below)]) };
  };
  fc.assert(
    fc.property(args, args, (a, b) => {
      const left = a as JsonObject;
      const right = b as JsonObject;
      assert.equal(digest(left), digest(reversed(left) as JsonObject));
      const equal = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
      assert.equal(digest(left) === digest(right), equal);
    }),
  );
});
