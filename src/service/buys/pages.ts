/** Pages over a list of ids: a cursor names the last id of the page before. */
import { AppError } from '../../base/faults.ts';

const mark = 'b1:';

/** The cursor for what follows an id. */
export const cursorOf = (id: string): string => Buffer.from(`${mark}${id}`).toString('base64url');

/** The cursor for what begins at `end`; null when nothing does. */
export function cursorAfter(ids: readonly string[], end: number): string | null {
  const last = ids[end - 1];
  return end >= ids.length || last === undefined ? null : cursorOf(last);
}

/** Where the page of a cursor begins. */
export function afterCursor(ids: readonly string[], cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = text.startsWith(mark) ? ids.indexOf(text.slice(mark.length)) : -1;
  if (at >= 0) return at + 1;
  throw new AppError('INVALID_REQUEST', 'This cursor is not from a list with these filters.', {
    field: 'pagination.cursor',
    suggestion: 'Start again without a cursor.',
  });
}
