import { clientLimits } from '../client-limits.ts';
import { lastCsvRecordEnd } from './csv-rows.ts';
import type { RecordFault, TableLayout } from './layout.ts';

/** A run of complete records, or one record that had to be left out. */
export type TableBlock =
  | { readonly kind: 'records'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'dropped'; readonly fault: RecordFault };

/**
 * Cuts a stream into blocks of complete records, each in memory of its own, so that it can be handed to a
 * thread. Holds at most two blocks. A record longer than rowBytesMax costs its first line: what follows
 * it is read again, because the usual cause is a quote that was never closed.
 */
export async function* cutBlocks(
  chunks: AsyncIterable<Buffer>,
  layout: TableLayout,
  bodyStart: number,
): AsyncGenerator<TableBlock, void> {
  let toSkip = bodyStart;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const state = { isSkippingLine: false };
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.min(toSkip, chunk.length));
    toSkip -= chunk.length - part.length;
    if (part.length === 0) continue;
    waiting.push(part);
    waitingBytes += part.length;
    if (waitingBytes < clientLimits.blockBytes) continue;
    const rest = yield* cut(Buffer.concat(waiting), layout, state);
    waiting = rest.length === 0 ? [] : [rest];
    waitingBytes = rest.length;
  }
  const rest = yield* cut(Buffer.concat(waiting), layout, state);
  if (rest.length > 0) yield { kind: 'records', bytes: new Uint8Array(rest) };
}

/** Yields what is complete in `data` and returns the rest, which is at most rowBytesMax long. */
function* cut(
  data: Buffer,
  layout: TableLayout,
  state: { isSkippingLine: boolean },
): Generator<TableBlock, Buffer> {
  let rest = data;
  if (state.isSkippingLine) {
    const end = rest.indexOf(layout.newline);
    if (end === -1) return rest.subarray(rest.length);
    rest = rest.subarray(end + 1);
    state.isSkippingLine = false;
  }
  for (;;) {
    const end =
      layout.format === 'csv' ? lastCsvRecordEnd(rest, layout) : rest.lastIndexOf(layout.newline) + 1;
    if (end > 0) yield { kind: 'records', bytes: new Uint8Array(rest.subarray(0, end)) };
    rest = rest.subarray(end);
    if (rest.length <= clientLimits.rowBytesMax) return rest;
    const line = rest.indexOf(layout.newline);
    const firstLine = line === -1 ? rest.length : line;
    yield {
      kind: 'dropped',
      fault: firstLine > clientLimits.rowBytesMax ? 'row_too_long' : 'quote_unclosed',
    };
    state.isSkippingLine = line === -1;
    rest = rest.subarray(line === -1 ? rest.length : line + 1);
  }
}
