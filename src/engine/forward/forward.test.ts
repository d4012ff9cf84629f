import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { applyModel, type ModelAudience, modelKey } from '../match/audience.model.ts';
import { prepareCall } from '../prepare/prepare-call.ts';
import { digestOf, type ModelEntry, type ModelMember, requestOf } from '../prepare/request.model.ts';
import { createTokeniser } from '../token/tokeniser.ts';
import type { MemberColumns, MemberPolicy } from '../types.ts';
import { decodeForward, encodeForward, noFallback } from './encode-forward.ts';
import { forwardDelta } from './forward-delta.ts';
import type { ForwardMembers, ForwardOperation } from './forward-members.ts';
import { mergeForward } from './merge-forward.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 20_000 : 500;
const tokeniser = createTokeniser(new Uint8Array(32).fill(6), nodePrimitives);
const policy: MemberPolicy = { derivesMissingKeys: true, invalidMembers: 'fail' };

const values = ['p', 'q', 'r', 's'];
const identifier = fc.tuple(fc.constantFrom(1, 2, 3, 9), fc.constantFrom(...values));
const member = (idNeeded: boolean): fc.Arbitrary<ModelMember> =>
  fc.record({
    id: idNeeded ? fc.constantFrom('a', 'b', 'c', 'd', 'an id of many characters') : fc.constant(null),
    identifiers: fc.array(identifier, { minLength: 1, maxLength: 3 }),
  });
const members = fc.array(fc.oneof({ arbitrary: member(true), weight: 4 }, member(false)), { maxLength: 6 });
const request: fc.Arbitrary<ModelEntry> = fc.record({ add: members, remove: members }, { requiredKeys: [] });

/** The columns of a scan that kept the values of uids: hashes have none. */
function withValues(columns: MemberColumns, entry: ModelEntry): MemberColumns {
  const identifiers = [...(entry.remove ?? []), ...(entry.add ?? [])].flatMap((one) => one.identifiers);
  const texts = identifiers.map(([code, value]) => (code < 3 ? '' : value));
  const uidValueStart = new Uint32Array(texts.length + 1);
  texts.forEach((text, i) => (uidValueStart[i + 1] = uidValueStart[i]! + text.length));
  return { ...columns, uidValueStart, uidValueBytes: new TextEncoder().encode(texts.join('')) };
}

function operationsOf(entries: readonly ModelEntry[]): ForwardOperation[] {
  return entries.flatMap((entry) => {
    const scanned = requestOf([entry]);
    const columns = withValues(scanned.columns, entry);
    const [prepared] = prepareCall({ ...scanned, columns }, policy, tokeniser, nodePrimitives);
    assert.equal(prepared?.operation === undefined, prepared?.forward === undefined);
    if (prepared?.forward === undefined) return [];
    assert.ok(prepared.forward.buffer instanceof SharedArrayBuffer);
    return [decodeForward(prepared.forward)];
  });
}

const hashNames = new Map(
  values.map((value) => [Buffer.from(digestOf(value)).toString('hex'), value] as const),
);

/** Member → identifiers, read from the columns one by one. A derived id has its identifiers for a name. */
function read(from: ForwardMembers, rows: Iterable<number> = Array(from.rowCount).keys()): ModelAudience {
  const text = new TextDecoder();
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    const id = text.decode(
      from.externalIdBytes.slice(from.externalIdStart[row], from.externalIdStart[row + 1]),
    );
    const held = new Set<string>();
    for (let i = from.identifierStart[row]!; i < from.identifierStart[row + 1]!; i++) {
      const hash = Buffer.from(from.identifierDigest.subarray(i * 32, i * 32 + 32)).toString('hex');
      const sent = text.decode(from.valueBytes.slice(from.valueStart[i], from.valueStart[i + 1]));
      const type = from.identifierType[i]!;
      if (type >= 3) assert.equal(sent, hashNames.get(hash), 'a uid comes with its value');
      else assert.equal(sent, '', 'a hash has no other value');
      held.add(`${type}:${hashNames.get(hash)}`);
    }
    assert.equal(from.tombstone[row], 0);
    found.set(id, held);
  }
  return found;
}

const listed = (audience: ModelAudience): string[] =>
  [...audience].map(([key, held]) => `${key} = ${[...held].sort().join()}`).sort();

/** The model's members under the names that are forwarded: derived ones are known by being derived. */
function expected(audience: ModelAudience): string[] {
  const named = [...audience].filter(([key]) => key.startsWith('id '));
  return listed(new Map(named.map(([key, held]) => [key.slice(3), held])));
}
const isDerived = ([id]: readonly [string, unknown]): boolean => id.startsWith('derived-');

