import type { Primitives } from '../../base/primitives.ts';
import { limits } from '../../base/limits.ts';
import { type ColumnBuilder, columnsHold, createColumns, emptyColumns } from './columns.ts';
import { createNothingHashes, type NothingHashes } from './hash-shape.ts';
import { hashWords } from './hex.ts';

/** Columns of more than a full call of usual members are given back to the system. */
const keptIdentifierCountMax = 400_000;

/**
 * What scans need besides the body and may use again: taking and clearing ten megabytes for every full call costs
 * as much as a fifth of the scan. Columns that a scan gave are views of it and hold until the next scan with it.
 */
export interface ScanMemory {
  readonly nothing: NothingHashes;
  readonly uidType: Uint8Array;
  readonly uidWords: Int32Array;
  /** One value's bytes. */
  readonly value: Uint8Array;
  readonly valueView: DataView;
  /** Columns for a body of so many bytes, with nothing in them. Old values behind their counts are never read. */
  takeColumns(bodyBytes: number): ColumnBuilder;
}

/** For one thread; one scan at a time. */
export function createScanMemory(primitives: Primitives): ScanMemory {
  const value = new Uint8Array(limits.uidValueBytesMax);
  let kept: ColumnBuilder | null = null;
  return {
    nothing: createNothingHashes(primitives),
    uidType: new Uint8Array(limits.uidCountPerMemberMax),
    uidWords: new Int32Array(limits.uidCountPerMemberMax * hashWords),
    value,
    valueView: new DataView(value.buffer),
    takeColumns(bodyBytes) {
      const isTooLarge = kept !== null && kept.identifierType.length > keptIdentifierCountMax;
      if (kept === null || isTooLarge || !columnsHold(kept, bodyBytes)) kept = createColumns(bodyBytes);
      emptyColumns(kept);
      return kept;
    },
  };
}
