import { assert } from '../../base/assert.ts';
import { copyToken, sameToken } from '../token/compare.ts';
import type { GraphIndex, MemberBlock, OrdinalSink } from '../types.ts';
import { identifiersPerRecordMax } from '../block/check-block.ts';
import { type ReportTally, reportBitOfCode } from './report-tally.ts';

/** A record, as a row of a block. */
export interface RecordRef {
  readonly block: MemberBlock;
  readonly row: number;
}

/** Looks up the identifiers of records in batches, so that cache misses overlap, and counts the records. */
export interface RecordCounter {
  /**
   * Counts row `row` of `block`. `kept` is the record that takes its place; an identifier that the graph
   * knows and `kept` does not hold is a lost match.
   */
  push(block: MemberBlock, row: number, kept?: RecordRef): void;
  /** Counts what is still waiting. Call it before reading any result. */
  flush(): void;
  /** Whether a counted record held a known identifier that its `kept` record lacks. */
  readonly hasLostMatch: boolean;
}

/** Tokens looked up together. */
const batchTokens = 256;
assert(batchTokens >= identifiersPerRecordMax, () => 'a record fits a batch');

/** `persons` receives the persons that the records name. */
export function createRecordCounter(
  graph: GraphIndex,
  tally: ReportTally,
  sign: 1 | -1,
  persons?: OrdinalSink,
): RecordCounter {
  const tokens = new Uint32Array(batchTokens * 4);
  const types = new Uint8Array(batchTokens);
  const hits = new Uint8Array(batchTokens);
  /** Where each waiting record ends in the batch. */
  const ends = new Uint16Array(batchTokens);
  const keptOf: (RecordRef | undefined)[] = [];
  let waitingRecords = 0;
  let waitingTokens = 0;
  let hasLostMatch = false;

  const flush = (): void => {
    if (waitingTokens > 0) graph.lookup(tokens, 0, waitingTokens, hits, persons);
    let from = 0;
    for (let record = 0; record < waitingRecords; record++) {
      let held = 0;
      let matched = 0;
      const kept = keptOf[record];
      for (; from < ends[record]!; from++) {
        const bit = reportBitOfCode[types[from]!]!;
        held |= bit;
        if (hits[from] === 0) continue;
        matched |= bit;
        if (sign < 0 && !hasLostMatch) hasLostMatch = kept === undefined || !holds(kept, tokens, from);
      }
      tally.count(held, matched, sign);
    }
    waitingRecords = 0;
    waitingTokens = 0;
  };

  return {
    push(block, row, kept) {
      const start = block.identifierStart[row]!;
      const end = block.identifierStart[row + 1]!;
      assert(end > start, () => 'a counted record has an identifier');
      if (waitingTokens + end - start > batchTokens) flush();
      for (let entry = start; entry < end; entry++) {
        types[waitingTokens] = block.identifierType[entry]!;
        copyToken(block.identifierToken, entry, tokens, waitingTokens);
        waitingTokens += 1;
      }
      ends[waitingRecords] = waitingTokens;
      keptOf[waitingRecords] = kept;
      waitingRecords += 1;
    },
    flush,
    get hasLostMatch() {
      return hasLostMatch;
    },
  };
}

function holds({ block, row }: RecordRef, tokens: Uint32Array, index: number): boolean {
  for (let entry = block.identifierStart[row]!; entry < block.identifierStart[row + 1]!; entry++) {
    if (sameToken(block.identifierToken, entry, tokens, index)) return true;
  }
  return false;
}

/** Whether two records hold the same identifiers; blocks keep them in one order. */
export function sameRecord(a: MemberBlock, rowA: number, b: MemberBlock, rowB: number): boolean {
  const startA = a.identifierStart[rowA]!;
  const startB = b.identifierStart[rowB]!;
  const count = a.identifierStart[rowA + 1]! - startA;
  if (count !== b.identifierStart[rowB + 1]! - startB) return false;
  for (let i = 0; i < count; i++) {
    if (a.identifierType[startA + i] !== b.identifierType[startB + i]) return false;
    if (!sameToken(a.identifierToken, startA + i, b.identifierToken, startB + i)) return false;
  }
  return true;
}
