import { all, get, run, type Script } from './script.ts';

/** A piece of a member block, without its bytes. */
export interface BlockPieceRow {
  readonly blockNo: number;
  readonly pieceNo: number;
  readonly seqLow: number;
  readonly seqHigh: number;
  readonly rowCount: number;
  readonly byteCount: number;
}

const list = `SELECT block_no AS blockNo, piece_no AS pieceNo, seq_low AS seqLow, seq_high AS seqHigh,
  row_count AS rowCount, byte_count AS byteCount FROM member_block b
  WHERE account_no = ? AND audience_no = ? AND NOT EXISTS (SELECT 1 FROM hidden_piece h
    WHERE h.account_no = b.account_no AND h.audience_no = b.audience_no AND h.block_no = b.block_no
      AND h.piece_no = b.piece_no)
  ORDER BY block_no DESC, piece_no`;
const read = `SELECT bytes FROM member_block
  WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no = ?`;
const insert = `INSERT INTO member_block (account_no, audience_no, block_no, piece_no, level, seq_low, seq_high,
  row_count, byte_count, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const nextPiece = `SELECT coalesce(max(piece_no) + 1, 0) AS pieceNo FROM member_block
  WHERE account_no = ? AND audience_no = ? AND block_no = ?`;
const bytesOf = `SELECT coalesce(sum(byte_count), 0) AS byteCount FROM member_block
  WHERE account_no = ? AND audience_no = ?`;
const removeAll = `DELETE FROM member_block WHERE account_no = ? AND audience_no = ?`;
const removeRange = `DELETE FROM member_block
  WHERE account_no = ? AND audience_no = ? AND block_no BETWEEN ? AND ?`;

export interface NewBlockPiece {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blockNo: number;
  readonly pieceNo: number;
  readonly level: number;
  readonly seqLow: number;
  readonly seqHigh: number;
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

/** An operation's block; the tombstones found when it is folded stand just below it. */
export const operationBlockNo = (opSeq: number): number => opSeq * 2 + 1;
export const tombstoneBlockNo = (opSeq: number): number => opSeq * 2;

/** What an audience consists of: newest block first, the pieces of a block in order. */
export const blockPieces = (accountNo: number, audienceNo: number): Script<readonly BlockPieceRow[]> =>
  all<BlockPieceRow>(list, accountNo, audienceNo);

export function* readBlockPiece(
  accountNo: number,
  audienceNo: number,
  blockNo: number,
  pieceNo: number,
): Script<Uint8Array | null> {
  const row = yield* get<{ bytes: Uint8Array }>(read, accountNo, audienceNo, blockNo, pieceNo);
  return row?.bytes ?? null;
}

export const insertBlockPiece = (piece: NewBlockPiece): Script<number> =>
  run(
    insert,
    piece.accountNo,
    piece.audienceNo,
    piece.blockNo,
    piece.pieceNo,
    piece.level,
    piece.seqLow,
    piece.seqHigh,
    piece.rowCount,
    piece.bytes.length,
    piece.bytes,
  );

/** The number behind the last piece of a block, hidden ones included. */
export function* nextPieceNo(accountNo: number, audienceNo: number, blockNo: number): Script<number> {
  return (yield* get<{ pieceNo: number }>(nextPiece, accountNo, audienceNo, blockNo))?.pieceNo ?? 0;
}

/** Bytes of all pieces of an audience, hidden ones included. */
export function* blockBytes(accountNo: number, audienceNo: number): Script<number> {
  return (yield* get<{ byteCount: number }>(bytesOf, accountNo, audienceNo))?.byteCount ?? 0;
}

export const deleteBlocks = (accountNo: number, audienceNo: number): Script<number> =>
  run(removeAll, accountNo, audienceNo);

/** Neighbouring blocks, from the oldest to the newest of them. */
export const deleteBlocksBetween = (
  accountNo: number,
  audienceNo: number,
  blockNoLow: number,
  blockNoHigh: number,
): Script<number> => run(removeRange, accountNo, audienceNo, blockNoLow, blockNoHigh);
