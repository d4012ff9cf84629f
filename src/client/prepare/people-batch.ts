import type { MemberColumns } from '../../engine/types.ts';

/** People of a file as columns, in file order. Every row is good: it has an identifier, and an id where one is required. */
export interface PeopleBatch extends MemberColumns {
  /** Identifiers + 1 offsets into uidValueBytes; empty for hashes. */
  readonly uidValueStart: Uint32Array;
  /** UTF-8 of the universal ids themselves (a MAID in lower case), because they travel as they are. */
  readonly uidValueBytes: Uint8Array;
  /** What the identifiers would be under foreign recipes, where that was asked for. */
  readonly foreign: ForeignColumns | null;
}

/** Digests that the people's identifiers would have if they were prepared by a foreign recipe. */
export interface ForeignColumns {
  /** Rows + 1 offsets into the other columns. */
  readonly start: Uint32Array;
  /** Code of the recipe. */
  readonly recipe: Uint8Array;
  /** Code of the identifier's type. */
  readonly type: Uint8Array;
  /** 32 bytes each. */
  readonly digest: Uint8Array;
}

/** Why a row was left out. `rejected` counts these. */
export const rowReasons = [
  'id_missing',
  'id_too_long',
  'id_invalid',
  'identifier_missing',
  'column_count',
  'row_too_long',
  'quote_unclosed',
  'repeated_header',
  'not_json',
] as const;
export type RowReason = (typeof rowReasons)[number];

/** What was wrong with a value, or worth knowing of it. The row stays when it has another identifier. */
export const valueReasons = [
  'email_invalid',
  'phone_invalid',
  'hash_md5',
  'hash_sha1',
  'hash_base64',
  'hash_format',
  'hash_clear_text',
  'hash_of_nothing',
  'maid_invalid',
  'uid_invalid',
  'country_unknown',
  'too_many_values',
  /** Notes: the value is used. */
  'hash_upper_case',
  'already_hashed',
] as const;
export type ValueReason = (typeof valueReasons)[number];

/** One list for both, so that a byte names any of them. */
export const reasons: readonly (RowReason | ValueReason)[] = [...rowReasons, ...valueReasons];

/** Where something was wrong, as columns. Never what it was. */
export interface FaultList {
  readonly count: number;
  /** 0-based line within the block. */
  readonly line: Uint32Array;
  /** Place in `reasons`. */
  readonly reason: Uint8Array;
  /** Column of the file, or -1 for the whole row. */
  readonly column: Int16Array;
  /** The rejected rows as they stand in the file, by place in the list, when they were asked for. */
  readonly rowText: readonly (string | undefined)[];
}

/** What one block of a file became. */
export interface PreparedBlock {
  readonly people: PeopleBatch;
  readonly rowCount: number;
  readonly lineCount: number;
  /** Per place in `reasons`. */
  readonly counts: Uint32Array;
  /** Empty unless faults were asked for. */
  readonly faults: FaultList;
}

/** Cuts a batch into batches of at most `rowCountMax` rows, without copying the large columns. */
export function* sliceBatch(batch: PeopleBatch, rowCountMax: number): Generator<PeopleBatch, void> {
  if (batch.rowCount <= rowCountMax) {
    if (batch.rowCount > 0) yield batch;
    return;
  }
  for (let first = 0; first < batch.rowCount; first += rowCountMax) {
    const end = Math.min(batch.rowCount, first + rowCountMax);
    const identifier = { from: batch.identifierStart[first]!, to: batch.identifierStart[end]! };
    const id = { from: batch.externalIdStart[first]!, to: batch.externalIdStart[end]! };
    const uid = { from: batch.uidValueStart[identifier.from]!, to: batch.uidValueStart[identifier.to]! };
    yield {
      rowCount: end - first,
      rowFaults: batch.rowFaults.subarray(first, end),
      externalIdStart: rebased(batch.externalIdStart, first, end),
      externalIdBytes: batch.externalIdBytes.subarray(id.from, id.to),
      identifierStart: rebased(batch.identifierStart, first, end),
      identifierType: batch.identifierType.subarray(identifier.from, identifier.to),
      identifierDigest: batch.identifierDigest.subarray(identifier.from * 32, identifier.to * 32),
      uidValueStart: rebased(batch.uidValueStart, identifier.from, identifier.to),
      uidValueBytes: batch.uidValueBytes.subarray(uid.from, uid.to),
      foreign: batch.foreign === null ? null : sliceForeign(batch.foreign, first, end),
    };
  }
}

function sliceForeign(
  { start, recipe, type, digest }: ForeignColumns,
  first: number,
  end: number,
): ForeignColumns {
  const from = start[first]!;
  const to = start[end]!;
  return {
    start: rebased(start, first, end),
    recipe: recipe.subarray(from, to),
    type: type.subarray(from, to),
    digest: digest.subarray(from * 32, to * 32),
  };
}

function rebased(starts: Uint32Array, first: number, end: number): Uint32Array {
  const base = starts[first]!;
  const own = new Uint32Array(end + 1 - first);
  for (let i = 0; i < own.length; i++) own[i] = starts[first + i]! - base;
  return own;
}
