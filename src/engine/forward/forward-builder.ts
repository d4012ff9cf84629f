import { copyToken } from '../token/compare.ts';
import { digestBytes, type ForwardMembers } from './forward-members.ts';

/** Room that is asked for at first. All of it grows. */
export interface ForwardRoom {
  readonly rows: number;
  readonly identifiers: number;
  readonly idBytes: number;
  readonly valueBytes: number;
}

/** Collects rows in the order of their tokens. */
export interface ForwardBuilder {
  readonly rowCount: number;
  tombstone(tokens: Uint32Array, row: number): void;
  /** Begins a record; its identifiers follow. */
  record(tokens: Uint32Array, row: number, idBytes: Uint8Array, idStart: number, idEnd: number): void;
  identifier(
    type: number,
    digests: Uint8Array,
    index: number,
    values: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void;
  /** Copies one record as it is. */
  copy(from: ForwardMembers, row: number): void;
  /** The rows so far, in columns that end where they end. */
  finish(): ForwardMembers;
}

interface Growing {
  rows: number;
  identifiers: number;
  ids: number;
  values: number;
  memberToken: Uint32Array;
  tombstone: Uint8Array;
  externalIdStart: Uint32Array;
  externalIdBytes: Uint8Array;
  identifierStart: Uint32Array;
  identifierType: Uint8Array;
  identifierDigest: Uint8Array;
  valueStart: Uint32Array;
  valueBytes: Uint8Array;
}

export function createForwardBuilder(room: ForwardRoom): ForwardBuilder {
  const g = growing(room);
  const builder: ForwardBuilder = {
    get rowCount() {
      return g.rows;
    },
    tombstone(tokens, row) {
      beginRow(g, tokens, row, 1, noBytes, 0, 0);
    },
    record(tokens, row, idBytes, idStart, idEnd) {
      beginRow(g, tokens, row, 0, idBytes, idStart, idEnd);
    },
    identifier(type, digests, index, values, valueStart, valueEnd) {
      reserve(g, 0, 1, 0, valueEnd - valueStart);
      const digest = index * digestBytes;
      g.identifierType[g.identifiers] = type;
      copyBytes(digests, digest, digest + digestBytes, g.identifierDigest, g.identifiers * digestBytes);
      copyBytes(values, valueStart, valueEnd, g.valueBytes, g.values);
      g.values += valueEnd - valueStart;
      g.identifiers += 1;
      g.valueStart[g.identifiers] = g.values;
      g.identifierStart[g.rows] = g.identifiers;
    },
    copy(from, row) {
      const ids = from.externalIdStart;
      builder.record(from.memberToken, row, from.externalIdBytes, ids[row]!, ids[row + 1]!);
      for (let i = from.identifierStart[row]!; i < from.identifierStart[row + 1]!; i++) {
        const type = from.identifierType[i]!;
        const starts = from.valueStart;
        builder.identifier(type, from.identifierDigest, i, from.valueBytes, starts[i]!, starts[i + 1]!);
      }
    },
    finish: () => finished(g),
  };
  return builder;
}

const noBytes = new Uint8Array(0);

function beginRow(
  g: Growing,
  tokens: Uint32Array,
  row: number,
  tombstone: 0 | 1,
  idBytes: Uint8Array,
  idStart: number,
  idEnd: number,
): void {
  reserve(g, 1, 0, idEnd - idStart, 0);
  copyToken(tokens, row, g.memberToken, g.rows);
  g.tombstone[g.rows] = tombstone;
  copyBytes(idBytes, idStart, idEnd, g.externalIdBytes, g.ids);
  g.ids += idEnd - idStart;
  g.rows += 1;
  g.externalIdStart[g.rows] = g.ids;
  g.identifierStart[g.rows] = g.identifiers;
}

function growing({ rows, identifiers, idBytes, valueBytes }: ForwardRoom): Growing {
  return {
    rows: 0,
    identifiers: 0,
    ids: 0,
    values: 0,
    memberToken: new Uint32Array(rows * 4),
    tombstone: new Uint8Array(rows),
    externalIdStart: new Uint32Array(rows + 1),
    externalIdBytes: new Uint8Array(idBytes),
    identifierStart: new Uint32Array(rows + 1),
    identifierType: new Uint8Array(identifiers),
    identifierDigest: new Uint8Array(identifiers * digestBytes),
    valueStart: new Uint32Array(identifiers + 1),
    valueBytes: new Uint8Array(valueBytes),
  };
}

function reserve(g: Growing, rows: number, identifiers: number, idBytes: number, valueBytes: number): void {
  if (g.rows + rows > g.tombstone.length) {
    const room = (g.rows + rows) * 2;
    g.memberToken = grown(g.memberToken, new Uint32Array(room * 4));
    g.tombstone = grown(g.tombstone, new Uint8Array(room));
    g.externalIdStart = grown(g.externalIdStart, new Uint32Array(room + 1));
    g.identifierStart = grown(g.identifierStart, new Uint32Array(room + 1));
  }
  if (g.identifiers + identifiers > g.identifierType.length) {
    const room = (g.identifiers + identifiers) * 2;
    g.identifierType = grown(g.identifierType, new Uint8Array(room));
    g.identifierDigest = grown(g.identifierDigest, new Uint8Array(room * digestBytes));
    g.valueStart = grown(g.valueStart, new Uint32Array(room + 1));
  }
  if (g.ids + idBytes > g.externalIdBytes.length) {
    g.externalIdBytes = grown(g.externalIdBytes, new Uint8Array((g.ids + idBytes) * 2));
  }
  if (g.values + valueBytes > g.valueBytes.length) {
    g.valueBytes = grown(g.valueBytes, new Uint8Array((g.values + valueBytes) * 2));
  }
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Cheaper than `set` with a view for the few bytes of one value. */
function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}

function finished(g: Growing): ForwardMembers {
  return {
    rowCount: g.rows,
    memberToken: g.memberToken.subarray(0, g.rows * 4),
    tombstone: g.tombstone.subarray(0, g.rows),
    externalIdStart: g.externalIdStart.subarray(0, g.rows + 1),
    externalIdBytes: g.externalIdBytes.subarray(0, g.ids),
    identifierStart: g.identifierStart.subarray(0, g.rows + 1),
    identifierType: g.identifierType.subarray(0, g.identifiers),
    identifierDigest: g.identifierDigest.subarray(0, g.identifiers * digestBytes),
    valueStart: g.valueStart.subarray(0, g.identifiers + 1),
    valueBytes: g.valueBytes.subarray(0, g.values),
  };
}
