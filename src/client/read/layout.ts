/** How the bytes of a table are to be taken apart; plain data, so that threads can have it. */
export type TableLayout = CsvLayout | NdjsonLayout;

export interface CsvLayout {
  readonly format: 'csv';
  /** One ASCII byte. */
  readonly delimiter: number;
  /** 10, or 13 in files whose lines end in CR alone. */
  readonly newline: number;
  readonly columns: readonly string[];
}

export interface NdjsonLayout {
  readonly format: 'ndjson';
  readonly newline: number;
  /** Names of members; `a.b` is the member b of the object a. */
  readonly columns: readonly string[];
}

/** Why a record cannot be read as a row. */
export type RecordFault = 'row_too_long' | 'quote_unclosed' | 'column_count' | 'repeated_header' | 'not_json';

export const quoteByte = 0x22;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
