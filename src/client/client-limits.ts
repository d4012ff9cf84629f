/** Bounds of reading and preparing files of people. Units come last in a name. */
export const clientLimits = {
  rowBytesMax: 1024 * 1024,
  columnCountMax: 500,
  /** Bytes read at once, and handed to a preparing thread at once. */
  blockBytes: 1024 * 1024,
  /** Bytes and records from the start of the file from which its form and columns are guessed. */
  sampleBytes: 256 * 1024,
  sampleRowCount: 500,
  /** Blocks handed to one thread and not yet returned. */
  blocksInFlightPerThread: 2,
  threadCountMax: 16,
  /** Rows in one batch of people. */
  batchRowCountMax: 20_000,
  /** Values in one cell of several, such as two addresses with a semicolon between them. */
  valuesPerCellMax: 16,
  phoneCharsMax: 64,
  headerNameCharsMax: 200,
} as const;
