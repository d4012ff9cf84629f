import { all, get, run, type Script } from './script.ts';

/** An audience as it is stored. Nothing here names a member. */
export interface AudienceRow {
  readonly audienceNo: number;
  readonly audienceId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly audienceType: string | null;
  /** JSON array of strings. */
  readonly tags: string | null;
  readonly consentBasis: string | null;
  readonly managedBy: 'buyer' | 'seller';
  readonly lastSyncedAt: number | null;
  readonly acceptedSeq: number;
  readonly countedSeq: number;
  readonly countedGraphVersion: number | null;
  readonly memberCount: number;
  readonly matchedCount: number;
  /** JSON: [submitted per report row, matched per report row]. */
  readonly breakdown: string | null;
  readonly suspendedReason: string | null;
}

const columns = `audience_no AS audienceNo, audience_id AS audienceId, name, description,
  audience_type AS audienceType, tags, consent_basis AS consentBasis, managed_by AS managedBy,
  last_synced_at AS lastSyncedAt, accepted_seq AS acceptedSeq, counted_seq AS countedSeq,
  counted_graph_version AS countedGraphVersion, member_count AS memberCount,
  matched_count AS matchedCount, breakdown, suspended_reason AS suspendedReason`;

const liveOfAccount = `SELECT ${columns} FROM audience WHERE account_no = ? AND state = 'live' ORDER BY audience_no`;
const liveByNo = `SELECT ${columns} FROM audience WHERE account_no = ? AND audience_no = ? AND state = 'live'`;
const liveById = `SELECT ${columns} FROM audience WHERE account_no = ? AND audience_id = ? AND state = 'live'`;
const everExisted = `SELECT 1 AS found FROM audience WHERE account_no = ? AND audience_id = ? LIMIT 1`;
const nextNo = `INSERT INTO sequence (name, value) VALUES ('audience', 1)
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;
const insert = `INSERT INTO audience (account_no, audience_no, audience_id, name, description, audience_type,
  tags, consent_basis, managed_by, state, created_at, updated_at, last_synced_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'buyer', 'live', ?, ?, ?)`;
const describe = `UPDATE audience SET name = ?, description = ?, audience_type = ?, tags = ?, consent_basis = ?,
  failed_at = NULL, updated_at = ?, last_synced_at = ?, accepted_seq = coalesce(?, accepted_seq)
  WHERE account_no = ? AND audience_no = ?`;
const count = `UPDATE audience SET counted_seq = ?, counted_graph_version = ?, member_count = ?, matched_count = ?,
  breakdown = ?, member_digest = ? WHERE account_no = ? AND audience_no = ?`;
const digest = `SELECT member_digest AS memberDigest FROM audience WHERE account_no = ? AND audience_no = ?`;
const fail = `UPDATE audience SET failed_at = ? WHERE account_no = ? AND audience_no = ?`;
const suspend = `UPDATE audience SET suspended_reason = ?, suspended_code = ?, suspended_at = ?
  WHERE account_no = ? AND audience_no = ? AND state = 'live' AND suspended_reason IS NULL`;
const resume = `UPDATE audience SET suspended_reason = NULL, suspended_code = NULL, suspended_at = NULL
  WHERE account_no = ? AND audience_no = ? AND state = 'live' AND suspended_reason = ?`;
const remove = `UPDATE audience SET state = 'deleted', deleted_at = ?, updated_at = ?, name = NULL,
  description = NULL, tags = NULL, breakdown = NULL, member_digest = NULL
  WHERE account_no = ? AND audience_no = ? AND state = 'live'`;
const stale = `SELECT account_no AS accountNo, audience_no AS audienceNo FROM audience
  WHERE state = 'live' AND counted_seq > 0 AND counted_graph_version IS DISTINCT FROM ? ORDER BY audience_no`;

export interface AudienceDetails {
  readonly name: string | null;
  readonly description: string | null;
  readonly audienceType: string | null;
  readonly tags: string | null;
  readonly consentBasis: string | null;
}

export const liveAudiences = (accountNo: number): Script<readonly AudienceRow[]> =>
  all<AudienceRow>(liveOfAccount, accountNo);

export const liveAudienceByNo = (accountNo: number, audienceNo: number): Script<AudienceRow | undefined> =>
  get<AudienceRow>(liveByNo, accountNo, audienceNo);

export const liveAudienceById = (accountNo: number, audienceId: string): Script<AudienceRow | undefined> =>
  get<AudienceRow>(liveById, accountNo, audienceId);

/** Whether the account has or had an audience of this id. */
export function* audienceEverExisted(accountNo: number, audienceId: string): Script<boolean> {
  return (yield* get(everExisted, accountNo, audienceId)) !== undefined;
}

/** Gives the number of this life of the audience. */
export function* insertAudience(
  accountNo: number,
  audienceId: string,
  details: AudienceDetails,
  nowMs: number,
): Script<number> {
  const audienceNo = (yield* get<{ value: number }>(nextNo))?.value ?? 0;
  const { name, description, audienceType, tags, consentBasis } = details;
  const words = [name, description, audienceType, tags, consentBasis];
  yield* run(insert, accountNo, audienceNo, audienceId, ...words, nowMs, nowMs, nowMs);
  return audienceNo;
}

/** `opSeq`: the operation accepted with the details, or null. */
export function* describeAudienceRow(
  accountNo: number,
  audienceNo: number,
  details: AudienceDetails,
  opSeq: number | null,
  nowMs: number,
): Script<void> {
  const { name, description, audienceType, tags, consentBasis } = details;
  const words = [name, description, audienceType, tags, consentBasis];
  yield* run(describe, ...words, nowMs, nowMs, opSeq, accountNo, audienceNo);
}

/** The newest sync of this audience was refused for it; what was there before stands. */
export const failAudience = (accountNo: number, audienceNo: number, nowMs: number): Script<number> =>
  run(fail, nowMs, accountNo, audienceNo);

export interface Suspension {
  /** Shown to buyers. */
  readonly reason: string;
  /** AdCP's word for it. Source: `enums/impairment-reason-code.json`. */
  readonly code: string;
  readonly atMs: number;
}

/** An audience that is suspended already stays so as it is: since when and why are told to buyers. */
export const suspendAudience = (
  accountNo: number,
  audienceNo: number,
  { reason, code, atMs }: Suspension,
): Script<number> => run(suspend, reason, code, atMs, accountNo, audienceNo);

/** Ends a suspension for this reason. */
export const resumeAudience = (accountNo: number, audienceNo: number, reason: string): Script<number> =>
  run(resume, accountNo, audienceNo, reason);

export interface CountedAudience {
  readonly countedSeq: number;
  readonly graphVersion: number;
  readonly memberCount: number;
  readonly matchedCount: number;
  readonly breakdown: string;
  readonly memberDigest: Uint8Array;
}

export const countAudience = (
  accountNo: number,
  audienceNo: number,
  counted: CountedAudience,
): Script<number> =>
  run(
    count,
    counted.countedSeq,
    counted.graphVersion,
    counted.memberCount,
    counted.matchedCount,
    counted.breakdown,
    counted.memberDigest,
    accountNo,
    audienceNo,
  );

/** The digest of the counted members; null where none was kept yet. */
export function* memberDigestOf(accountNo: number, audienceNo: number): Script<Uint8Array | null> {
  const row = yield* get<{ memberDigest: Uint8Array | null }>(digest, accountNo, audienceNo);
  return row?.memberDigest ?? null;
}

/** Keeps the row, so that a second deletion is told from a first; the buyer's words go. */
export const deleteAudienceRow = (accountNo: number, audienceNo: number, nowMs: number): Script<number> =>
  run(remove, nowMs, nowMs, accountNo, audienceNo);

/** Live audiences of every account that were counted against another state of the graph. For our own jobs. */
export const audiencesCountedElsewhere = (
  graphVersion: number,
): Script<readonly { readonly accountNo: number; readonly audienceNo: number }[]> => all(stale, graphVersion);
