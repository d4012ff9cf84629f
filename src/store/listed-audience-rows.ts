import { all, get, type Script } from './script.ts';

/** An audience as a list shows it, deleted ones of the recent past included. */
export interface ListedAudienceRow {
  readonly audienceId: string;
  readonly name: string | null;
  readonly consentBasis: string | null;
  readonly state: 'live' | 'deleted';
  readonly acceptedSeq: number;
  readonly countedSeq: number;
  readonly memberCount: number;
  readonly matchedCount: number;
  readonly suspendedReason: string | null;
  readonly failedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const columns = `a.audience_id AS audienceId, a.name, a.consent_basis AS consentBasis, a.state,
  a.accepted_seq AS acceptedSeq, a.counted_seq AS countedSeq, a.member_count AS memberCount,
  a.matched_count AS matchedCount, a.suspended_reason AS suspendedReason, a.failed_at AS failedAt,
  a.created_at AS createdAt, a.updated_at AS updatedAt`;
// An id that was used again has several lives; only the newest is a row of the list.
const listed = `FROM audience a WHERE a.account_no = ? AND (a.state = 'live' OR (a.deleted_at >= ?
  AND NOT EXISTS (SELECT 1 FROM audience b WHERE b.account_no = a.account_no
    AND b.audience_id = a.audience_id AND b.audience_no > a.audience_no)))`;
const page = `SELECT ${columns} ${listed} ORDER BY a.audience_no LIMIT ? OFFSET ?`;
const count = `SELECT count(*) AS total ${listed}`;

/** In the order in which they were made; deleted ones since `deletedSinceMs`. */
export const listedAudiences = (
  accountNo: number,
  deletedSinceMs: number,
  take: number,
  skip: number,
): Script<readonly ListedAudienceRow[]> =>
  all<ListedAudienceRow>(page, accountNo, deletedSinceMs, take, skip);

export function* countListedAudiences(accountNo: number, deletedSinceMs: number): Script<number> {
  return (yield* get<{ total: number }>(count, accountNo, deletedSinceMs))?.total ?? 0;
}
