/**
 * R23: several nodes fold, settle, merge, fail and die in any order over one store, from one seed. The code is the product's; only the
 * order is made up: what a node has computed waits until the dice let it reach the store.
 */
import { DatabaseSync } from 'node:sqlite';

import { nodePrimitives } from '../../src/platform/primitives.ts';
import { indexOf, emptySnapshot } from '../../src/engine/identity/snapshot.ts';
import { applyModel, type ModelAudience } from '../../src/engine/match/audience.model.ts';
import { prepareCall } from '../../src/engine/prepare/prepare-call.ts';
import { requestOf, type ModelEntry } from '../../src/engine/prepare/request.model.ts';
import { createTokeniser } from '../../src/engine/token/tokeniser.ts';
import {
  createBlockScripts,
  type MergedPiece,
  type ReplacedBlocks,
  type ReplaceEnd,
} from '../../src/service/block-scripts.ts';
import { createMatchScripts } from '../../src/service/match-scripts.ts';
import type { FoldReply } from '../../src/service/matching.ts';
import { createMemberKeeper, type MemberKeeper, type MergeJob } from '../../src/service/member-keeper.ts';
import { createSealer } from '../../src/service/seal.ts';
import { createOutbox } from '../../src/service/webhooks/outbox.ts';
import { insertAccount } from '../../src/store/account-rows.ts';
import { insertAudience } from '../../src/store/audience-rows.ts';
import { deleteBlocksBetween, insertBlockPiece, operationBlockNo } from '../../src/store/block-rows.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { insertOperation, pendingOperations } from '../../src/store/operation-rows.ts';
import { run as runStatement, type Script } from '../../src/store/script.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { createScriptRunner } from '../../src/store/sqlite/run-script.ts';
import { createDice, type Dice } from '../fuzz/dice.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from './proof.ts';

const accountNo = 1;
const audienceCount = 2;
const nodeCount = 3;
const stepCount = 150;
const tokeniser = createTokeniser(new Uint8Array(32).fill(9), nodePrimitives);
const policy = { derivesMissingKeys: true, invalidMembers: 'skip' } as const;
const graph = indexOf(emptySnapshot);
const sealer = createSealer(new Uint8Array(32).fill(5));
const sizes = { minimumSize: 1, sandboxMinimumSize: 1 };
const matchScripts = createMatchScripts(
  sealer,
  sizes,
  createOutbox(sealer, () => ''),
);
const blockScripts = createBlockScripts();

/** What may be wrong on purpose. */
export interface Flaw {
  /** Whatever was folded is taken to stand on what is counted now. */
  readonly believesFolds?: true;
  /** Merged blocks replace whatever stands where their own stood. */
  readonly believesMerges?: true;
}

/** One database, which runs one transaction after the other, and is emptied for each simulation. */
function createWorld() {
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, 0);
  const tables = [
    'hidden_piece',
    'member_block',
    'operation',
    'latency_sample',
    'audience',
    'account',
    'sequence',
  ];
  const empty = [...tables, 'sqlite_sequence'].map((table) => `DELETE FROM ${table}`).join(';');
  const runner = createScriptRunner(db);
  const write = <T>(script: Script<T>): T => {
    db.exec('BEGIN');
    try {
      const output = runner.run(script);
      db.exec('COMMIT');
      return output;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };
  return { db, empty: () => db.exec(empty), write, read: <T>(script: Script<T>): T => runner.run(script) };
}

type World = ReturnType<typeof createWorld>;

interface Folded {
  readonly audienceNo: number;
  readonly opSeq: number;
  readonly reply: FoldReply;
}

interface Node {
  keeper: MemberKeeper;
  /** Computed, and on its way to the store. */
  readonly folded: Folded[];
  readonly merged: { readonly job: MergeJob; readonly pieces: readonly MergedPiece[] }[];
}

function* setUp(): Script<void> {
  const account = { accountId: 'acct', brandDomain: 'a.example', brandId: '', operator: 'a.example' };
  yield* insertAccount({
    ...{ ...account, sandbox: true, name: 'A', status: 'active', billing: 'operator' },
    ...{ createdAt: 1, declaredBy: null },
  });
  const words = { name: null, description: null, audienceType: null, tags: null, consentBasis: null };
  for (let no = 1; no <= audienceCount; no++) yield* insertAudience(accountNo, `list-${no}`, words, 1);
}

