import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { nameOf, rowText } from '../block/blocks.model.ts';
import { decodeOperation } from '../block/decode.ts';
import { createTokeniser } from '../token/tokeniser.ts';
import type { AudienceOperation, MemberPolicy } from '../types.ts';
import { prepareCall } from './prepare-call.ts';
import { columnsOf, faultsOf, type ModelEntry, type ModelMember, requestOf } from './request.model.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 20_000 : 400;
const tokeniser = createTokeniser(new Uint8Array(32).fill(5), nodePrimitives);

const identifier = fc.tuple(fc.constantFrom(1, 2, 3, 9), fc.constantFrom('p', 'q', 'r', 's', 't'));
const member: fc.Arbitrary<ModelMember> = fc.record(
  {
    id: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'an id of many characters')),
    identifiers: fc.array(identifier, { maxLength: 4 }),
    fault: fc.constantFrom('hash_length', 'external_id_type'),
  },
  { requiredKeys: ['id', 'identifiers'] },
);
const good: fc.Arbitrary<ModelMember> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'an id of many characters'),
  identifiers: fc.array(identifier, { minLength: 1, maxLength: 4 }),
});
const members = fc.oneof(
  { arbitrary: fc.array(good, { maxLength: 8 }), weight: 2 },
  { arbitrary: fc.array(member, { maxLength: 8 }), weight: 1 },
);
const entry: fc.Arbitrary<ModelEntry> = fc.record({ add: members, remove: members }, { requiredKeys: [] });
const policy: fc.Arbitrary<MemberPolicy> = fc.record({
  derivesMissingKeys: fc.boolean(),
  invalidMembers: fc.constantFrom('fail', 'skip'),
});

/** Names of tokens in the clear, so that an expected operation can be written with values. */
function tokenNames(list: readonly ModelMember[]): { members: string[]; identifiers: string[][] } {
  const columns = columnsOf(list);
  const { memberToken, identifierToken } = tokeniser.tokenise(columns);
  let entryAt = 0;
  return {
    members: list.map((_, row) => nameOf(memberToken, row)),
    identifiers: list.map(({ identifiers }) =>
      identifiers.map(([code]) => `${code}:${nameOf(identifierToken, entryAt++)}`),
    ),
  };
}

function faultsUnder(
  given: ModelMember,
  side: 'add' | 'remove',
  { derivesMissingKeys }: MemberPolicy,
): string[] {
  const pardons = side === 'remove' || derivesMissingKeys;
  return faultsOf(given, side).filter((kind) => !pardons || kind !== 'external_id_missing');
}

/** The operation as text, by the rules inside one request: row texts by member, and fallback entries in order. */
function expectedOperation({ add = [], remove = [] }: ModelEntry): {
  rows: [string, string][];
  fallback: string[];
} {
  const added = tokenNames(add);
  const removed = tokenNames(remove);
  const struck = new Set(removed.identifiers.flat());
  const rows = new Map<string, string>();
  const last = new Map(added.members.map((name, i) => [name, added.identifiers[i]!]));
  for (const [name, identifiers] of last) {
    const kept = [...new Set(identifiers)].filter((one) => !struck.has(one));
    const order = (one: string): string => one.padStart(35);
    const sorted = kept.sort((a, b) => (order(a) < order(b) ? -1 : 1));
    if (kept.length > 0) rows.set(name, sorted.join(' '));
  }
  remove.forEach(({ id }, i) => id !== null && rows.set(removed.members[i]!, '-'));
  const fallback = remove.flatMap(({ id, identifiers }, i) =>
    identifiers.length === 0
      ? []
      : [`${id === null ? '0'.repeat(32) : removed.members[i]!} ${removed.identifiers[i]!.join(' ')}`],
  );
  return { rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)), fallback };
}

function actualOperation({ block, fallback }: AudienceOperation): ReturnType<typeof expectedOperation> {
  const rows = Array.from({ length: block.rowCount }, (_, row): [string, string] => [
    nameOf(block.memberToken, row),
    rowText(block, row),
  ]);
  const entries = Array.from({ length: fallback.entryCount }, (_, i) => {
    const identifiers: string[] = [];
    for (let at = fallback.identifierStart[i]!; at < fallback.identifierStart[i + 1]!; at++) {
      identifiers.push(`${fallback.identifierType[at]}:${nameOf(fallback.identifierToken, at)}`);
    }
    const name = nameOf(fallback.memberToken, i);
    assert.equal(fallback.hasMember[i], name === '0'.repeat(32) ? 0 : 1);
    return `${name} ${identifiers.join(' ')}`;
  });
  return { rows, fallback: entries };
}

