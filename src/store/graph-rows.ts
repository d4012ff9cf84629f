import { all, get, run, type Script } from './script.ts';

export interface GraphStateRow {
  readonly version: number;
  readonly personCount: number;
  readonly updatedAt: number;
  /** JSON: which runs make up the state, and what they hold. */
  readonly meta: string;
}

const state = `SELECT version, person_count AS personCount, updated_at AS updatedAt, meta
  FROM graph_state WHERE id = 1`;
const version = `SELECT version FROM graph_state WHERE id = 1`;
const setState = `INSERT INTO graph_state (id, version, person_count, updated_at, meta) VALUES (1, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, person_count = excluded.person_count,
    updated_at = excluded.updated_at, meta = excluded.meta`;
const pieceNos = `SELECT piece_no AS pieceNo FROM graph_piece WHERE run_no = ? ORDER BY piece_no`;
const piece = `SELECT bytes FROM graph_piece WHERE run_no = ? AND piece_no = ?`;
const insertPiece = `INSERT INTO graph_piece (run_no, piece_no, bytes) VALUES (?, ?, ?)`;
const removeRun = `DELETE FROM graph_piece WHERE run_no = ?`;
const runNos = `SELECT DISTINCT run_no AS runNo FROM graph_piece`;
const nextRun = `INSERT INTO sequence (name, value) VALUES ('graph_run', 1)
  ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1 RETURNING value`;

export function* graphStateRow(): Script<GraphStateRow | undefined> {
  const row = yield* get<GraphStateRow & { readonly meta: Uint8Array }>(state);
  return row === undefined ? undefined : { ...row, meta: new TextDecoder().decode(row.meta) };
}

/** 0: nobody was imported yet. */
export function* graphVersion(): Script<number> {
  return (yield* get<{ version: number }>(version))?.version ?? 0;
}

export const setGraphState = (row: GraphStateRow): Script<number> =>
  run(setState, row.version, row.personCount, row.updatedAt, new TextEncoder().encode(row.meta));

export const graphPieceNos = (runNo: number): Script<readonly { readonly pieceNo: number }[]> =>
  all(pieceNos, runNo);

export function* readGraphPiece(runNo: number, pieceNo: number): Script<Uint8Array | null> {
  return (yield* get<{ bytes: Uint8Array }>(piece, runNo, pieceNo))?.bytes ?? null;
}

export const insertGraphPiece = (runNo: number, pieceNo: number, bytes: Uint8Array): Script<number> =>
  run(insertPiece, runNo, pieceNo, bytes);

export function* newGraphRun(): Script<number> {
  return (yield* get<{ value: number }>(nextRun))?.value ?? 0;
}

/** Deletes every run that is not one of these. */
export function* keepGraphRuns(kept: readonly number[]): Script<void> {
  for (const { runNo } of yield* all<{ runNo: number }>(runNos)) {
    if (!kept.includes(runNo)) yield* run(removeRun, runNo);
  }
}