function assertState(state: ForwardMembers, truth: ModelAudience): void {
  const found = read(state);
  assert.deepEqual(listed(new Map([...found].filter((one) => !isDerived(one)))), expected(truth));
  const derived = [...truth]
    .filter(([key]) => !key.startsWith('id '))
    .map(([, held]) => [...held].sort().join());
  assert.deepEqual(
    [...found]
      .filter(isDerived)
      .map(([, held]) => [...held].sort().join())
      .sort(),
    derived.sort(),
  );
}

const applied = (entries: readonly ModelEntry[]): ModelAudience =>
  entries.reduce<ModelAudience>((audience, entry) => applyModel(audience, entry), new Map());

describe('members that can be forwarded', () => {
  it('are those that the contract leaves in the audience, whatever the requests', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), (entries) => {
        assertState(mergeForward(operationsOf(entries)), applied(entries));
      }),
      { numRuns: runs },
    );
  });

  it('are the same when the older operations are replaced by what they come to', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), fc.nat({ max: 6 }), (entries, cut) => {
        const base: ForwardOperation = {
          members: mergeForward(operationsOf(entries.slice(0, cut))),
          fallback: noFallback,
        };
        const stored = decodeForward(encodeForward(base));
        const whole = mergeForward([stored, ...operationsOf(entries.slice(cut))]);
        assert.deepEqual(read(whole), read(mergeForward(operationsOf(entries))));
      }),
      { numRuns: runs },
    );
  });

  it('reach a later state by the delta, which holds nothing that did not change', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), fc.nat({ max: 6 }), (entries, cut) => {
        const before = mergeForward(operationsOf(entries.slice(0, cut)));
        const after = mergeForward(operationsOf(entries));
        const delta = forwardDelta(before, after);
        const old = read(before);
        const now = read(after);
        const reached = new Map(old);
        for (const [id] of read(before, delta.removed)) reached.delete(id);
        for (const [id, held] of read(after, delta.added)) {
          assert.notDeepEqual(old.get(id), held, 'an equal record is not sent again');
          reached.set(id, held);
        }
        assert.deepEqual(listed(reached), listed(now));
        const removed = [...old.keys()].filter((id) => !now.has(id));
        assert.deepEqual([...read(before, delta.removed).keys()].sort(), removed.sort());
        const heldNow = new Set([...now.values()].flatMap((held) => [...held]));
        for (const row of delta.removed) {
          for (let i = before.identifierStart[row]!; i < before.identifierStart[row + 1]!; i++) {
            const hash = Buffer.from(before.identifierDigest.subarray(i * 32, i * 32 + 32)).toString('hex');
            const name = `${before.identifierType[i]}:${hashNames.get(hash)}`;
            assert.equal(delta.isStillHeld(i), heldNow.has(name), name);
          }
        }
      }),
      { numRuns: runs },
    );
  });

  it('survive being written down, whatever their number', () => {
    fc.assert(
      fc.property(request, (entry) => {
        for (const operation of operationsOf([entry])) {
          assert.deepEqual(decodeForward(encodeForward(operation)), operation);
          const moved = new Uint8Array(encodeForward(operation).length + 1);
          moved.set(encodeForward(operation), 1);
          assert.deepEqual(decodeForward(moved.subarray(1)), operation, 'from an odd place too');
        }
      }),
      { numRuns: runs },
    );
  });

  it('never include a bad member', () => {
    const good: ModelMember = { id: 'good', identifiers: [[1, 'p']] };
    const bad: ModelMember = { id: 'bad', identifiers: [[1, 'q']], fault: 'hash_length' };
    const entry = { add: [good, bad] };
    const scanned = requestOf([entry]);
    const columns = withValues(scanned.columns, entry);
    const skip = { ...policy, invalidMembers: 'skip' } as const;
    const [prepared] = prepareCall({ ...scanned, columns }, skip, tokeniser, nodePrimitives);
    assert.deepEqual([...read(decodeForward(prepared!.forward!).members).keys()], ['good']);
    const [failed] = prepareCall({ ...scanned, columns }, policy, tokeniser, nodePrimitives);
    assert.equal(failed!.forward, undefined);
  });

  it('are not made where nobody asked for the values of uids', () => {
    const [prepared] = prepareCall(
      requestOf([{ add: [{ id: 'a', identifiers: [[1, 'p']] }] }]),
      policy,
      tokeniser,
      nodePrimitives,
    );
    assert.ok(prepared?.operation !== undefined && prepared.forward === undefined);
  });

  it('of a caller without ids have a name that follows from their identifiers', () => {
    const one: ModelMember = { id: null, identifiers: [[2, 'q'], [1, 'p']] }; // prettier-ignore
    const same: ModelMember = { id: null, identifiers: [[1, 'p'], [2, 'q']] }; // prettier-ignore
    const [id, ...others] = read(mergeForward(operationsOf([{ add: [one] }, { add: [same] }]))).keys();
    assert.match(id ?? '', /^derived-[0-9a-f]{30}$/);
    assert.deepEqual(others, []);
    assert.equal(modelKey(one), modelKey(same));
  });
});
