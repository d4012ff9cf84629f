/** A file of people as the members of an audience: one for each external id, in columns, as they can be sent. */
import { identifierCodes } from '../../base/identifier-types.ts';
import type { Primitives } from '../../base/primitives.ts';
import { derivedId } from '../../engine/forward/build-forward.ts';
import { noFallback } from '../../engine/forward/encode-forward.ts';
import { createForwardBuilder, type ForwardBuilder } from '../../engine/forward/forward-builder.ts';
import { digestBytes, type ForwardMembers } from '../../engine/forward/forward-members.ts';
import { mergeForward } from '../../engine/forward/merge-forward.ts';
import type { Tokeniser } from '../../engine/token/tokeniser.ts';
import type { PeopleBatch } from '../prepare/people-batch.ts';
import { concealedId, revealsSomebody } from './concealed-id.ts';

/** What became of a file's people on the way to members. */
export interface MemberCounts {
  /** Rows whose id another, later row has too: the later one is sent. */
  readonly repeated: number;
  /** Members without an id in the file, named after their identifiers. */
  readonly named: number;
  /** Ids that were an e-mail address or a phone number, and are sent as a hash. */
  readonly concealed: number;
  /** Phone numbers beyond the first of a person: AdCP has one place for them. */
  readonly furtherPhones: number;
  /** Identifiers of a kind that the seller does not take. */
  readonly notTaken: number;
  /** People who were left with nothing that the seller takes. */
  readonly withoutIdentifier: number;
}

export interface MemberList {
  /** Sorted by keyed token of the id. */
  readonly members: ForwardMembers;
  readonly counts: MemberCounts;
}

export interface MemberCollector {
  add(batch: PeopleBatch): void;
  finish(): MemberList;
}

export interface MemberListOptions {
  readonly tokeniser: Tokeniser;
  readonly primitives: Primitives;
  /** Whether the seller takes identifiers of this code. */
  readonly takes: (code: number) => boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Costs about a microsecond a row. */
export function createMemberCollector(options: MemberListOptions): MemberCollector {
  const builder = createForwardBuilder({ rows: 1_024, identifiers: 2_048, idBytes: 16_384, valueBytes: 0 });
  const counts: Mutable<MemberCounts> = {
    ...{ repeated: 0, named: 0, concealed: 0, furtherPhones: 0, notTaken: 0, withoutIdentifier: 0 },
  };
  return {
    add(batch) {
      const ids = idsOf(batch, options.primitives, counts);
      const tokens = memberTokens(ids, options.tokeniser);
      for (let row = 0; row < batch.rowCount; row++)
        addRow(builder, batch, row, ids, tokens, options, counts);
    },
    finish() {
      const rows = builder.finish();
      const members = mergeForward([{ members: rows, fallback: noFallback }]);
      counts.repeated = rows.rowCount - members.rowCount;
      return { members, counts };
    },
  };
}

interface Ids {
  readonly start: Uint32Array;
  readonly bytes: Uint8Array;
}

/** The ids that are sent: those of the file where they are there and give nobody away. */
function idsOf(batch: PeopleBatch, primitives: Primitives, counts: Mutable<MemberCounts>): Ids {
  const { rowCount, externalIdStart, externalIdBytes } = batch;
  const sent: (Uint8Array | null)[] = Array.from({ length: rowCount }, (_, row) => {
    const id = externalIdBytes.subarray(externalIdStart[row], externalIdStart[row + 1]);
    if (id.length === 0) {
      counts.named += 1;
      return derivedId(batch, row, primitives);
    }
    if (!revealsSomebody(id, batch, row, primitives)) return null;
    counts.concealed += 1;
    return concealedId(id, primitives);
  });
  if (sent.every((id) => id === null)) return { start: externalIdStart, bytes: externalIdBytes };
  const start = new Uint32Array(rowCount + 1);
  const parts = sent.map((id, row) => {
    const own = id ?? externalIdBytes.subarray(externalIdStart[row], externalIdStart[row + 1]);
    start[row + 1] = start[row]! + own.length;
    return own;
  });
  return { start, bytes: Buffer.concat(parts) };
}

const noIdentifiers = { identifierType: new Uint8Array(0), identifierDigest: new Uint8Array(0) };

function memberTokens({ start, bytes }: Ids, tokeniser: Tokeniser): Uint32Array {
  const rowCount = start.length - 1;
  const { memberToken } = tokeniser.tokenise({
    ...{ rowCount, rowFaults: new Uint32Array(rowCount), identifierStart: new Uint32Array(rowCount + 1) },
    ...{ externalIdStart: start, externalIdBytes: bytes },
    ...noIdentifiers,
  });
  return memberToken;
}

/** In the order of the file, so that the first phone number is the one that is sent; each identifier once. */
function addRow(
  builder: ForwardBuilder,
  batch: PeopleBatch,
  row: number,
  ids: Ids,
  tokens: Uint32Array,
  { takes }: MemberListOptions,
  counts: Mutable<MemberCounts>,
): void {
  const { identifierStart, identifierType, identifierDigest, uidValueStart, uidValueBytes } = batch;
  const from = identifierStart[row]!;
  const to = identifierStart[row + 1]!;
  const wanted: number[] = [];
  let hasPhone = false;
  for (let i = from; i < to; i++) {
    const type = identifierType[i]!;
    if (!takes(type)) counts.notTaken += 1;
    else if (wanted.some((other) => isSame(batch, other, i))) continue;
    else if (type === identifierCodes.hashed_phone && hasPhone) counts.furtherPhones += 1;
    else {
      hasPhone ||= type === identifierCodes.hashed_phone;
      wanted.push(i);
    }
  }
  if (wanted.length === 0) {
    counts.withoutIdentifier += 1;
    return;
  }
  builder.record(tokens, row, ids.bytes, ids.start[row]!, ids.start[row + 1]!);
  for (const i of wanted)
    builder.identifier(
      identifierType[i]!,
      identifierDigest,
      i,
      uidValueBytes,
      uidValueStart[i]!,
      uidValueStart[i + 1]!,
    );
}

function isSame({ identifierType, identifierDigest }: PeopleBatch, a: number, b: number): boolean {
  if (identifierType[a] !== identifierType[b]) return false;
  for (let at = 0; at < digestBytes; at++)
    if (identifierDigest[a * digestBytes + at] !== identifierDigest[b * digestBytes + at]) return false;
  return true;
}
