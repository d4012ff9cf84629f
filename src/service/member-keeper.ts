/**
 * The members of audiences as the matching thread holds them: loaded from stored blocks, moved forward by
 * operations, tidied by merges. The store is the truth; all of this can be dropped at any time.
 */
import { must } from '../base/assert.ts';
import { limits } from '../base/limits.ts';
import { AppError } from '../base/faults.ts';
import type { Primitives } from '../base/primitives.ts';
import { createAudienceView, type AudienceView } from '../engine/block/audience-view.ts';
import { decodeBlock, decodeOperation, viewOperation } from '../engine/block/decode.ts';
import { encodeBlock } from '../engine/block/encode.ts';
import {
  decodeDigest,
  digestOf,
  emptyDigest,
  encodeDigest,
  type MemberDigest,
} from '../engine/block/member-digest.ts';
import { mergePieces } from '../engine/block/merge.ts';
import { type MergeRange, planMerge } from '../engine/block/tiers.ts';
import type { BitSet } from '../engine/bitmap/bit-set.ts';
import { foldOperation, type FoldUsers } from '../engine/match/fold-operation.ts';
import { matchAll } from '../engine/match/match-all.ts';
import type { AudienceOperation, GraphIndex, MatchCounts, MemberBlock } from '../engine/types.ts';
import { operationBlockNo, tombstoneBlockNo } from '../store/block-rows.ts';
import type { MergedPiece, ReplacedBlocks, StoredBlock } from './block-scripts.ts';
import type { DiagnosedMembers } from './forensics/diagnose-audience.ts';
import type { StoredAudience } from './match-scripts.ts';
import type { FoldReply, FoldRequest, RematchReply, RematchRequest } from './matching.ts';
import { countsOf } from './read-facts.ts';

export interface MemberSource {
  readAudience(accountNo: number, audienceNo: number): StoredAudience | null;
  readPiece(accountNo: number, audienceNo: number, blockNo: number, pieceNo: number): Uint8Array | null;
}

export interface KeeperDeps {
  readonly source: MemberSource;
  readonly graph: () => GraphIndex;
  readonly primitives: Primitives;
  /** The users of an audience moved: by an operation, or counted anew, as of the newest operation that is counted. */
  readonly usersMoved?: (audienceNo: number, users: FoldUsers, countedSeq: number) => void;
  /** Decoded members held at most; the audience used longest ago goes first. */
  readonly heldRowCountMax: number;
}

/** Neighbouring blocks to put into one. `next` gives the pieces one by one, null at the end. */
export interface MergeJob extends ReplacedBlocks {
  next(): MergedPiece | null;
  /** The stored blocks were replaced: hold the merged ones from now on. */
  adopt(): void;
}

export interface MemberKeeper {
  fold(request: FoldRequest): FoldReply;
  rematch(request: RematchRequest): RematchReply;
  /** Everybody whom a member of the audience names, as of its newest counted operation, which is this one or later; null: it is gone. */
  usersOf(accountNo: number, audienceNo: number, countedSeq: number): UsersOfAudience | null;
  /** The members of the audience, as of its newest counted operation, which is this one or later; null: it is gone. */
  membersOf(accountNo: number, audienceNo: number, countedSeq: number): DiagnosedMembers | null;
  forget(audienceNo: number): void;
  /** What was folded up to here is settled as it was folded. */
  confirm(audienceNo: number, opSeq: number): void;
  /** What is worth merging in an audience that is held, or null. `isBusy`: only what cannot wait. */
  planMerge(accountNo: number, audienceNo: number, isBusy: boolean): MergeJob | null;
}

export interface UsersOfAudience {
  readonly users: BitSet;
  readonly countedSeq: number;
}

interface HeldBlock extends StoredBlock {
  readonly rowCount: number;
  readonly pieces: readonly MemberBlock[];
}

interface HeldAudience {
  /** Newest first; only what the counts include. */
  blocks: readonly HeldBlock[];
  view: AudienceView;
  counts: MatchCounts;
  /** Null until it is needed, where none was stored. */
  digest: MemberDigest | null;
  countedSeq: number;
  /** Blocks up to here are as they are stored; those above were made here, and may not have been settled. */
  storedSeq: number;
  graphVersion: number | null;
  /** Somebody may have moved it in the store. */
  isSuspect: boolean;
}

