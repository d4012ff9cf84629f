import { assert } from '../../base/assert.ts';
import { copyToken, sameToken } from '../token/compare.ts';

/** Persons of one chunk: 4 MiB of tokens, which is also one stored piece. */
export const chunkPersonCount = 2 ** 18;

/** Ordinal → the person's own user-id token. Kept beside the index, read only when users change. */
export interface PersonColumn {
  /** Ordinals given out so far. */
  readonly count: number;
  /** 4 words a person; all zero where the person was removed. The last chunk is as long as needed. */
  readonly chunks: readonly PersonChunk[];
}

export interface PersonChunk {
  /** Graph version in which the chunk was written: the same id is the same bytes. */
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  readonly words: Uint32Array;
}

export const emptyPersonColumn: PersonColumn = { count: 0, chunks: [] };

export function chunkOver(id: number, buffer: SharedArrayBuffer): PersonChunk {
  return { id, buffer, words: new Uint32Array(buffer) };
}

/** Whether the person's own id is token `tokens[index]`. */
export function isOwnId(column: PersonColumn, person: number, tokens: Uint32Array, index: number): boolean {
  const chunk = column.chunks[Math.floor(person / chunkPersonCount)];
  return chunk !== undefined && sameToken(chunk.words, person % chunkPersonCount, tokens, index);
}

/** Copies the person's own id to `to[toIndex]`. */
export function copyOwnId(column: PersonColumn, person: number, to: Uint32Array, toIndex: number): void {
  assert(person < column.count, () => 'the person exists');
  copyToken(
    column.chunks[Math.floor(person / chunkPersonCount)]!.words,
    person % chunkPersonCount,
    to,
    toIndex,
  );
}

export const personColumnBytes = ({ chunks }: PersonColumn): number =>
  chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

/**
 * The column with the first `addedCount` tokens of `added` behind it and the removed persons' tokens
 * wiped. Chunks that change are copied and get the id; the others are shared with the old column.
 */
export function editPersonColumn(
  column: PersonColumn,
  added: Uint32Array,
  addedCount: number,
  removed: Iterable<number>,
  id: number,
): PersonColumn {
  const count = column.count + addedCount;
  const chunks = column.chunks.slice();
  for (let first = column.count; first < count;) {
    const chunkNo = Math.floor(first / chunkPersonCount);
    const chunkStart = chunkNo * chunkPersonCount;
    const end = Math.min(count, chunkStart + chunkPersonCount);
    const chunk = chunkOver(id, new SharedArrayBuffer((end - chunkStart) * 16));
    const old = chunks[chunkNo];
    if (old !== undefined) chunk.words.set(old.words);
    const from = (first - column.count) * 4;
    chunk.words.set(added.subarray(from, from + (end - first) * 4), (first - chunkStart) * 4);
    chunks[chunkNo] = chunk;
    first = end;
  }
  for (const person of removed) {
    const chunkNo = Math.floor(person / chunkPersonCount);
    const at = (person % chunkPersonCount) * 4;
    chunks[chunkNo] = ownCopy(chunks[chunkNo]!, id);
    chunks[chunkNo].words.fill(0, at, at + 4);
  }
  return { count, chunks };
}

function ownCopy(chunk: PersonChunk, id: number): PersonChunk {
  if (chunk.id === id) return chunk;
  const copy = chunkOver(id, new SharedArrayBuffer(chunk.buffer.byteLength));
  copy.words.set(chunk.words);
  return copy;
}
