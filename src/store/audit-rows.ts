import { all, get, run, type Script } from './script.ts';

export interface AuditRow {
  readonly seq: number;
  /** Canonical JSON. */
  readonly record: string;
  readonly hash: Uint8Array;
}

export interface AuditPlace {
  readonly seq: number;
  readonly hash: Uint8Array;
}

export interface CheckpointRow extends AuditPlace {
  readonly at: number;
  readonly signature: Uint8Array;
}

const last = `SELECT seq, hash FROM audit_record ORDER BY seq DESC LIMIT 1`;
const start = `SELECT seq, hash FROM audit_start WHERE id = 1`;
const insert = `INSERT INTO audit_record (seq, record, hash) VALUES (?, ?, ?)`;
const page = `SELECT seq, record, hash FROM audit_record WHERE seq > ? ORDER BY seq LIMIT ?`;
const checkpoints = `SELECT seq, at, hash, signature FROM audit_checkpoint ORDER BY seq`;
const lastCheckpoint = `SELECT seq, at, hash, signature FROM audit_checkpoint ORDER BY seq DESC LIMIT 1`;
const insertCheckpoint = `INSERT INTO audit_checkpoint (seq, at, hash, signature) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const move = `UPDATE audit_start SET seq = ?, hash = ? WHERE id = 1`;
const forget = `DELETE FROM audit_record WHERE seq <= (SELECT seq FROM audit_start WHERE id = 1)
  AND seq < (SELECT min(seq) FROM audit_record) + ?`;
const forgetCheckpoints = `DELETE FROM audit_checkpoint WHERE seq < ?`;

/** The end of the chain: of its last record, or where it begins. */
export function* auditEnd(): Script<AuditPlace> {
  return (yield* get<AuditPlace>(last)) ?? (yield* auditStart());
}

export function* auditStart(): Script<AuditPlace> {
  return (yield* get<AuditPlace>(start)) ?? { seq: 0, hash: new Uint8Array(32) };
}

export const insertAuditRecord = (row: AuditRow): Script<number> =>
  run(insert, row.seq, row.record, row.hash);

/** Records after a place, in order. */
export const auditRecords = (afterSeq: number, countMax: number): Script<readonly AuditRow[]> =>
  all<AuditRow>(page, afterSeq, countMax);

export const auditCheckpoints = (): Script<readonly CheckpointRow[]> => all<CheckpointRow>(checkpoints);

export const newestCheckpoint = (): Script<CheckpointRow | undefined> => get<CheckpointRow>(lastCheckpoint);

export const insertAuditCheckpoint = (row: CheckpointRow): Script<number> =>
  run(insertCheckpoint, row.seq, row.at, row.hash, row.signature);

/** From now on the chain begins after a place. The records up to there are no longer part of it. */
export function* moveAuditStart({ seq, hash }: AuditPlace): Script<void> {
  yield* run(move, seq, hash);
  yield* run(forgetCheckpoints, seq);
}

/** Drops the oldest of those records; gives how many. */
export const dropForgottenAudit = (countMax: number): Script<number> => run(forget, countMax);
