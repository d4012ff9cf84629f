/**
 * A stored block or operation, little-endian. Every section begins at a multiple of 16 bytes and the
 * gaps are zero, so that token columns can be read in place.
 *
 * | header word | holds |
 * | --- | --- |
 * | 0 | `RCMB` |
 * | 1 | CRC-32 of everything behind this word |
 * | 2 | format version (low 16 bits), 1 for an operation or 0 for a block (high 16 bits) |
 * | 3 | bytes in all |
 * | 4, 5 | rows, identifiers |
 * | 6, 7, 8 | shapes, bits per row (255: rows are spelled out), bytes of the shape table |
 * | 9, 10 | fallback entries, their identifiers |
 * | 11 … 15 | zero |
 *
 * Sections: shape table · packed shapes (or a length byte per row and a code per identifier) · member
 * tokens · identifier tokens · of the fallback: member tokens, identifier tokens, offsets, codes, flags.
 */
export const blockMagic = 0x424d4352;
export const blockFormatVersion = 1;
export const headerWords = 16;
export const headerBytes = headerWords * 4;
/** In header word 7: too many shapes for a table. */
export const spelledOut = 255;
/** Bytes that the checksum covers begin here. */
export const checkedFrom = 8;

export interface LayoutCounts {
  readonly rowCount: number;
  readonly identifierCount: number;
  readonly tableBytes: number;
  /** Bytes that describe the rows: packed shapes, or lengths and codes. */
  readonly rowBytes: number;
  readonly entryCount: number;
  readonly entryIdentifierCount: number;
}

/** Byte offsets of the sections. Exact for any counts that 32 bits hold. */
export interface Layout {
  readonly table: number;
  readonly rows: number;
  readonly memberToken: number;
  readonly identifierToken: number;
  readonly entryMember: number;
  readonly entryToken: number;
  readonly entryStart: number;
  readonly entryType: number;
  readonly entryFlag: number;
  readonly totalBytes: number;
}

const padded = (bytes: number): number => Math.ceil(bytes / 16) * 16;

export function layoutOf(counts: LayoutCounts): Layout {
  const table = headerBytes;
  const rows = table + padded(counts.tableBytes);
  const memberToken = rows + padded(counts.rowBytes);
  const identifierToken = memberToken + counts.rowCount * 16;
  const entryMember = identifierToken + counts.identifierCount * 16;
  const entryToken = entryMember + counts.entryCount * 16;
  const entryStart = entryToken + counts.entryIdentifierCount * 16;
  const entryType = entryStart + (counts.entryCount === 0 ? 0 : padded((counts.entryCount + 1) * 4));
  const entryFlag = entryType + padded(counts.entryIdentifierCount);
  const totalBytes = entryFlag + padded(counts.entryCount);
  return {
    table,
    rows,
    memberToken,
    identifierToken,
    entryMember,
    entryToken,
    entryStart,
    entryType,
    entryFlag,
    totalBytes,
  };
}
