import { all, get, run, type Script } from './script.ts';

export type SyndicationStatus = 'PENDING' | 'SYNCING' | 'COMPLETED' | 'FAILED' | 'DISABLED';

/** One audience on its way to one other seller. The columns are told in the migration. */
export interface SyndicationRow {
  readonly syndicationId: string;
  readonly audienceId: string;
  readonly agentId: string;
  readonly enabled: number;
  readonly status: SyndicationStatus;
  readonly audienceNo: number | null;
  readonly cursorSeq: number;
  readonly targetSeq: number;
  readonly doneCount: number;
  readonly chunkSize: number;
  readonly restartCount: number;
  readonly failedSeq: number | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  readonly response: Uint8Array | null;
}

const columns = `syndication_id AS syndicationId, audience_id AS audienceId, agent_id AS agentId, enabled, status,
  audience_no AS audienceNo, cursor_seq AS cursorSeq, target_seq AS targetSeq, done_count AS doneCount,
  chunk_size AS chunkSize, restart_count AS restartCount, failed_seq AS failedSeq, error, created_at AS createdAt,
  updated_at AS updatedAt, completed_at AS completedAt, response`;
const list = `SELECT ${columns} FROM syndication WHERE account_no = ? ORDER BY created_at, syndication_id`;
const one = `SELECT ${columns} FROM syndication WHERE account_no = ? AND syndication_id = ?`;
const ofPair = `SELECT ${columns} FROM syndication WHERE account_no = ? AND audience_id = ? AND agent_id = ?`;
const insert = `INSERT INTO syndication (account_no, syndication_id, audience_id, agent_id, enabled, status, chunk_size,
  created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const update = `UPDATE syndication SET enabled = ?, status = ?, audience_no = ?, cursor_seq = ?, target_seq = ?,
  done_count = ?, chunk_size = ?, restart_count = ?, failed_seq = ?, error = ?, updated_at = ?, completed_at = ?,
  response = ? WHERE account_no = ? AND syndication_id = ?`;
const removeOfAgent = `DELETE FROM syndication WHERE account_no = ? AND agent_id = ?`;

export const syndications = (accountNo: number): Script<readonly SyndicationRow[]> =>
  all<SyndicationRow>(list, accountNo);
export const syndication = (accountNo: number, syndicationId: string): Script<SyndicationRow | undefined> =>
  get<SyndicationRow>(one, accountNo, syndicationId);
export const syndicationOf = (
  accountNo: number,
  audienceId: string,
  agentId: string,
): Script<SyndicationRow | undefined> => get<SyndicationRow>(ofPair, accountNo, audienceId, agentId);

export interface NewSyndication {
  readonly syndicationId: string;
  readonly audienceId: string;
  readonly agentId: string;
  readonly enabled: boolean;
  readonly chunkSize: number;
  readonly nowMs: number;
}
export const insertSyndication = (accountNo: number, row: NewSyndication): Script<number> =>
  run(
    insert,
    accountNo,
    row.syndicationId,
    row.audienceId,
    row.agentId,
    row.enabled ? 1 : 0,
    row.enabled ? 'PENDING' : 'DISABLED',
    row.chunkSize,
    row.nowMs,
    row.nowMs,
  );

/** Writes all that can change. The row was read in the same transaction. */
export const updateSyndication = (accountNo: number, row: SyndicationRow): Script<number> =>
  run(
    update,
    row.enabled,
    row.status,
    row.audienceNo,
    row.cursorSeq,
    row.targetSeq,
    row.doneCount,
    row.chunkSize,
    row.restartCount,
    row.failedSeq,
    row.error,
    row.updatedAt,
    row.completedAt,
    row.response,
    accountNo,
    row.syndicationId,
  );

export const deleteSyndicationsOfAgent = (accountNo: number, agentId: string): Script<number> =>
  run(removeOfAgent, accountNo, agentId);
