import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { createScanMemory } from './scan-memory.ts';
import { scanRequest } from './scan.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 10_000 : 300;
const memory = createScanMemory(nodePrimitives);
const hash = 'ab'.repeat(32);

const uid = fc.oneof(
  fc.record({
    type: fc.constantFrom('rampid', 'uid2', 'id5', 'maid', 'other'),
    value: fc.string({ maxLength: 12 }),
  }),
  fc.record({
    type: fc.constantFrom('rampid', 'maid', 'nonsense'),
    value: fc.constantFrom('AB-1', 'ab-1', '0000', ''),
  }),
  fc.constant({ type: 'hashed_email', value: hash }),
);
const member = fc.record(
  {
    external_id: fc.constantFrom('a', 'b', 'é'),
    hashed_email: fc.constantFrom(hash, 'bad'),
    uids: fc.array(uid, { maxLength: 4 }),
  },
  { requiredKeys: [] },
);

type Uid = { readonly type: string; readonly value: string };

/** Identifier for identifier, what a good member must come with: the first spelling of each different one. */
function valuesOf(given: { readonly hashed_email?: string; readonly uids?: readonly Uid[] }): string[] {
  const seen = new Set<string>();
  const values: string[] = [];
  const take = (key: string, value: string): void => {
    if (!seen.has(key)) values.push(value);
    seen.add(key);
  };
  if (given.hashed_email !== undefined) take(`hashed_email ${given.hashed_email}`, '');
  for (const { type, value } of given.uids ?? []) {
    const folded = type === 'maid' ? value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : value;
    take(`${type} ${folded}`, type === 'hashed_email' ? '' : value);
  }
  return values;
}

test('uids come with the values that were sent, each identifier with its own', () => {
  let looked = 0;
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), fc.boolean(), (members, asRest) => {
      const body = JSON.stringify({ audiences: [{ audience_id: 'x', add: members }] });
      const bytes = new TextEncoder().encode(asRest ? body : body.replace('}]}]', '} ] } ]'));
      const scanned = scanRequest(bytes, bytes.length, nodePrimitives, memory, true);
      assert.ok(scanned.ok);
      const { columns } = scanned.request;
      const starts = columns.uidValueStart ?? assert.fail('values were asked for');
      assert.equal(starts.length, columns.identifierType.length + 1);
      const text = new TextDecoder();
      members.forEach((given, row) => {
        const found: string[] = [];
        for (let i = columns.identifierStart[row]!; i < columns.identifierStart[row + 1]!; i++) {
          found.push(text.decode(columns.uidValueBytes!.subarray(starts[i], starts[i + 1])));
        }
        const isBad = (columns.rowFaults[row]! & ~2) !== 0;
        assert.deepEqual(found, isBad ? [] : valuesOf(given));
        looked += found.length;
      });
      const plain = scanRequest(bytes, bytes.length, nodePrimitives, memory);
      assert.ok(plain.ok && plain.request.columns.uidValueStart === undefined);
      assert.deepEqual(plain.request.membersDigest, scanned.request.membersDigest);
    }),
    { numRuns: runs },
  );
  assert.ok(looked > runs, 'identifiers were looked at');
});
