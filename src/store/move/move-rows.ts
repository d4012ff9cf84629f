import { AppError } from '../../base/faults.ts';
import type { MoveSource, MoveTarget } from './ends.ts';
import { tableShapes } from './tables.ts';

export interface Moved {
  readonly tableCount: number;
  readonly rowCount: number;
}

/** Copies every row of every table, in one transaction of the target, which must count as many in the end. */
export async function moveRows(
  source: MoveSource,
  target: MoveTarget,
  onProgress: (done: number, total: number) => void,
): Promise<Moved> {
  const tables = tableShapes();
  const counts: number[] = [];
  for (const table of tables) counts.push(await source.count(table));
  const total = counts.reduce((sum, one) => sum + one, 0);
  let done = 0;
  for (const [at, table] of tables.entries()) {
    for await (const rows of source.batches(table)) {
      await target.insert(table, rows);
      done += rows.length;
      onProgress(done, total);
    }
    const last = table.numbered === null ? 0 : await source.lastNumber(table);
    if (last > 0) await target.setLastNumber(table, last);
    const found = await target.count(table);
    if (found === counts[at]) continue;
    const say = `The table ${table.name} has ${counts[at]} rows, and ${found} have arrived; nothing was changed.`;
    throw new AppError('SERVICE_UNAVAILABLE', say);
  }
  await target.commit();
  return { tableCount: tables.length, rowCount: total };
}
