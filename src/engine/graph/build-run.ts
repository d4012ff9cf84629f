import { assert } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import { layoutFor, type LayoutPolicy, personCountMax, typeBits, typeMask } from './layout.ts';
import { createRunWriter, emptyRun, type Run } from './run.ts';
import { createEntrySorter, entryWords } from './sort-entries.ts';

/** Collects entries in any order and sorts them into a run. */
export interface RunBuilder {
  /** Entries given so far, doubles included. */
  readonly count: number;
  /** Token `tokens[index]` (4 words) with an identifier code names this person. */
  add(tokens: Uint32Array, index: number, type: number, person: number): void;
  /** Whole columns, one entry a row; faster than one by one. */
  addColumns(tokens: Uint32Array, types: Uint8Array, persons: Uint32Array): void;
  /** The run; pairs given twice are in it once. The builder is empty afterwards. */
  finish(policy: LayoutPolicy): Run;
}

/**
 * Entries go into 256 partitions by their first byte as they come, so that sorting stays inside the
 * cache. Holds 16 bytes an entry beside the run it makes; 20 million entries take about two seconds.
 */
const partitionBits = 8;
const partitionCount = 2 ** partitionBits;
const chunkEntriesMin = 16;
const chunkEntriesMax = 8192;

export function createRunBuilder(): RunBuilder {
  let partitions = emptyPartitions();
  let count = 0;

  return {
    get count() {
      return count;
    },
    add(tokens, index, type, person) {
      push(partitions, tokens, index * 4, type, person);
      count += 1;
    },
    addColumns(tokens, types, persons) {
      assert(
        tokens.length === persons.length * 4 && types.length === persons.length,
        () => 'a token and a type per entry',
      );
      for (let row = 0; row < persons.length; row++) {
        push(partitions, tokens, row * 4, types[row]!, persons[row]!);
      }
      count += persons.length;
    },
    finish(policy) {
      assert(count <= limits.graphEntryCountMax, () => 'a run has no more entries than a graph may');
      const taken = partitions;
      partitions = emptyPartitions();
      const given = count;
      count = 0;
      return given === 0 ? emptyRun : finishRun(taken, policy);
    },
  };
}

interface Partition {
  chunks: Uint32Array[];
  /** The last of the chunks, and how many of its words are taken. */
  open: Uint32Array;
  filled: number;
  count: number;
}

const noWords = new Uint32Array(0);

const emptyPartitions = (): Partition[] =>
  Array.from({ length: partitionCount }, () => ({ chunks: [], open: noWords, filled: 0, count: 0 }));

function push(partitions: Partition[], tokens: Uint32Array, at: number, type: number, person: number): void {
  assert(person < personCountMax && type > 0 && type <= typeMask, () => 'person and type fit a record');
  const w0 = tokens[at]!;
  const partition = partitions[w0 >>> (32 - partitionBits)]!;
  if (partition.filled === partition.open.length) openChunk(partition);
  const { open, filled } = partition;
  open[filled] = w0;
  open[filled + 1] = tokens[at + 1]!;
  open[filled + 2] = tokens[at + 2]!;
  open[filled + 3] = person * 2 ** typeBits + type;
  partition.filled = filled + entryWords;
  partition.count += 1;
}

function openChunk(partition: Partition): void {
  const entries = Math.min(chunkEntriesMax, Math.max(chunkEntriesMin, partition.count));
  partition.open = new Uint32Array(entries * entryWords);
  partition.chunks.push(partition.open);
  partition.filled = 0;
}

function finishRun(partitions: readonly Partition[], policy: LayoutPolicy): Run {
  const sorter = createEntrySorter(partitions.reduce((most, { count }) => Math.max(most, count), 0));
  let total = 0;
  for (const partition of partitions) {
    if (partition.count > 0) {
      partition.count = sorter.sort(partition.chunks, partition.count, partitionBits);
    }
    total += partition.count;
  }
  const writer = createRunWriter(layoutFor(total, policy), total);
  for (const partition of partitions) {
    let left = partition.count * entryWords;
    for (const chunk of partition.chunks) {
      const words = Math.min(left, chunk.length);
      for (let at = 0; at < words; at += entryWords) {
        writer.push(chunk[at]!, chunk[at + 1]!, chunk[at + 2]!, chunk[at + 3]!);
      }
      left -= words;
    }
    partition.chunks = [];
    partition.open = noWords;
  }
  return writer.finish();
}
