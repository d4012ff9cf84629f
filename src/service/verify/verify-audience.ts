/** Compares what is stored of one audience with what was counted of it. */
import { AppError } from '../../base/faults.ts';
import type { Primitives } from '../../base/primitives.ts';
import { decodeBlock, decodeOperation } from '../../engine/block/decode.ts';
import { digestRows, emptyDigest, encodeDigest } from '../../engine/block/member-digest.ts';
import { forEachLiveRun } from '../../engine/block/merge.ts';
import { walkNewest } from '../../engine/block/walk.ts';
import { compareTokens } from '../../engine/token/compare.ts';
import type { MemberBlock } from '../../engine/types.ts';
import type { BlockPieceRow } from '../../store/block-rows.ts';
import type { StoreReader } from '../../store/store.ts';
import type { AudienceToVerify } from '../../store/verify-rows.ts';
import type { VerifiedAudience, VerifyProblem } from './problem.ts';
import type { StoredToVerify, VerifyScripts } from './verify-scripts.ts';

export interface AudienceVerdict {
  /** Null: it was deleted meanwhile. */
  readonly audience: VerifiedAudience | null;
  readonly problems: readonly VerifyProblem[];
}

type Read = StoreReader<VerifyScripts>['readNow'];

/** What is on the way: where problems go, and rows are counted as they are read. */
interface Reading {
  readonly read: Read;
  readonly named: AudienceToVerify;
  readonly primitives: Primitives;
  readonly note: (blockNo: number | null, says: string) => void;
  readonly onRows: (rowCount: number) => void;
}

/**
 * `read` must see one state all along. Holds one piece of each block at a time. Ten million members with an e-mail
 * each take some seconds on one core, most of them for checking rows and reading.
 */
export function verifyAudience(
  read: Read,
  named: AudienceToVerify,
  primitives: Primitives,
  onRows: (rowCount: number) => void,
): AudienceVerdict {
  const { accountId, audienceId } = named;
  const problems: VerifyProblem[] = [];
  const note = (blockNo: number | null, says: string): void => {
    problems.push({ audience: { accountId, audienceId }, blockNo, says });
  };
  try {
    const stored = read('audienceToVerify', named);
    if (stored === null) return { audience: null, problems };
    const audience = verifyStored({ read, named, primitives, note, onRows }, stored, problems);
    return { audience, problems };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    note(null, 'cannot be read from the database');
    const { memberCount } = named;
    return { audience: { accountId, audienceId, memberCount, digest: null, state: 'broken' }, problems };
  }
}

function verifyStored(
  reading: Reading,
  { row, digest: kept, pieces, lostOperations }: StoredToVerify,
  problems: readonly VerifyProblem[],
): VerifiedAudience {
  const { note, named } = reading;
  for (const opSeq of lostOperations) note(null, `has lost the members of operation ${opSeq}, which waits`);
  for (const piece of pieces) if (piece.seqHigh > row.countedSeq) checkWaiting(reading, piece);
  const foundBefore = problems.length;
  const counted = pieces.filter(({ seqHigh }) => seqHigh <= row.countedSeq);
  const found = membersOf(reading, counted);
  const { accountId, audienceId } = named;
  const broken = { accountId, audienceId, memberCount: row.memberCount, state: 'broken' } as const;
  // Of members that cannot all be read there is nothing to compare.
  if (problems.length > foundBefore) return { ...broken, digest: null };
  const digest = encodeDigest(found.digest);
  if (found.memberCount !== row.memberCount) {
    note(null, `has ${found.memberCount} members in its blocks, and ${row.memberCount} were counted`);
  } else if (kept !== null && Buffer.compare(kept, digest) !== 0) {
    note(
      null,
      'has other members in its blocks than were counted: a block is lost, or is another audience’s',
    );
  }
  const isCompared = kept !== null || row.countedSeq === 0;
  const state = problems.length > 0 ? 'broken' : isCompared ? 'holds' : 'uncompared';
  return { ...broken, state, digest: Buffer.from(digest).toString('hex') };
}

/** An operation that waits is in no digest yet; it must be readable. */
function checkWaiting({ read, named, primitives, note, onRows }: Reading, piece: BlockPieceRow): void {
  const { blockNo, pieceNo, byteCount, rowCount } = piece;
  const bytes = read('pieceToVerify', { ...named, blockNo, pieceNo });
  const fault = bytes === null ? 'is missing' : lengthFault(bytes, byteCount);
  if (bytes === null || fault !== null) return note(blockNo, fault ?? '');
  const decoded = decodeOperation(bytes, primitives);
  if (!decoded.ok) note(blockNo, `is damaged: ${decoded.fault}`);
  onRows(rowCount);
}

const lengthFault = (bytes: Uint8Array, byteCount: number): string | null =>
  bytes.length === byteCount ? null : `has ${bytes.length} bytes, and must have ${byteCount}`;

function membersOf(reading: Reading, pieces: readonly BlockPieceRow[]) {
  const digest = emptyDigest();
  let memberCount = 0;
  const blocks = [...Map.groupBy(pieces, ({ blockNo }) => blockNo).values()];
  const cursor = walkNewest(blocks.map((block) => readPieces(reading, block)));
  while (cursor.next()) {
    const { piece } = cursor;
    forEachLiveRun(piece, cursor.first, cursor.end, (first, end) => {
      memberCount += end - first;
      digestRows(digest, piece, first, end, 1);
    });
  }
  return { digest, memberCount };
}

/** The pieces of a block as they are asked for; ends at the first that is not as it must be. */
function* readPieces(reading: Reading, pieces: readonly BlockPieceRow[]): Generator<MemberBlock, void> {
  const { read, named, primitives, note, onRows } = reading;
  let before: MemberBlock | null = null;
  let nextNo = pieces[0]?.pieceNo ?? 0;
  for (const { blockNo, pieceNo, byteCount, rowCount } of pieces) {
    if (pieceNo !== nextNo) return note(blockNo, `has lost its piece ${nextNo}`);
    nextNo += 1;
    const bytes = read('pieceToVerify', { ...named, blockNo, pieceNo });
    if (bytes === null) return note(blockNo, 'is missing');
    const fault = lengthFault(bytes, byteCount);
    if (fault !== null) return note(blockNo, fault);
    const decoded = decodeBlock(bytes, primitives);
    if (!decoded.ok) return note(blockNo, `is damaged: ${decoded.fault}`);
    const { block } = decoded;
    if (before !== null && !ascends(before, block)) return note(blockNo, 'has pieces in another order');
    if (block.rowCount > 0) before = block;
    onRows(rowCount);
    yield block;
  }
}

const ascends = (before: MemberBlock, block: MemberBlock): boolean =>
  block.rowCount === 0 || compareTokens(before.memberToken, before.rowCount - 1, block.memberToken, 0) < 0;
