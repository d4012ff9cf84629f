import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { countMarks, createMarks, forEachMark, mark, type Marks } from './marks.ts';
import { createPartReader, encodePieces, type PartReader, type PieceFault } from './piece.ts';

/**
 * The stored form of marks: the places that are marked, ascending, when that is shorter; else all bits. Header
 * parameters: places, marked places, 1 for a list or 0 for bits, zero.
 */
export function encodeMarks(
  marks: Marks,
  { kind, id }: { readonly kind: 'hidden' | 'dead'; readonly id: number },
  primitives: Primitives,
  pieceBytesMax: number = limits.graphPieceBytesMax,
): Generator<Uint8Array, void> {
  const markedCount = countMarks(marks);
  const isList = markedCount < marks.words.length;
  let body = marks.words;
  if (isList) {
    body = new Uint32Array(markedCount);
    let to = 0;
    forEachMark(marks, (at) => (body[to++] = at));
  }
  const params = [marks.length, markedCount, isList ? 1 : 0, 0] as const;
  return encodePieces({ kind, id, params }, body, primitives, pieceBytesMax);
}

export function createMarksReader(): PartReader {
  return createPartReader(({ params, bodyBytes }) => {
    const [length, markedCount, isList, zero] = params;
    const words = isList === 1 ? markedCount : Math.ceil(length / 32);
    const isWellFormed =
      length <= limits.graphEntryCountMax &&
      isList <= 1 &&
      zero === 0 &&
      markedCount <= length &&
      bodyBytes === words * 4;
    return isWellFormed ? bodyBytes : null;
  });
}

export type MarksResult =
  { readonly ok: true; readonly marks: Marks } | { readonly ok: false; readonly fault: PieceFault };

export function readMarks(reader: PartReader): MarksResult {
  if (reader.header === null || !reader.isComplete) return { ok: false, fault: 'pieces' };
  const [length, markedCount, isList] = reader.header.params;
  const words = new Uint32Array(reader.buffer);
  const marks = createMarks(length);
  if (isList === 0) marks.words.set(words);
  else if (!markAscending(marks, words)) return { ok: false, fault: 'content' };
  const tail = length & 31;
  const isSound =
    countMarks(marks) === markedCount && (tail === 0 || marks.words[marks.words.length - 1]! >>> tail === 0);
  return isSound ? { ok: true, marks } : { ok: false, fault: 'content' };
}

function markAscending(marks: Marks, places: Uint32Array): boolean {
  for (let i = 0; i < places.length; i++) {
    if (places[i]! >= marks.length || (i > 0 && places[i]! <= places[i - 1]!)) return false;
    mark(marks, places[i]!);
  }
  return true;
}