export function createMemberKeeper(deps: KeeperDeps): MemberKeeper {
  const held = new Map<number, HeldAudience>();

  /** As of this operation or later. */
  const find = (accountNo: number, audienceNo: number, countedSeq = 0): HeldAudience | null => {
    const before = held.get(audienceNo);
    // Another process counted what came since.
    if (before !== undefined && before.countedSeq < countedSeq) before.isSuspect = true;
    const known = before?.isSuspect === false ? before : load(deps, accountNo, audienceNo, before);
    held.delete(audienceNo);
    if (known === null) return null;
    held.set(audienceNo, known);
    makeRoom(held, deps.heldRowCountMax);
    return known;
  };

  return {
    fold(request) {
      const audience = find(request.accountNo, request.audienceNo);
      if (audience === null) return { kind: 'gone' };
      if (request.opSeq <= audience.countedSeq) return { kind: 'behind' };
      const operation = operationOf(deps, request);
      return operation === null ? { kind: 'gone' } : fold(deps, audience, operation, request);
    },
    rematch({ accountNo, audienceNo }) {
      const audience = find(accountNo, audienceNo);
      if (audience === null) return { kind: 'gone' };
      const graph = deps.graph();
      const { counts, users } = matchAll({ view: audience.view, graph });
      audience.counts = counts;
      audience.graphVersion = graph.version;
      audience.digest ??= digestOf(audience.view);
      const { countedSeq } = audience;
      deps.usersMoved?.(audienceNo, { kind: 'full', matched: users }, countedSeq);
      const digest = encodeDigest(audience.digest);
      return { kind: 'matched', counts, digest, graphVersion: graph.version, countedSeq };
    },
    membersOf: find,
    usersOf(accountNo, audienceNo, countedSeq) {
      const audience = find(accountNo, audienceNo, countedSeq);
      if (audience === null) return null;
      const { users } = matchAll({ view: audience.view, graph: deps.graph() });
      return { users, countedSeq: audience.countedSeq };
    },
    forget: (audienceNo) => {
      const audience = held.get(audienceNo);
      if (audience !== undefined) audience.isSuspect = true;
    },
    confirm(audienceNo, opSeq) {
      const audience = held.get(audienceNo);
      if (audience === undefined || audience.isSuspect || audience.countedSeq < opSeq) return;
      audience.storedSeq = Math.max(audience.storedSeq, opSeq);
    },
    planMerge(accountNo, audienceNo, isBusy) {
      const audience = held.get(audienceNo);
      if (audience === undefined || audience.isSuspect) return null;
      return planJob(deps, accountNo, audienceNo, audience, isBusy);
    },
  };
}

function fold(
  deps: KeeperDeps,
  audience: HeldAudience,
  operation: AudienceOperation,
  { audienceNo, opSeq }: FoldRequest,
): FoldReply {
  const graph = deps.graph();
  const counts = audience.graphVersion === graph.version ? audience.counts : null;
  const { view, digest, countedSeq: baseSeq } = audience;
  const result = foldOperation({ view, operation, graph, counts, digest });
  const { extraTombstones, change } = result;
  const layers = [heldBlock(operationBlockNo(opSeq), opSeq, [operation.block])];
  if (extraTombstones !== null) layers.push(heldBlock(tombstoneBlockNo(opSeq), opSeq, [extraTombstones]));
  audience.blocks = [...layers, ...audience.blocks];
  audience.view = viewOf(audience.blocks);
  audience.counts = result.counts;
  audience.digest = result.digest;
  audience.countedSeq = opSeq;
  audience.graphVersion = graph.version;
  deps.usersMoved?.(audienceNo, result.users, opSeq);
  return {
    kind: 'folded',
    baseSeq,
    baseDigest: digest === null ? null : encodeDigest(digest),
    counts: result.counts,
    digest: encodeDigest(result.digest),
    graphVersion: graph.version,
    changedCount: change.added + change.updated + change.removed,
    extraTombstones: extraTombstones === null ? null : encodeBlock(extraTombstones, deps.primitives),
    extraTombstoneCount: extraTombstones?.rowCount ?? 0,
  };
}

function heldBlock(blockNo: number, seq: number, pieces: readonly MemberBlock[]): HeldBlock {
  const rowCount = pieces.reduce((sum, piece) => sum + piece.rowCount, 0);
  return { blockNo, seqLow: seq, seqHigh: seq, rowCount, pieces };
}

function viewOf(blocks: readonly HeldBlock[]): AudienceView {
  return createAudienceView(blocks.map(({ pieces }) => pieces));
}

function operationOf({ source, primitives }: KeeperDeps, request: FoldRequest): AudienceOperation | null {
  const { accountNo, audienceNo, opSeq } = request;
  const stored = request.operation ?? source.readPiece(accountNo, audienceNo, operationBlockNo(opSeq), 0);
  if (stored === null) return null;
  const atHand = request.operation !== undefined;
  const decoded = atHand ? viewOperation(stored) : decodeOperation(stored, primitives);
  if (!decoded.ok) throw damaged(`operation: ${decoded.fault}`);
  return decoded.operation;
}

/** Reads again what another process replaced meanwhile so many times. */
const loadAttemptCountMax = 20;

/** Blocks that are held already are taken over: a block that is stored never changes. */
function load(
  deps: KeeperDeps,
  accountNo: number,
  audienceNo: number,
  before: HeldAudience | undefined,
): HeldAudience | null {
  const kept = (before?.blocks ?? []).filter(({ seqHigh }) => seqHigh <= (before?.storedSeq ?? 0));
  const known = new Map(kept.map((block) => [blockName(block), block]));
  for (let attempt = 1; ; attempt++) {
    const stored = deps.source.readAudience(accountNo, audienceNo);
    if (stored === null) return null;
    const blocks = readBlocks(deps, accountNo, stored, known);
    if (blocks !== null) return heldAudience(stored, blocks);
    if (attempt === loadAttemptCountMax) throw damaged('member block: a listed piece is not there');
  }
}

