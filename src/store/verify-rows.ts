/** What a verification looks for over all accounts, on behalf of the operator. */
import { all, type Script } from './script.ts';

export interface AudienceToVerify {
  readonly accountNo: number;
  readonly accountId: string;
  readonly audienceNo: number;
  readonly audienceId: string;
  readonly memberCount: number;
}

export interface OwnerlessPiece {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly blockNo: number;
  readonly pieceNo: number;
}

const liveOfAll = `SELECT a.account_no AS accountNo, c.account_id AS accountId, a.audience_no AS audienceNo,
  a.audience_id AS audienceId, a.member_count AS memberCount
  FROM audience a JOIN account c ON c.account_no = a.account_no
  WHERE a.state = 'live' AND a.audience_no > ? ORDER BY a.audience_no LIMIT ?`;
const withoutMembers = `SELECT op_seq AS opSeq FROM operation o
  WHERE account_no = ? AND audience_no = ? AND state = 'pending' AND NOT EXISTS (SELECT 1 FROM member_block b
    WHERE b.account_no = o.account_no AND b.audience_no = o.audience_no AND b.block_no = o.op_seq * 2 + 1)
  ORDER BY op_seq LIMIT ?`;
const ownerless = `SELECT b.account_no AS accountNo, b.audience_no AS audienceNo, b.block_no AS blockNo,
  b.piece_no AS pieceNo FROM member_block b
  WHERE NOT EXISTS (SELECT 1 FROM audience a
    WHERE a.account_no = b.account_no AND a.audience_no = b.audience_no AND a.state = 'live')
  AND NOT EXISTS (SELECT 1 FROM hidden_piece h WHERE h.account_no = b.account_no AND h.audience_no = b.audience_no
    AND h.block_no = b.block_no AND h.piece_no = b.piece_no)
  LIMIT ?`;

/** A page of the live audiences of every account, by their numbers. */
export const audiencesToVerify = (afterNo: number, countMax: number): Script<readonly AudienceToVerify[]> =>
  all<AudienceToVerify>(liveOfAll, afterNo, countMax);

/** Operations that were accepted and wait, whose members are nowhere. */
export const operationsWithoutMembers = (
  accountNo: number,
  audienceNo: number,
  countMax: number,
): Script<readonly { readonly opSeq: number }[]> => all(withoutMembers, accountNo, audienceNo, countMax);

/** Pieces of blocks that no live audience has, and nobody is about to erase. */
export const ownerlessPieces = (countMax: number): Script<readonly OwnerlessPiece[]> =>
  all<OwnerlessPiece>(ownerless, countMax);