describe('prepareCall', () => {
  it('applies the rules inside one request as the contract says', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), policy, (entries, rules) => {
        const prepared = prepareCall(requestOf(entries), rules, tokeniser, nodePrimitives);
        const present = [...entries.keys()].filter((i) => entries[i]!.add ?? entries[i]!.remove);
        assert.deepEqual(
          prepared.map(({ audienceIndex }) => audienceIndex),
          present,
        );
        for (const audience of prepared) {
          const { add = [], remove = [] } = entries[audience.audienceIndex]!;
          const goodAdd = add.filter((each) => faultsUnder(each, 'add', rules).length === 0);
          const goodRemove = remove.filter((each) => faultsUnder(each, 'remove', rules).length === 0);
          assert.equal(audience.hasAdd, entries[audience.audienceIndex]!.add !== undefined);
          assert.equal(audience.hasRemove, entries[audience.audienceIndex]!.remove !== undefined);
          assert.equal(audience.addCount, goodAdd.length);
          assert.equal(audience.removeCount, goodRemove.length);
          const bad = add.length - goodAdd.length + remove.length - goodRemove.length;
          assert.equal(audience.rejectedCount, bad);
          assert.equal(audience.rejected.length, Math.min(20, bad));
          const expected =
            rules.invalidMembers === 'fail' && bad > 0
              ? { rows: [], fallback: [] }
              : expectedOperation({ add: goodAdd, remove: goodRemove });
          if (audience.operation === undefined) {
            assert.deepEqual(expected, { rows: [], fallback: [] });
            continue;
          }
          assert(audience.operation.buffer instanceof SharedArrayBuffer);
          const decoded = decodeOperation(audience.operation, nodePrimitives);
          assert(decoded.ok);
          assert.deepEqual(actualOperation(decoded.operation), expected);
        }
      }),
      { numRuns: runs },
    );
  });

  it('reports faults by kind, and pardons a missing id where a key is derived or an entry removes', () => {
    const nameless: ModelMember = { id: null, identifiers: [[1, 'p']] };
    const nothing: ModelMember = { id: null, identifiers: [] };
    const request = requestOf([{ add: [nameless, nothing], remove: [nameless, nothing] }]);
    const kindsFor = (derivesMissingKeys: boolean): unknown => {
      const rules = { derivesMissingKeys, invalidMembers: 'fail' } as const;
      const [audience] = prepareCall(request, rules, tokeniser, nodePrimitives);
      assert(audience !== undefined && audience.operation === undefined);
      const { addFaults, removeFaults, rejectedCount } = audience;
      const kinds = (groups: typeof addFaults): string[] =>
        groups.map(({ kind, count }) => `${kind} ${count}`);
      return [kinds(addFaults), kinds(removeFaults), rejectedCount];
    };
    assert.deepEqual(kindsFor(false), [
      ['external_id_missing 2', 'identifier_missing 1'],
      ['identifier_missing 1'],
      3,
    ]);
    assert.deepEqual(kindsFor(true), [['identifier_missing 1'], ['identifier_missing 1'], 2]);
  });

  it('takes one member for one, however often and in whatever order its identifiers come', () => {
    const rules = { derivesMissingKeys: true, invalidMembers: 'fail' } as const;
    const add: ModelMember[] = [
      { id: null, identifiers: [[2, 'q'], [1, 'p']] }, // prettier-ignore
      { id: null, identifiers: [[1, 'p'], [2, 'q'], [1, 'p']] }, // prettier-ignore
    ];
    const [audience] = prepareCall(requestOf([{ add }]), rules, tokeniser, nodePrimitives);
    const decoded = decodeOperation(audience!.operation!, nodePrimitives);
    assert(decoded.ok);
    assert.equal(audience!.addCount, 2);
    assert.equal(decoded.operation.block.rowCount, 1);
    assert.deepEqual([...decoded.operation.block.identifierType], [1, 2]);
  });
});
