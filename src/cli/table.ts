/** A column of a printed table. */
export interface Column {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
}

/**
 * A table as lines of text: a title line, then one line per row, columns two blanks apart, no blanks at line
 * ends. Cells hold plain text; colour would break the widths.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => width(row[at] ?? ''))));
  return all.map((row) =>
    columns
      .map((column, at) => pad(row[at] ?? '', widths[at] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar `cells` wide, filled to `share` (0..1) in eighths of a cell. */
export function bar(share: number, cells: number): string {
  const parts = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const filled = '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
  return filled + '░'.repeat(cells - filled.length);
}

/** One line of a match report: what was sent with a type of identifier, and how much of it is known. */
export interface ReportRow {
  readonly label: string;
  readonly submitted: number;
  readonly matched: number;
}

/** The match report as a table with one bar per identifier type. */
export function matchReportTable(rows: readonly ReportRow[]): readonly string[] {
  const columns: readonly Column[] = [
    { title: 'identifier' },
    { title: 'members', align: 'right' },
    { title: 'matched', align: 'right' },
    { title: 'rate', align: 'right' },
    { title: '' },
  ];
  return table(
    columns,
    rows.map((row) => {
      const share = row.submitted === 0 ? 0 : row.matched / row.submitted;
      return [row.label, count(row.submitted), count(row.matched), percent(share), bar(share, 24)];
    }),
  );
}

/** `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `1 operation`, `2,345 operations`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `64.2 %`; cut, never rounded up, so that 100.0 % means all. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;
}

function pad(cell: string, to: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, to - width(cell)));
  return align === 'left' ? cell + blanks : blanks + cell;
}

/** Characters as a person counts them; wide scripts are rare here and only shift a column. */
function width(cell: string): number {
  return [...cell].length;
}
