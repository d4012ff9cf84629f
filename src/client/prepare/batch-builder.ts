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
import type { GrowingBytes } from './growing.ts';
import type { PeopleBatch } from './people-batch.ts';

const digestBytes = 32;

/** The columns of a batch while it grows. Identifiers are added first; then the row is kept or dropped. */
export interface BatchBuilder {
  /** Hashes bytes[start…end) and adds the digest to the current row, once. */
  addHashed(code: number, bytes: Uint8Array, start: number, end: number): void;
  /** Adds a digest that is there already. False when it is the hash of nothing. */
  addDigest(code: number, digest: Uint8Array): void;
  /** Adds a universal id: its hash as the digest, and itself. */
  addUid(code: number, value: Uint8Array): void;
  /** Identifiers of the current row. */
  pendingCount(): number;
  keepRow(id: Uint8Array, start: number, end: number): void;
  dropRow(): void;
  finish(): PeopleBatch;
}

/** `rowCountHint` saves growing; it is no bound. */
export function batchBuilder(rowCountHint: number): BatchBuilder {
  const idStart = growingNumbers(rowCountHint + 1);
  const idBytes = growingBytes(rowCountHint * 12 + 64);
  const identifierStart = growingNumbers(rowCountHint + 1);
  const types = growingBytes(rowCountHint * 2 + 8);
  const digests = growingBytes((rowCountHint * 2 + 8) * digestBytes);
  const uidStart = growingNumbers(rowCountHint * 2 + 1);
  const uidBytes = growingBytes(64);
  appendNumber(idStart, 0);
  appendNumber(identifierStart, 0);
  appendNumber(uidStart, 0);
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
    addHashed: (code, bytes, start, end) => {
      reserve(digests, digestBytes);
      hashInto(bytes.subarray(start, end), digests.bytes, digests.length);
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
    },
    dropRow: () => {
      types.length = rowFirst;
      digests.length = rowFirst * digestBytes;
      uidStart.length = rowFirst + 1;
      uidBytes.length = uidStart.values[rowFirst]!;
    },
    finish: () => ({
      rowCount: idStart.length - 1,
      rowFaults: new Uint32Array(idStart.length - 1),
      externalIdStart: finishNumbers(idStart),
      externalIdBytes: finishBytes(idBytes),
      identifierStart: finishNumbers(identifierStart),
      identifierType: finishBytes(types),
      identifierDigest: finishBytes(digests),
      uidValueStart: finishNumbers(uidStart),
      uidValueBytes: finishBytes(uidBytes),
    }),
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
