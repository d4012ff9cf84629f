import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { nodePrimitives } from '../../platform/primitives.ts';
import { BitSet } from '../bitmap/bit-set.ts';
import { type AudienceView, createAudienceView } from '../block/audience-view.ts';
import { decodeBlock, decodeOperation } from '../block/decode.ts';
import { digestOf, emptyDigest, type MemberDigest } from '../block/member-digest.ts';
import { digestModel } from '../block/member-digest.model.ts';
import { mergePieces } from '../block/merge.ts';
import { prepareCall } from '../prepare/prepare-call.ts';
import { type ModelEntry, type ModelMember, requestOf } from '../prepare/request.model.ts';
import { createTokeniser } from '../token/tokeniser.ts';
import type { AudienceOperation, MatchCounts, MemberBlock } from '../types.ts';
import {
  applyModel,
  modelChange,
  modelCounts,
  type ModelAudience,
  type ModelGraph,
  modelUsers,
} from './audience.model.ts';
import { foldOperation, type FoldResult } from './fold-operation.ts';
import { modelGraphIndex } from './graph.model.ts';
import { matchAll, mayAffect } from './match-all.ts';

const runs = process.env.ROLLCALL_LONG === '1' ? 20_000 : 400;
const personCount = 70;
const tokeniser = createTokeniser(new Uint8Array(32).fill(3), nodePrimitives);
const policy = { derivesMissingKeys: true, invalidMembers: 'skip' } as const;
const empty: MatchCounts = {
  memberCount: 0,
  matchedCount: 0,
  submitted: new Array<number>(9).fill(0),
  matched: new Array<number>(9).fill(0),
};

const ids = ['a', 'b', 'c', 'd', 'e', 'someone.with.a.long.name', '0b1f6c1e-9a52-4f7d-8a3e-2f1f7a1c9d10'];
// Code 1 and 2 have report rows of their own; 4, 10 and 12 share one.
const identifier = fc.tuple(fc.constantFrom(1, 2, 4, 9, 10, 12), fc.constantFrom('p', 'q', 'r', 's'));
const identifiers = fc.array(identifier, { minLength: 1, maxLength: 4 });
const member = (id: fc.Arbitrary<string | null>): fc.Arbitrary<ModelMember> => fc.record({ id, identifiers });
const someId = fc.constantFrom(...ids);
const bareRemoval = someId.map((id): ModelMember => ({ id, identifiers: [] }));

type Command =
  | { readonly kind: 'call'; readonly entry: ModelEntry }
  | { readonly kind: 'merge'; readonly from: number; readonly count: number; readonly rows: number }
  | { readonly kind: 'forget' }
  /** As if no digest had been kept so far. */
  | { readonly kind: 'upgrade' };