function* accept(audienceNo: number, bytes: Uint8Array): Script<number> {
  const place = { accountNo, audienceNo, taskId: 'task', uploadedCount: 1, acceptedAt: 1 };
  const opSeq = yield* insertOperation({ ...place, byteCount: bytes.length, memberCount: 1, nodeNo: 0 });
  const block = { accountNo, audienceNo, blockNo: operationBlockNo(opSeq), pieceNo: 0, level: 0 };
  yield* insertBlockPiece({ ...block, seqLow: opSeq, seqHigh: opSeq, rowCount: 1, bytes });
  yield* runStatement('UPDATE audience SET accepted_seq = ? WHERE audience_no = ?', opSeq, audienceNo);
  return opSeq;
}

/** As `replaceBlocks`, and looks at nothing: what a merge would be that is sure of its place. */
function* overwriteBlocks(
  place: ReplacedBlocks & { readonly pieces: readonly MergedPiece[] },
): Script<ReplaceEnd> {
  const { audienceNo, blocks, pieces } = place;
  const { blockNo, seqHigh } = blocks[0]!;
  const { blockNo: oldestNo, seqLow } = blocks.at(-1)!;
  yield* deleteBlocksBetween(accountNo, audienceNo, oldestNo, blockNo);
  for (const [pieceNo, piece] of pieces.entries())
    yield* insertBlockPiece({ accountNo, audienceNo, blockNo, pieceNo, level: 1, seqLow, seqHigh, ...piece });
  return 'replaced';
}

function randomEntry(dice: Dice): ModelEntry {
  const member = () => ({
    id: dice.of(['a', 'b', 'c', 'd', 'e', 'f']),
    identifiers: [[1, dice.of(['p', 'q', 'r', 's'])] as const],
  });
  const list = (): ReturnType<typeof member>[] => Array.from({ length: 1 + dice.below(4) }, member);
  const bare = { id: dice.of(['a', 'b', 'c', 'd', 'e', 'f']), identifiers: [] };
  const nameless = { id: null, identifiers: [[1, dice.of(['p', 'q', 'r', 's'])] as const] };
  if (dice.chance(0.6)) return { add: list() };
  return dice.chance(0.5) ? { remove: [bare] } : { remove: [nameless] };
}

class Simulation {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #flaw: Flaw;
  readonly #nodes: Node[];
  readonly #models = new Map<number, ModelAudience>();
  /** Members of the list of an operation, after it. */
  readonly #sizes = new Map<number, number>();
  counts = { folds: 0, stale: 0, merges: 0, refusedMerges: 0, deaths: 0 };

  constructor(world: World, seed: number, flaw: Flaw) {
    this.#world = world;
    world.empty();
    this.#dice = createDice(seed);
    this.#flaw = flaw;
    this.#world.write(setUp());
    this.#nodes = Array.from({ length: nodeCount }, () => this.#newNode());
  }

