/** Pieces of member blocks that no audience consists of: being written, or on their way out. */
import { all, get, run, type Script } from './script.ts';

const hide = `INSERT INTO hidden_piece (account_no, audience_no, block_no, piece_no) VALUES (?, ?, ?, ?)`;
const hideRange = `INSERT INTO hidden_piece (account_no, audience_no, block_no, piece_no)
  SELECT account_no, audience_no, block_no, piece_no FROM member_block
  WHERE account_no = ? AND audience_no = ? AND block_no BETWEEN ? AND ? ON CONFLICT DO NOTHING`;
const show = `DELETE FROM hidden_piece WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no >= ?`;
const first = `SELECT block_no AS blockNo, piece_no AS pieceNo FROM hidden_piece
  WHERE account_no = ? AND audience_no = ? ORDER BY block_no, piece_no LIMIT 1`;
// What refers to a piece goes with it.
const erase = `DELETE FROM member_block WHERE account_no = ? AND audience_no = ? AND block_no = ? AND piece_no = ?`;
const anywhere = `SELECT DISTINCT account_no AS accountNo, audience_no AS audienceNo FROM hidden_piece`;

export const hidePiece = (
  accountNo: number,
  audienceNo: number,
  blockNo: number,
  pieceNo: number,
): Script<number> => run(hide, accountNo, audienceNo, blockNo, pieceNo);

/** Every piece of neighbouring blocks that is not hidden yet. */
export const hideBlocksBetween = (
  accountNo: number,
  audienceNo: number,
  blockNoLow: number,
  blockNoHigh: number,
): Script<number> => run(hideRange, accountNo, audienceNo, blockNoLow, blockNoHigh);

/** The pieces of a block from this one on become visible. */
export const showPiecesFrom = (
  accountNo: number,
  audienceNo: number,
  blockNo: number,
  pieceNo: number,
): Script<number> => run(show, accountNo, audienceNo, blockNo, pieceNo);

/** Erases one hidden piece of an audience; false when there was none. */
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

/** Of every account. For our own jobs. */
export const audiencesWithHidden = (): Script<readonly AudienceWithHidden[]> =>
  all<AudienceWithHidden>(anywhere);
