/** Pieces of member blocks that no audience consists of: being written, or on their way out. */
import { all, get, run, type Script } from './script.ts';

const hide = `INSERT INTO hidden_piece (account_no, audience_no, block_no, piece_no, node_no) VALUES (?, ?, ?, ?, ?)`;
const hideRange = `INSERT INTO hidden_piece (account_no, audience_no, block_no, piece_no)
  SELECT account_no, audience_no, block_no, piece_no FROM member_block
  WHERE account_no = ? AND audience_no = ? AND block_no BETWEEN ? AND ? ON CONFLICT DO NOTHING`;
const show = `DELETE FROM hidden_piece WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no = ?`;
const release = `UPDATE hidden_piece SET node_no = 0
  WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no = ?`;
const releaseLost = `UPDATE hidden_piece SET node_no = 0 WHERE node_no <> 0 AND NOT EXISTS (SELECT 1 FROM node n
  WHERE n.node_no = hidden_piece.node_no AND n.held_until > CAST(unixepoch('subsec') * 1000 AS BIGINT))`;
const first = `SELECT block_no AS blockNo, piece_no AS pieceNo FROM hidden_piece
  WHERE account_no = ? AND audience_no = ? AND node_no = 0 ORDER BY block_no, piece_no LIMIT 1`;
// What refers to a piece goes with it.
const erase = `DELETE FROM member_block WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no = ?`;
const anywhere = `SELECT DISTINCT account_no AS accountNo, audience_no AS audienceNo FROM hidden_piece WHERE node_no = 0`;

export interface PiecePlace {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blockNo: number;
  readonly pieceNo: number;
}

/** Nobody erases it while this node lives. */
export const hidePiece = (piece: PiecePlace, nodeNo: number): Script<number> =>
  run(hide, ...placeOf(piece), nodeNo);

const placeOf = (piece: PiecePlace): [number, number, number, number] => [
  piece.accountNo,
  piece.audienceNo,
  piece.blockNo,
  piece.pieceNo,
];

/** Every piece of neighbouring blocks that is not hidden yet. */
export const hideBlocksBetween = (
  accountNo: number,
  audienceNo: number,
  blockNoLow: number,
  blockNoHigh: number,
): Script<number> => run(hideRange, accountNo, audienceNo, blockNoLow, blockNoHigh);

/** One hidden piece becomes visible. */
export const showPiece = (piece: PiecePlace): Script<number> => run(show, ...placeOf(piece));

/** Whoever wrote it wants it no more: it may be erased. */
export const releasePiece = (piece: PiecePlace): Script<number> => run(release, ...placeOf(piece));

/** Those of nodes that live no more. */
export const releaseLostPieces = (): Script<number> => run(releaseLost);

/** Erases one hidden piece of an audience that nobody is writing; false when there was none. */
export function* eraseHiddenPiece(accountNo: number, audienceNo: number): Script<boolean> {
  const piece = yield* get<{ blockNo: number; pieceNo: number }>(first, accountNo, audienceNo);
  if (piece === undefined) return false;
  yield* run(erase, accountNo, audienceNo, piece.blockNo, piece.pieceNo);
  return true;
}

export interface AudienceWithHidden {
  readonly accountNo: number;
  readonly audienceNo: number;
}

/** With pieces to erase, of every account. For our own jobs. */
export const audiencesWithHidden = (): Script<readonly AudienceWithHidden[]> =>
  all<AudienceWithHidden>(anywhere);