  #newNode(): Node {
    const { read } = this.#world;
    const keeper = createMemberKeeper({
      source: {
        readAudience: (_, audienceNo) => read(matchScripts.storedAudience({ accountNo, audienceNo })),
        readPiece: (_, audienceNo, blockNo, pieceNo) =>
          read(matchScripts.blockPiece({ accountNo, audienceNo, blockNo, pieceNo })),
      },
      graph: () => graph,
      primitives: nodePrimitives,
      heldRowCountMax: this.#dice.chance(0.8) ? 1_000 : 3,
    });
    return { keeper, folded: [], merged: [] };
  }

  step(): void {
    const node = this.#dice.of(this.#nodes);
    const action = this.#dice.below(100);
    if (action < 25) this.#accept();
    else if (action < 55) this.#fold(node);
    else if (action < 80) this.#settle(node);
    else if (action < 92) this.#planMerge(node);
    else if (action < 98) this.#storeMerge(node);
    else this.#die(node);
  }

  #accept(): void {
    // Blocks are merged when there are many.
    const audienceNo = this.#dice.chance(0.8) ? 1 : 2;
    const entry = randomEntry(this.#dice);
    const [prepared] = prepareCall(requestOf([entry]), policy, tokeniser, nodePrimitives);
    if (prepared?.operation === undefined) return;
    const opSeq = this.#world.write(accept(audienceNo, prepared.operation));
    const model = applyModel(this.#models.get(audienceNo) ?? new Map(), entry);
    this.#models.set(audienceNo, model);
    this.#sizes.set(opSeq, model.size);
  }

  /** Whoever comes takes what waits, also what another works on. */
  #fold(node: Node): void {
    const range = { afterSeq: 0, upToSeq: Number.MAX_SAFE_INTEGER, countMax: 100, nodeNo: null };
    const waiting = this.#world.read(pendingOperations(range));
    const mine = waiting.filter(({ opSeq }) => node.folded.every((one) => one.opSeq !== opSeq));
    if (mine.length === 0) return;
    // Mostly the oldest, as in the order of acceptance; sometimes a later one, as when a retry comes first.
    const { audienceNo, opSeq } = this.#dice.chance(0.7) ? mine[0]! : this.#dice.of(mine);
    const reply = node.keeper.fold({ accountNo, audienceNo, opSeq });
    this.counts.folds++;
    node.folded.push({ audienceNo, opSeq, reply });
  }

  /** One of those on their way arrives, or several of them together; its answer may be lost. */
  #settle(node: Node): void {
    if (node.folded.length === 0) return;
    const folds = node.folded.splice(0, 1 + this.#dice.below(2));
    const settle = (): readonly { readonly counted: boolean; readonly stale: unknown }[] =>
      this.#world.write(
        matchScripts.settleFolds({
          ...{ accountNo, nowMs: 2 },
          folds: folds.map((one) => ({ ...one, taskId: 'task', reply: this.#believed(one) })),
        }),
      );
    let isForgotten = this.#dice.chance(0.1);
    try {
      const settled = settle();
      this.counts.stale += settled.filter(({ stale }) => stale !== null).length;
      isForgotten ||= settled.some(({ counted }) => !counted);
      if (!isForgotten) for (const { audienceNo, opSeq } of folds) node.keeper.confirm(audienceNo, opSeq);
    } catch {
      isForgotten = true;
    }
    if (isForgotten) for (const { audienceNo } of folds) node.keeper.forget(audienceNo);
    for (const { audienceNo } of folds) this.#checkCount(audienceNo);
  }

  /** At every moment what is counted is what was accepted up to the newest counted operation. */
  #checkCount(audienceNo: number): void {
    const stored = this.#world.read(matchScripts.storedAudience({ accountNo, audienceNo }));
    const { countedSeq = 0, memberCount = 0 } = stored?.row ?? {};
    const expected = this.#sizes.get(countedSeq) ?? 0;
    if (memberCount !== expected)
      throw new Error(`${memberCount} members are counted, and there are ${expected}`);
  }

  #believed({ audienceNo, reply }: Folded): FoldReply {
    if (this.#flaw.believesFolds === undefined || reply.kind !== 'folded') return reply;
    const stored = this.#world.read(matchScripts.storedAudience({ accountNo, audienceNo }));
    return { ...reply, baseSeq: stored?.row.countedSeq ?? 0, baseDigest: null };
  }

  /** As for a decision: the node reads what others have settled. */
  #follow({ keeper }: Node, audienceNo: number): void {
    const stored = this.#world.read(matchScripts.storedAudience({ accountNo, audienceNo }));
    keeper.usersOf(accountNo, audienceNo, stored?.row.countedSeq ?? 0);
  }

  #planMerge(node: Node): void {
    const audienceNo = this.#dice.chance(0.8) ? 1 : 2;
    if (this.#dice.chance(0.5)) this.#follow(node, audienceNo);
    const job = node.keeper.planMerge(accountNo, audienceNo, this.#dice.chance(0.3));
    if (job === null) return;
    const pieces: MergedPiece[] = [];
    for (let piece = job.next(); piece !== null; piece = job.next()) pieces.push(piece);
    node.merged.push({ job, pieces });
  }

  #storeMerge(node: Node): void {
    const merge = node.merged.shift();
    if (merge === undefined) return;
    const { job, pieces } = merge;
    const { audienceNo } = job;
    const flawed = this.#flaw.believesMerges !== undefined;
    const place = { accountNo, audienceNo, blocks: job.blocks, pieces };
    const end = this.#world.write(flawed ? overwriteBlocks(place) : blockScripts.replaceBlocks(place));
    this.counts.merges++;
    if (end === 'replaced') job.adopt();
    else this.counts.refusedMerges++;
    if (end === 'moved') node.keeper.forget(audienceNo);
  }

  /** What it had in memory and on the way is gone. */
  #die(node: Node): void {
    this.counts.deaths++;
    this.#nodes[this.#nodes.indexOf(node)] = this.#newNode();
  }

  /** Lets everything end, and says what is not as the model has it. */
  faults(): readonly string[] {
    const node = this.#newNode();
    const range = { afterSeq: 0, upToSeq: Number.MAX_SAFE_INTEGER, countMax: 100, nodeNo: null };
    for (let turns = 0; turns < 500; turns++) {
      if (this.#world.read(pendingOperations(range)).length === 0) break;
      this.#nodes[0] = node;
      this.#fold(node);
      this.#settle(node);
    }
    const left = this.#world.read(pendingOperations(range)).length;
    if (left > 0) return [`${left} operations are never settled`];
    return Array.from({ length: audienceCount }, (_, at) => this.#faultOf(at + 1)).flat();
  }

  #faultOf(audienceNo: number): readonly string[] {
    const model = this.#models.get(audienceNo) ?? new Map();
    const stored = this.#world.read(matchScripts.storedAudience({ accountNo, audienceNo }));
    const counted = stored?.row.memberCount;
    const reply = this.#newNode().keeper.rematch({ accountNo, audienceNo });
    if (reply.kind === 'gone') return ['a list is gone'];
    const found = reply.counts.memberCount;
    const faults = [
      ...(counted === model.size ? [] : [`${counted} members are counted, and there are ${model.size}`]),
      ...(found === model.size ? [] : [`${found} members are stored, and there are ${model.size}`]),
    ];
    const isDigest =
      stored?.digest === null || Buffer.compare(stored?.digest ?? Buffer.alloc(0), reply.digest) === 0;
    return isDigest || model.size === 0 ? faults : [...faults, 'the digest is not that of the members'];
  }
}