const blockName = ({ blockNo, seqLow, seqHigh }: StoredBlock): string => `${blockNo} ${seqLow} ${seqHigh}`;

/** The blocks that the counts include, newest first; null: some were replaced while they were read. */
function readBlocks(
  { source, primitives }: KeeperDeps,
  accountNo: number,
  { row, pieces: listed }: StoredAudience,
  known: ReadonlyMap<string, HeldBlock>,
): readonly HeldBlock[] | null {
  const { audienceNo } = row;
  const byBlock = new Map<number, HeldBlock & { pieces: MemberBlock[] }>();
  for (const { blockNo, pieceNo, seqLow, seqHigh, rowCount } of listed) {
    if (seqHigh > row.countedSeq) continue;
    const own = known.get(blockName({ blockNo, seqLow, seqHigh }));
    if (own !== undefined) {
      byBlock.set(blockNo, { ...own, pieces: [...own.pieces] });
      continue;
    }
    const bytes = source.readPiece(accountNo, audienceNo, blockNo, pieceNo);
    if (bytes === null) return null;
    const decoded = decodeBlock(bytes, primitives);
    if (!decoded.ok) throw damaged(`member block: ${decoded.fault}`);
    const begun = byBlock.get(blockNo);
    const pieces = [...(begun?.pieces ?? []), decoded.block];
    byBlock.set(blockNo, { blockNo, seqLow, seqHigh, rowCount: (begun?.rowCount ?? 0) + rowCount, pieces });
  }
  return [...byBlock.values()];
}

function heldAudience(stored: StoredAudience, blocks: readonly HeldBlock[]): HeldAudience {
  const { row } = stored;
  return {
    blocks,
    view: viewOf(blocks),
    counts: countsOf(row),
    digest: row.countedSeq === 0 ? emptyDigest() : decodeDigest(stored.digest),
    countedSeq: row.countedSeq,
    storedSeq: row.countedSeq,
    graphVersion: row.countedGraphVersion,
    isSuspect: false,
  };
}

function damaged(what: string): AppError {
  return new AppError('SERVICE_UNAVAILABLE', undefined, {
    cause: new Error(`stored bytes are damaged: ${what}`),
  });
}

function makeRoom(held: Map<number, HeldAudience>, rowCountMax: number): void {
  let rows = 0;
  for (const { view } of held.values()) rows += view.storedRowCount;
  for (const [audienceNo, { view }] of held) {
    if (rows <= rowCountMax || held.size === 1) return;
    held.delete(audienceNo);
    rows -= view.storedRowCount;
  }
}

/** A merge of what is settled: what is not may be folded otherwise in the end. */
function planJob(
  deps: KeeperDeps,
  accountNo: number,
  audienceNo: number,
  audience: HeldAudience,
  isBusy: boolean,
): MergeJob | null {
  const settled = audience.blocks.filter(({ seqHigh }) => seqHigh <= audience.storedSeq);
  const rowCounts = settled.map(({ rowCount }) => rowCount);
  const range = planMerge(rowCounts, isBusy);
  if (range === null) return null;
  const newer = audience.blocks.length - settled.length;
  const place = { from: range.from + newer, to: range.to + newer };
  return mergeJob(deps, accountNo, audienceNo, audience, place);
}

function mergeJob(
  { primitives }: KeeperDeps,
  accountNo: number,
  audienceNo: number,
  audience: HeldAudience,
  range: MergeRange,
): MergeJob {
  const merged = audience.blocks.slice(range.from, range.to);
  const newest = must(merged[0], () => 'a merge has blocks');
  const oldest = must(merged.at(-1), () => 'a merge has blocks');
  const dropTombstones = range.to === audience.blocks.length;
  const made: MemberBlock[] = [];
  // Room for a whole piece is some megabytes; most merges are of small blocks.
  const rowCount = merged.reduce((sum, block) => sum + block.rowCount, 0);
  const pieces = mergePieces(
    merged.map((block) => block.pieces),
    { dropTombstones },
    Math.min(limits.blockPieceRowCountMax, rowCount),
  );
  return {
    accountNo,
    audienceNo,
    blocks: merged.map(({ blockNo, seqLow, seqHigh }) => ({ blockNo, seqLow, seqHigh })),
    next() {
      const { value } = pieces.next();
      if (value === undefined) return null;
      made.push(value);
      return { rowCount: value.rowCount, bytes: encodeBlock(value, primitives, { shared: true }) };
    },
    adopt() {
      const at = audience.blocks.indexOf(newest);
      if (at < 0 || audience.blocks[at + merged.length - 1] !== oldest) return;
      const madeCount = made.reduce((sum, piece) => sum + piece.rowCount, 0);
      const { blockNo, seqHigh } = newest;
      const block = { blockNo, seqLow: oldest.seqLow, seqHigh, rowCount: madeCount, pieces: made };
      audience.blocks = audience.blocks.toSpliced(at, merged.length, block);
      audience.view = viewOf(audience.blocks);
    },
  };
}
