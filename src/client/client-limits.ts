import { assert } from '../base/assert.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bounds of reading and preparing files of people. Units come last in a name. */
export const clientLimits = {
  /** A record longer than this is refused as one bad row. */
  rowBytesMax: 1 * MiB,
  columnCountMax: 500,
  /** Bytes handed to a preparing thread at once. */
  blockBytes: 1 * MiB,
  /** Bytes from the start of the file that format, encoding and columns are guessed from. */
  sampleBytes: 256 * KiB,
  sampleRowCount: 1_000,
  /** Blocks handed to one thread and not yet returned. */
  blocksInFlightPerThread: 2,
  threadCountMax: 16,
  /** Rows in one batch of people. */
  batchRowCountMax: 20_000,
  /** Values in one cell of several, such as two phones with a semicolon between them. */
  valuesPerCellMax: 16,
  emailBytesMax: 254,
  phoneCharsMax: 64,
  idBytesMax: 512,
  uidBytesMax: 1 * KiB,
  headerNameCharsMax: 200,
  parquetMemoryMiB: 512,
} as const;

assert(
  clientLimits.sampleBytes <= clientLimits.blockBytes,
  () => 'the sample is the beginning of the first block',
);
