import { newFieldSpans, splitCsv } from './csv-rows.ts';
import type { TableLayout } from './layout.ts';
import { parseRecord, textAt } from './ndjson-rows.ts';
import { openTable } from './open-table.ts';

/** A file as rows of text, values by column position, trimmed of nothing. */
export interface TextTable {
  readonly columns: readonly string[];
  /** Rows that can be read; records that cannot are passed over. */
  readonly rows: AsyncIterable<readonly string[]>;
}

/** Reads any file of rows as text. For previews and tests: people are prepared from bytes instead. */
export async function readTable(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<TextTable> {
  const table = await openTable(path);
  async function* rows(): AsyncGenerator<readonly string[], void> {
    for await (const block of table.blocks(options.signal)) {
      if (block.kind === 'records') yield* rowsOf(Buffer.from(block.bytes.buffer), table.layout);
    }
  }
  return { columns: table.layout.columns, rows: { [Symbol.asyncIterator]: rows } };
}

function rowsOf(bytes: Buffer, layout: TableLayout): string[][] {
  const rows: string[][] = [];
  const { columns } = layout;
  if (layout.format === 'ndjson') {
    for (const line of bytes.toString('utf8').split('\n')) {
      const record = line.trim() === '' ? undefined : parseRecord(line);
      if (record !== undefined) rows.push(columns.map((name) => textAt(record, name)));
    }
    return rows;
  }
  const fields = newFieldSpans();
  splitCsv(bytes, bytes.length, layout, fields, {
    row: () => {
      rows.push(
        columns.map((_, i) =>
          i < fields.count ? bytes.toString('utf8', fields.start[i], fields.end[i]) : '',
        ),
      );
    },
    bad: () => undefined,
  });
  return rows;
}