/** Every run weighs the kinds of entries and commands anew, and leaves some out. */
const weights = fc.array(fc.constantFrom(0, 0, 1, 4), { minLength: 7, maxLength: 7 });
const commands = weights.chain((weight) => {
  const pick = <T>(choices: readonly fc.Arbitrary<T>[], from: number): fc.Arbitrary<T> =>
    fc.oneof(...choices.map((arbitrary, i) => ({ arbitrary, weight: i === 0 ? 1 : weight[from + i]! })));
  const added = pick([member(someId), member(fc.constant(null))], 0);
  const removed = pick([bareRemoval, member(someId), member(fc.constant(null))], 1);
  const list = (of: fc.Arbitrary<ModelMember>): fc.Arbitrary<ModelMember[]> => fc.array(of, { maxLength: 6 });
  const call = pick<ModelEntry>(
    [
      fc.record({ add: list(added) }),
      fc.record({ remove: list(removed) }),
      fc.record({ add: list(added), remove: list(removed) }),
    ],
    3,
  ).map((entry): Command => ({ kind: 'call', entry }));
  const merge = fc.record({
    kind: fc.constant('merge' as const),
    from: fc.nat(5),
    count: fc.integer({ min: 1, max: 6 }),
    rows: fc.integer({ min: 1, max: 5 }),
  });
  const forget = fc.constantFrom<Command[]>({ kind: 'forget' }, { kind: 'upgrade' });
  const command = fc.oneof(
    { arbitrary: call, weight: 4 },
    { arbitrary: merge, weight: weight[5]! + 1 },
    { arbitrary: forget, weight: weight[6]! },
  );
  return fc.array<Command>(command, { minLength: 1, maxLength: 14 });
});
const graphs: fc.Arbitrary<ModelGraph> = fc
  .array(
    fc.tuple(
      identifier.map(([code, value]) => `${code}:${value}`),
      fc.uniqueArray(fc.nat(personCount - 1), { minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 16 },
  )
  .map((entries) => new Map(entries));

interface State {
  blocks: (readonly MemberBlock[])[];
  counts: MatchCounts | null;
  digest: MemberDigest | null;
  users: BitSet;
  model: ModelAudience;
}

function operationOf(entry: ModelEntry): AudienceOperation | null {
  const [prepared] = prepareCall(requestOf([entry]), policy, tokeniser, nodePrimitives);
  if (prepared?.operation === undefined) return null;
  const decoded = decodeOperation(prepared.operation, nodePrimitives);
  assert(decoded.ok);
  const block = decodeBlock(prepared.operation, nodePrimitives);
  assert(block.ok);
  assert.deepEqual(block.block, decoded.operation.block);
  return decoded.operation;
}

function stack(state: State, operation: AudienceOperation, result: FoldResult): void {
  const extra = result.extraTombstones;
  state.blocks = [[operation.block], ...(extra === null ? [] : [[extra]]), ...state.blocks];
  state.counts = result.counts;
  state.digest = result.digest;
  if (result.users.kind === 'full') state.users = result.users.matched;
  else for (const ordinal of result.users.added.values()) state.users.add(ordinal);
}

describe('foldOperation and matchAll', () => {
  it('keep an audience as the contract says, whatever the calls and merges', () => {
    fc.assert(
      fc.property(commands, graphs, (list, modelGraph) => {
        const graph = modelGraphIndex(modelGraph, tokeniser, personCount);
        const state: State = {
          blocks: [],
          counts: empty,
          digest: emptyDigest(),
          users: new BitSet(personCount),
          model: new Map(),
        };
        for (const command of list) {
          if (command.kind === 'forget') state.counts = null;
          else if (command.kind === 'upgrade') state.digest = null;
          else if (command.kind === 'merge') merge(state, command);
          else call(state, command.entry, graph, modelGraph);
        }
        checkFull(createAudienceView(state.blocks), state.model, graph, modelGraph);
      }),
      { numRuns: runs },
    );
  });

  function merge(state: State, { from, count, rows }: Command & { kind: 'merge' }): void {
    const chosen = state.blocks.slice(from, from + count);
    if (chosen.length === 0) return;
    const dropTombstones = from + count >= state.blocks.length;
    state.blocks.splice(from, count, [...mergePieces(chosen, { dropTombstones }, rows)]);
  }

  function call(
    state: State,
    entry: ModelEntry,
    graph: ReturnType<typeof modelGraphIndex>,
    modelGraph: ModelGraph,
  ): void {
    const before = state.model;
    state.model = applyModel(before, entry);
    const operation = operationOf(entry);
    const change = modelChange(before, state.model);
    if (operation === null) {
      assert.deepEqual(change, { added: 0, updated: 0, removed: 0 });
      return;
    }
    const view = createAudienceView(state.blocks);
    const result = foldOperation({ view, operation, graph, counts: state.counts, digest: state.digest });
    const { unchanged, ...changed } = result.change;
    assert.deepEqual(changed, change);
    const upserts = operation.block.tombstone.filter((flag) => flag === 0).length;
    assert.equal(unchanged, upserts - change.added - change.updated);
    stack(state, operation, result);
    assert.deepEqual(result.counts, modelCounts(state.model, modelGraph));
    const after = createAudienceView(state.blocks);
    assert.deepEqual(result.digest, digestOf(after));
    assert.deepEqual(result.digest, digestModel(after));
    const users = modelUsers(state.model, modelGraph);
    if (result.users.kind === 'delta' && result.users.needsRecount) {
      assert(users.every((ordinal) => state.users.has(ordinal)));
      state.users = new BitSet(personCount);
      for (const ordinal of users) state.users.add(ordinal);
    } else assert.deepEqual([...state.users.toArray()], users);
  }

  function checkFull(
    view: AudienceView,
    model: ModelAudience,
    graph: ReturnType<typeof modelGraphIndex>,
    modelGraph: ModelGraph,
  ): void {
    const full = matchAll({ view, graph });
    assert.deepEqual(full.counts, modelCounts(model, modelGraph));
    assert.deepEqual([...full.users.toArray()], modelUsers(model, modelGraph));
    assert.equal(full.users.size, modelUsers(model, modelGraph).length);
    if (full.users.size > 0) assert(mayAffect(view, graph));
    const isNamed = view.pieces.some((piece) => {
      const hits = new Uint8Array(piece.identifierType.length);
      graph.lookup(piece.identifierToken, 0, hits.length, hits);
      return hits.some((hit) => hit > 0);
    });
    assert.equal(mayAffect(view, graph), isNamed);
  }

  it('counts a member with two identifiers of one report row once', () => {
    const entry: ModelEntry = {
      add: [
        {
          id: 'a',
          identifiers: [
            [4, 'p'],
            [10, 'q'],
            [12, 'r'],
          ],
        },
      ],
    };
    const graph = modelGraphIndex(
      new Map([
        ['4:p', [1, 2]],
        ['12:r', [2]],
      ]),
      tokeniser,
      3,
    );
    const operation = operationOf(entry)!;
    const result = foldOperation({
      view: createAudienceView([]),
      operation,
      graph,
      counts: empty,
      digest: null,
    });
    assert.deepEqual(result.counts, {
      memberCount: 1,
      matchedCount: 1,
      submitted: [0, 0, 0, 0, 0, 0, 0, 0, 1],
      matched: [0, 0, 0, 0, 0, 0, 0, 0, 1],
    });
  });

  it('changes nothing when the same list is sent again', () => {
    const entry: ModelEntry = {
      add: Array.from({ length: 500 }, (_, i) => ({
        id: `crm_${i}`,
        identifiers: [
          [2, `phone ${i}`],
          [1, `mail ${i}`],
        ],
      })),
    };
    const graph = modelGraphIndex(new Map([['1:mail 7', [5]]]), tokeniser, 9);
    const operation = operationOf(entry)!;
    const first = foldOperation({
      view: createAudienceView([]),
      operation,
      graph,
      counts: empty,
      digest: null,
    });
    assert.deepEqual(first.change, { added: 500, updated: 0, removed: 0, unchanged: 0 });
    const view = createAudienceView([[operation.block]]);
    const again = foldOperation({ view, operation, graph, counts: first.counts, digest: first.digest });
    assert.deepEqual(again.change, { added: 0, updated: 0, removed: 0, unchanged: 500 });
    assert.deepEqual(again.counts, first.counts);
    assert.equal(again.users.kind === 'delta' && again.users.needsRecount, false);
  });

  it('counts a call of many batches as the model does, member by member', () => {
    const entry: ModelEntry = {
      add: Array.from({ length: 700 }, (_, i) => ({
        id: `crm_${i}`,
        identifiers: Array.from(
          { length: 1 + (i % 5) },
          (_, k) => [1 + ((i + k) % 12), `v${i % 300}`] as const,
        ),
      })),
    };
    const known = Array.from({ length: 300 }, (_, i) => [`${1 + (i % 12)}:v${i}`, [i % 70]] as const);
    const modelGraph: ModelGraph = new Map(known.filter((_, i) => i % 3 > 0));
    const graph = modelGraphIndex(modelGraph, tokeniser, personCount);
    const operation = operationOf(entry)!;
    const result = foldOperation({
      view: createAudienceView([]),
      operation,
      graph,
      counts: empty,
      digest: null,
    });
    const model = applyModel(new Map(), entry);
    assert.deepEqual(result.counts, modelCounts(model, modelGraph));
    assert(result.counts.matchedCount > 100 && result.counts.matchedCount < 600);
    const full = matchAll({ view: createAudienceView([[operation.block]]), graph });
    assert.deepEqual(full.counts, result.counts);
    assert.deepEqual([...full.users.toArray()], modelUsers(model, modelGraph));
  });

  it('tells that users must be counted again only when a known identifier is lost', () => {
    const one = (identifiersOfA: ModelMember['identifiers']): AudienceOperation =>
      operationOf({ add: [{ id: 'a', identifiers: identifiersOfA }] })!;
    const graph = modelGraphIndex(new Map([['1:p', [1]]]), tokeniser, 9);
    const before = one([
      [1, 'p'],
      [2, 'q'],
    ]);
    const view = createAudienceView([[before.block]]);
    const { counts } = matchAll({ view, graph });
    const needsRecount = (operation: AudienceOperation): boolean => {
      const { users } = foldOperation({ view, operation, graph, counts, digest: null });
      assert(users.kind === 'delta');
      return users.needsRecount;
    };
    assert.equal(needsRecount(one([[1, 'p']])), false);
    assert.equal(needsRecount(one([[2, 'q']])), true);
    assert.equal(needsRecount(operationOf({ remove: [{ id: 'a', identifiers: [] }] })!), true);
    assert.equal(needsRecount(operationOf({ remove: [{ id: null, identifiers: [[2, 'q']] }] })!), true);
  });
});
