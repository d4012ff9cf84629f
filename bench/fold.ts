/**
 * Times what happens between scanned members and exact counts: preparing an operation of 100,000 members
 * (half of them there already, with other identifiers), folding it into an audience, and the scans that
 * cannot be avoided (a full count, a removal by identifier, a merge). Best of several rounds, and a hash of
 * the answers. The graph is a plain hash table of the bench's own, so that only this part is measured.
 * Run: `node bench/fold.ts [--members 10000000] [--smoke]`.
 */
import { createHash } from 'node:crypto';

import { assert } from '../src/base/assert.ts';
import { identifierCodes } from '../src/base/identifier-types.ts';
import { limits } from '../src/base/limits.ts';
import { createAudienceView } from '../src/engine/block/audience-view.ts';
import { decodeBlock, decodeOperation } from '../src/engine/block/decode.ts';
import { encodeBlock } from '../src/engine/block/encode.ts';
import { digestOf } from '../src/engine/block/member-digest.ts';
import { mergePieces } from '../src/engine/block/merge.ts';
import { foldOperation, viewAfter } from '../src/engine/match/fold-operation.ts';
import { matchAll } from '../src/engine/match/match-all.ts';
import { prepareCall } from '../src/engine/prepare/prepare-call.ts';
import { createTokeniser } from '../src/engine/token/tokeniser.ts';
import type {
  AudienceOperation,
  GraphIndex,
  MemberBlock,
  MemberColumns,
  ScannedRequest,
} from '../src/engine/types.ts';
import { nodePrimitives } from '../src/platform/primitives.ts';

const smoke = process.argv.includes('--smoke');
const flag = process.argv.indexOf('--members');
const audienceMembers = flag > 0 ? Number(process.argv[flag + 1]) : smoke ? 20_000 : 1_000_000;
const callMembers = smoke ? 1_000 : 100_000;
const rounds = smoke ? 2 : 5;
assert(Number.isInteger(audienceMembers) && audienceMembers >= callMembers, () => '--members is too small');

let state = 0x2545f491;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}
function randomWords(count: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) words[i] = random();
  return words;
}

/** Members `crm_0 …`, an e-mail each and a phone every second. */
function columnsOf(rowCount: number): MemberColumns {
  const identifierCount = rowCount + Math.ceil(rowCount / 2);
  const identifierStart = new Uint32Array(rowCount + 1);
  const identifierType = new Uint8Array(identifierCount);
  const externalIdStart = new Uint32Array(rowCount + 1);
  const ids = Buffer.alloc(rowCount * 12);
  for (let row = 0, at = 0; row < rowCount; row++) {
    const written = ids.write(`crm_${row}`, externalIdStart[row]!);
    externalIdStart[row + 1] = externalIdStart[row]! + written;
    identifierType[at++] = identifierCodes.hashed_email;
    if (row % 2 === 0) identifierType[at++] = identifierCodes.hashed_phone;
    identifierStart[row + 1] = at;
  }
  return {
    rowCount,
    rowFaults: new Uint32Array(rowCount),
    externalIdStart,
    externalIdBytes: Uint8Array.from(ids),
    identifierStart,
    identifierType,
    identifierDigest: new Uint8Array(randomWords(identifierCount * 8).buffer),
  };
}

function requestOf(columns: MemberColumns): ScannedRequest {
  const array = { audienceIndex: 0, side: 'add', firstRow: 0, rowCount: columns.rowCount } as const;
  const arrays = [{ ...array, faults: [], rejected: [] }];
  return { skeleton: {}, arrays, columns, membersDigest: new Uint8Array(32) };
}

/** A block of members that nobody asks for. */
function strangers(rowCount: number): MemberBlock[] {
  const leads = randomWords(rowCount).sort();
  const pieces: MemberBlock[] = [];
  for (let first = 0; first < rowCount; first += limits.blockPieceRowCountMax) {
    const rows = Math.min(limits.blockPieceRowCountMax, rowCount - first);
    const memberToken = randomWords(rows * 4);
    for (let row = 0; row < rows; row++) {
      memberToken[row * 4] = leads[first + row]!;
      // Rows with one lead would have to be in order of their next word.
      memberToken[row * 4 + 1] = first + row;
    }
    const { identifierStart, identifierType } = columnShape(rows);
    const identifierToken = randomWords(identifierType.length * 4);
    const tombstone = new Uint8Array(rows);
    pieces.push({ rowCount: rows, memberToken, tombstone, identifierStart, identifierType, identifierToken });
  }
  return pieces;
}

function columnShape(rows: number): Pick<MemberBlock, 'identifierStart' | 'identifierType'> {
  const identifierStart = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) identifierStart[row + 1] = identifierStart[row]! + 1 + ((row + 1) % 2);
  const identifierType = new Uint8Array(identifierStart[rows]!).fill(identifierCodes.hashed_email);
  for (let row = 0; row < rows; row += 2) {
    identifierType[identifierStart[row]! + 1] = identifierCodes.hashed_phone;
  }
  return { identifierStart, identifierType };
}

