import { hashInto } from '../normalise/hash-text.ts';
import {
  appendBytes,
  appendNumber,
  finishBytes,
  finishNumbers,
  growingBytes,
  growingNumbers,
  reserve,
} from './growing.ts';
import type { GrowingBytes, GrowingNumbers } from './growing.ts';
import { foreignBuilder, type ForeignBuilder } from './foreign-builder.ts';
import type { PeopleBatch } from './people-batch.ts';

const digestBytes = 32;

/** The columns of a batch while it grows. Identifiers are added first; then the row is kept or dropped. */
export interface BatchBuilder {
  /** Hashes a value and adds the digest to the current row, once. */
  addHashed(code: number, value: Uint8Array): void;
  /** Adds a digest that is there already. */
  addDigest(code: number, digest: Uint8Array): void;
  /** Adds a universal id: its hash as the digest, and itself. */
  addUid(code: number, value: Uint8Array): void;
  /** Identifiers of the current row. */
  pendingCount(): number;
  keepRow(id: Uint8Array, start: number, end: number): void;
  dropRow(): void;
  /** Where what identifiers would be under foreign recipes goes, beside the identifiers; null where nobody asks. */
  readonly foreign: ForeignBuilder | null;
  finish(): PeopleBatch;
}

interface Columns {
  readonly idStart: GrowingNumbers;
  readonly idBytes: GrowingBytes;
  readonly identifierStart: GrowingNumbers;
  readonly types: GrowingBytes;
  readonly digests: GrowingBytes;
  readonly uidStart: GrowingNumbers;
  readonly uidBytes: GrowingBytes;
}

function newColumns(rowCountHint: number): Columns {
  const columns = {
    idStart: growingNumbers(rowCountHint + 1),
    idBytes: growingBytes(rowCountHint * 12 + 64),
    identifierStart: growingNumbers(rowCountHint + 1),
    types: growingBytes(rowCountHint * 2 + 8),
    digests: growingBytes((rowCountHint * 2 + 8) * digestBytes),
    uidStart: growingNumbers(rowCountHint * 2 + 1),
    uidBytes: growingBytes(64),
  };
  for (const starts of [columns.idStart, columns.identifierStart, columns.uidStart]) appendNumber(starts, 0);
  return columns;
}

function batchOf(columns: Columns, foreign: ForeignBuilder | null): PeopleBatch {
  const rowCount = columns.idStart.length - 1;
  return {
    rowCount,
    rowFaults: new Uint32Array(rowCount),
    externalIdStart: finishNumbers(columns.idStart),
    externalIdBytes: finishBytes(columns.idBytes),
    identifierStart: finishNumbers(columns.identifierStart),
    identifierType: finishBytes(columns.types),
    identifierDigest: finishBytes(columns.digests),
    uidValueStart: finishNumbers(columns.uidStart),
    uidValueBytes: finishBytes(columns.uidBytes),
    foreign: foreign?.finish() ?? null,
  };
}

/** `rowCountHint` saves growing; it is no bound. */
export function batchBuilder(rowCountHint: number, withForeign = false): BatchBuilder {
  const columns = newColumns(rowCountHint);
  const foreign = withForeign ? foreignBuilder(rowCountHint) : null;
  const { idStart, idBytes, identifierStart, types, digests, uidStart, uidBytes } = columns;
  let rowFirst = 0;

  /** The digest at the end of the column becomes an identifier unless the row has it. */
  const accept = (code: number): boolean => {
    if (repeats(types, digests.bytes, rowFirst, code)) return false;
    reserve(types, 1);
    types.bytes[types.length++] = code;
    digests.length += digestBytes;
    return true;
  };
  return {
    addHashed: (code, value) => {
      reserve(digests, digestBytes);
      hashInto(value, digests.bytes, digests.length);
      if (accept(code)) appendNumber(uidStart, uidBytes.length);
    },
    addDigest: (code, digest) => {
      reserve(digests, digestBytes);
      digests.bytes.set(digest, digests.length);
      if (accept(code)) appendNumber(uidStart, uidBytes.length);
    },
    addUid: (code, value) => {
      reserve(digests, digestBytes);
      hashInto(value, digests.bytes, digests.length);
      if (!accept(code)) return;
      appendBytes(uidBytes, value, 0, value.length);
      appendNumber(uidStart, uidBytes.length);
    },
    pendingCount: () => types.length - rowFirst,
    keepRow: (id, start, end) => {
      appendBytes(idBytes, id, start, end);
      appendNumber(idStart, idBytes.length);
      appendNumber(identifierStart, types.length);
      rowFirst = types.length;
      foreign?.endRow();
    },
    dropRow: () => {
      // A row without identifiers has nothing foreign either.
      types.length = rowFirst;
      digests.length = rowFirst * digestBytes;
      uidStart.length = rowFirst + 1;
      uidBytes.length = uidStart.values[rowFirst]!;
    },
    foreign,
    finish: () => batchOf(columns, foreign),
  };
}

/** Whether the row has the type with the digest that stands behind the last one. Rows are short. */
function repeats(types: GrowingBytes, digests: Buffer, rowFirst: number, code: number): boolean {
  const candidate = types.length * digestBytes;
  for (let i = rowFirst; i < types.length; i++) {
    if (types.bytes[i] !== code) continue;
    const at = i * digestBytes;
    let k = 0;
    while (k < digestBytes && digests[at + k] === digests[candidate + k]) k++;
    if (k === digestBytes) return true;
  }
  return false;
}