async function run({ count, seed, say }: ProofOptions, flaw: Flaw): Promise<ProofResult> {
  const broken: string[] = [];
  const totals = { folds: 0, stale: 0, merges: 0, refusedMerges: 0, deaths: 0 };
  const world = createWorld();
  let tried = 0;
  for (; tried < count && broken.length < brokenShown; tried++) {
    const own = seed * 1_000_003 + tried;
    const simulation = new Simulation(world, own, flaw);
    try {
      for (let step = 0; step < stepCount; step++) simulation.step();
      broken.push(...simulation.faults().map((fault) => `seed ${own}: ${fault}`));
    } catch (error) {
      broken.push(`seed ${own}: ${error instanceof Error ? error.message : 'unknown'}`);
    }
    for (const name of Object.keys(totals) as (keyof typeof totals)[])
      totals[name] += simulation.counts[name];
    if (tried % 1_000 === 999) say(`${tried + 1} simulations, ${broken.length} broken`);
  }
  world.db.close();
  const figures = {
    folds: totals.folds,
    'folds that had to be made again': totals.stale,
    merges: totals.merges,
    'merges refused': totals.refusedMerges,
    'nodes that died': totals.deaths,
  };
  return { tried, figures, broken };
}

export const interleavings: Proof = {
  name: 'interleavings',
  promise:
    'In whatever order several nodes accept, fold, settle, merge, forget and die over one store, every operation is counted once, in the order of acceptance, and every list is what a model says.',
  unit: 'simulations',
  shortCount: 100,
  longCount: 5_000,
  run: async (options) => run(options, {}),
  planted: [
    {
      name: 'a fold is believed whatever it stands on',
      count: 200,
      run: async (options) => run(options, { believesFolds: true }),
    },
    {
      name: 'a merge replaces whatever stands in its place',
      count: 1_500,
      isSlow: true,
      run: async (options) => run(options, { believesMerges: true }),
    },
  ],
};