/** Every second identifier of the lists names a person; probing starts at the token's second word. */
function tableGraph(lists: readonly Uint32Array[]): GraphIndex {
  const total = lists.reduce((sum, list) => sum + list.length / 4, 0);
  const mask = 2 ** Math.ceil(Math.log2(total + 1)) - 1;
  const table = new Uint32Array((mask + 1) * 4);
  const slotOf = (tokens: Uint32Array, at: number): number => {
    let slot = tokens[at + 1]! & mask;
    while (table[slot * 4 + 3] !== 0) {
      if (table[slot * 4] === tokens[at] && table[slot * 4 + 1] === tokens[at + 1]) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  let personCount = 0;
  for (const list of lists) {
    for (let at = 0; at < list.length; at += 8) {
      const slot = slotOf(list, at);
      table.set([list[at]!, list[at + 1]!, personCount, 1], slot * 4);
      personCount += 1;
    }
  }
  return {
    version: 1,
    personCount,
    entryCount: personCount,
    memoryBytes: table.byteLength,
    lookup(tokens, offset, count, hits, persons) {
      for (let i = 0; i < count; i++) {
        const slot = slotOf(tokens, (offset + i) * 4) * 4;
        hits[i] = table[slot + 3]!;
        if (hits[i] !== 0) persons?.add(table[slot + 2]!);
      }
    },
  };
}

const answers = createHash('sha256');
/** Runs the work several times; prints the best and the median in milliseconds. */
function timed<T>(name: string, work: () => T): T {
  const times: number[] = [];
  let result: T | undefined;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    result = work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)]!;
  console.log(
    `${name.padEnd(44)} best ${times[0]!.toFixed(1).padStart(8)}  median ${median.toFixed(1).padStart(8)} ms`,
  );
  return result as T;
}

const tokeniser = createTokeniser(new Uint8Array(32).fill(1), nodePrimitives);
const policy = { derivesMissingKeys: false, invalidMembers: 'fail' } as const;

function operationOf(columns: MemberColumns): AudienceOperation {
  const [prepared] = prepareCall(requestOf(columns), policy, tokeniser, nodePrimitives);
  const decoded = decodeOperation(prepared!.operation!, nodePrimitives);
  assert(decoded.ok, () => 'an operation reads back');
  return decoded.operation;
}

function main(): void {
  const call = columnsOf(callMembers);
  const request = requestOf(call);
  timed('tokenise', () => tokeniser.tokenise(call));
  const [prepared] = timed('prepare (tokens, order, rules, encoding)', () =>
    prepareCall(request, policy, tokeniser, nodePrimitives),
  );
  const bytes = prepared!.operation!;
  const operation = timed('decode the operation', () => {
    const decoded = decodeOperation(bytes, nodePrimitives);
    assert(decoded.ok, () => 'an operation reads back');
    return decoded.operation;
  });
  console.log(`bytes per member ${(bytes.length / callMembers).toFixed(2)}`);

  const known = operationOf(columnsOf(callMembers / 2)).block;
  const newest = { dropTombstones: true };
  const base = [...mergePieces([[known], strangers(audienceMembers - known.rowCount)], newest)];
  const graph = tableGraph([operation.block.identifierToken, ...base.map((piece) => piece.identifierToken)]);
  const view = createAudienceView([base]);
  const before = timed('count all', () => matchAll({ view, graph }));
  const digest = timed('digest of all members', () => digestOf(view));
  timed('look up the members', () => view.lookup(operation.block.memberToken, callMembers));
  const folded = timed('fold with exact counts', () =>
    foldOperation({ view, operation, graph, counts: before.counts, digest }),
  );
  const after = viewAfter(view, operation, folded.extraTombstones);
  const full = timed('count all, two blocks', () => matchAll({ view: after, graph }));
  assert(JSON.stringify(full.counts) === JSON.stringify(folded.counts), () => 'both counts agree');
  assert(digestOf(after).join() === folded.digest.join(), () => 'both digests agree');
  const holders = timed('find holders of 1,000 identifiers', () =>
    after.membersHolding(operation.block.identifierToken, 1_000),
  );
  const pieces = timed('merge both blocks', () => {
    let rows = 0;
    for (const piece of mergePieces(after.blocks, newest)) rows += piece.rowCount;
    return rows;
  });
  const stored = encodeBlock(base[0]!, nodePrimitives);
  timed('decode a piece', () => decodeBlock(stored, nodePrimitives));
  answers.update(JSON.stringify([folded.counts, folded.change, full.users.size, holders.length, pieces]));
  answers.update(bytes);
  console.log(
    `members ${audienceMembers}, call ${callMembers}, answers ${answers.digest('hex').slice(0, 16)}`,
  );
}

main();
