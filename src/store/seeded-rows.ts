import { all, get, run, type Script } from './script.ts';

/** What a caller's tests set up for that caller alone. Source: AdCP comply_test_controller, seeds and forced answers. */
export interface SeededProductRow {
  readonly productId: string;
  /** Sealed. */
  readonly document: Uint8Array;
}

const put = `INSERT INTO seeded_product (principal_no, product_id, document) VALUES (?, ?, ?)
  ON CONFLICT (principal_no, product_id) DO UPDATE SET document = excluded.document`;
const list = `SELECT product_id AS productId, document FROM seeded_product WHERE principal_no = ? ORDER BY product_id LIMIT ?`;
const arm = `INSERT INTO forced_answer (principal_no, task_id, message) VALUES (?, ?, ?)
  ON CONFLICT (principal_no) DO UPDATE SET task_id = excluded.task_id, message = excluded.message`;
const armed = `SELECT task_id AS taskId, message FROM forced_answer WHERE principal_no = ?`;
const disarm = `DELETE FROM forced_answer WHERE principal_no = ?`;

export const putSeededProduct = (principalNo: number, row: SeededProductRow): Script<number> =>
  run(put, principalNo, row.productId, row.document);

export const seededProducts = (principalNo: number, limit: number): Script<readonly SeededProductRow[]> =>
  all<SeededProductRow>(list, principalNo, limit);

/** How the caller's next create_media_buy is answered. */
export interface ForcedAnswerRow {
  readonly taskId: string;
  /** Sealed. */
  readonly message: Uint8Array | null;
}

export const forceAnswer = (principalNo: number, { taskId, message }: ForcedAnswerRow): Script<number> =>
  run(arm, principalNo, taskId, message);

/** Takes it: it holds for one call. */
export function* takeForcedAnswer(principalNo: number): Script<ForcedAnswerRow | undefined> {
  const row = yield* get<ForcedAnswerRow>(armed, principalNo);
  if (row !== undefined) yield* run(disarm, principalNo);
  return row;
}
