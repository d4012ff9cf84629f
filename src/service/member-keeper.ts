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
import type { MergedPiece, ReplacedBlocks } from './block-scripts.ts';
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
  /** The users of an audience moved: by an operation, or counted anew. */
  readonly usersMoved?: (audienceNo: number, users: FoldUsers) => void;
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
  /** Everybody whom a member of the audience names, as of its newest counted operation; null: it is gone. */
  usersOf(accountNo: number, audienceNo: number): UsersOfAudience | null;
  forget(audienceNo: number): void;
  /** What is worth merging in an audience that is held, or null. `isBusy`: only what cannot wait. */
  planMerge(accountNo: number, audienceNo: number, isBusy: boolean): MergeJob | null;
}

export interface UsersOfAudience {
  readonly users: BitSet;
  readonly countedSeq: number;
}

interface HeldBlock {
  readonly blockNo: number;
  readonly seqLow: number;
  readonly seqHigh: number;
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
  graphVersion: number | null;
}

export function createMemberKeeper(deps: KeeperDeps): MemberKeeper {
  const held = new Map<number, HeldAudience>();

  const find = (accountNo: number, audienceNo: number): HeldAudience | null => {
    const known = held.get(audienceNo) ?? load(deps, accountNo, audienceNo);
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
      deps.usersMoved?.(audienceNo, { kind: 'full', matched: users });
      const { countedSeq } = audience;
      const digest = encodeDigest(audience.digest);
      return { kind: 'matched', counts, digest, graphVersion: graph.version, countedSeq };
    },
    usersOf(accountNo, audienceNo) {
      const audience = find(accountNo, audienceNo);
      if (audience === null) return null;
      const { users } = matchAll({ view: audience.view, graph: deps.graph() });
      return { users, countedSeq: audience.countedSeq };
    },
    forget: (audienceNo) => {
      held.delete(audienceNo);
    },
    planMerge(accountNo, audienceNo, isBusy) {
      const audience = held.get(audienceNo);
      if (audience === undefined) return null;
      const rowCounts = audience.blocks.map(({ rowCount }) => rowCount);
      const range = planMerge(rowCounts, isBusy);
      return range === null ? null : mergeJob(deps, accountNo, audienceNo, audience, range);
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
  const { view, digest } = audience;
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
  deps.usersMoved?.(audienceNo, result.users);
  return {
    kind: 'folded',
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

function load(
  { source, primitives }: KeeperDeps,
  accountNo: number,
  audienceNo: number,
): HeldAudience | null {
  const stored = source.readAudience(accountNo, audienceNo);
  if (stored === null) return null;
  const { row } = stored;
  const byBlock = new Map<number, HeldBlock & { pieces: MemberBlock[] }>();
  for (const { blockNo, pieceNo, seqLow, seqHigh, rowCount } of stored.pieces) {
    if (seqHigh > row.countedSeq) continue;
    const bytes = must(
      source.readPiece(accountNo, audienceNo, blockNo, pieceNo),
      () => 'a listed piece is there',
    );
    const decoded = decodeBlock(bytes, primitives);
    if (!decoded.ok) throw damaged(`member block: ${decoded.fault}`);
    const known = byBlock.get(blockNo);
    const pieces = [...(known?.pieces ?? []), decoded.block];
    byBlock.set(blockNo, { blockNo, seqLow, seqHigh, rowCount: (known?.rowCount ?? 0) + rowCount, pieces });
  }
  const blocks = [...byBlock.values()];
  const counts = countsOf(row);
  return {
    blocks,
    view: viewOf(blocks),
    counts,
    digest: row.countedSeq === 0 ? emptyDigest() : decodeDigest(stored.digest),
    countedSeq: row.countedSeq,
    graphVersion: row.countedGraphVersion,
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
    blockNoLow: oldest.blockNo,
    blockNoHigh: newest.blockNo,
    seqLow: oldest.seqLow,
    seqHigh: newest.seqHigh,
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
