/**
 * Users on their way into the graph: a file of tokens beside the database, written while an import reads its
 * input and applied in one step at its end. An import that is broken off leaves nothing but this file.
 *
 * A file is a row of frames. Each has a header of 8 little-endian words (magic, version, kind, rows,
 * identifiers, bytes, CRC-32, 0), then, for persons: tokens of the rows, offsets, identifier tokens; for
 * tokens to remove: the tokens; for recipes, of which there is one frame at most: entries of a recipe index, whose
 * persons are rows of all frames of persons, counted through, with the bits of the sample in the place of identifiers.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

import { assert } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Primitives } from '../../base/primitives.ts';
import { entryWords } from '../../engine/identity/build-run.ts';
import type { SampledEntries } from '../../engine/forensics/entries.ts';
import type { GraphChanges, PersonRows } from '../../engine/identity/apply-changes.ts';

/** Names of staged files in a data directory. */
export const stagedNamePattern = /^import-[0-9a-f-]{36}\.tokens$/;

const magic = 0x53434352;
const version = 1;
const headerWords = 8;
const kinds = { upsert: 1, replace: 2, removePersons: 3, removeIdentifiers: 4, recipes: 5 } as const;
type Kind = keyof typeof kinds;

export interface StagingWriter {
  putPersons(rows: PersonRows, replaces: boolean): void;
  /** Tokens, 4 words each. */
  putRemovals(kind: 'removePersons' | 'removeIdentifiers', tokens: Uint32Array): void;
  /** What the rows that were put would be under foreign recipes. */
  putRecipes(recipes: SampledEntries): void;
  close(): void;
}

export interface StagedChanges extends GraphChanges {
  /** Null when the import looked for no recipes. */
  readonly recipes: SampledEntries | null;
}

/** Creates the file, private to its owner. */
export function openStaging(path: string, primitives: Primitives): StagingWriter {
  const file = openSync(path, 'wx', 0o600);
  const put = (kind: Kind, rows: number, identifiers: number, parts: readonly Uint32Array[]): void => {
    const body = Buffer.concat(
      parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
    );
    const header = new Uint32Array(headerWords);
    header.set([magic, version, kinds[kind], rows, identifiers, body.length, primitives.crc32(body)]);
    writeSync(file, new Uint8Array(header.buffer));
    writeSync(file, body);
  };
  return {
    putPersons({ rowCount, personToken, identifierStart, identifierToken }, replaces) {
      const identifiers = identifierStart[rowCount]!;
      const parts = [
        personToken.subarray(0, rowCount * 4),
        identifierStart.subarray(0, rowCount + 1),
        identifierToken.subarray(0, identifiers * 4),
      ];
      put(replaces ? 'replace' : 'upsert', rowCount, identifiers, parts);
    },
    putRemovals: (kind, tokens) => put(kind, tokens.length / 4, 0, [tokens]),
    putRecipes: ({ words, count, sampleBits }) =>
      put('recipes', count, sampleBits, [words.subarray(0, count * entryWords)]),
    close: () => closeSync(file),
  };
}

/** Reads a staged file whole. */
export function readStaging(path: string, primitives: Primitives): StagedChanges {
  const file = openSync(path, 'r');
  const upserts: PersonRows[] = [];
  const removed = { removePersons: [] as Uint32Array[], removeIdentifiers: [] as Uint32Array[] };
  let replaces = false;
  let recipes: SampledEntries | null = null;
  try {
    for (;;) {
      const frame = readFrame(file, primitives);
      if (frame === null) break;
      const { kind, rows, identifiers, words } = frame;
      if (kind === kinds.removePersons) removed.removePersons.push(words);
      else if (kind === kinds.removeIdentifiers) removed.removeIdentifiers.push(words);
      else if (kind === kinds.recipes) recipes = { words, count: rows, sampleBits: identifiers };
      else {
        replaces ||= kind === kinds.replace;
        upserts.push(personsOf(words, rows, identifiers));
      }
    }
  } finally {
    closeSync(file);
  }
  const { removePersons, removeIdentifiers } = removed;
  return {
    upserts,
    replaces,
    removedPersons: joined(removePersons),
    removedIdentifiers: joined(removeIdentifiers),
    recipes,
  };
}

function readFrame(
  file: number,
  primitives: Primitives,
): {
  readonly kind: number;
  readonly rows: number;
  readonly identifiers: number;
  readonly words: Uint32Array;
} | null {
  const header = new Uint32Array(headerWords);
  const got = readSync(file, new Uint8Array(header.buffer));
  if (got === 0) return null;
  const [found, foundVersion, kind, rows, identifiers, bytes, sum] = header as unknown as number[];
  if (got !== headerWords * 4 || found !== magic || foundVersion !== version) throw broken();
  const body = new Uint8Array(bytes!);
  for (let at = 0; at < body.length;) {
    const count = readSync(file, body, at, body.length - at, null);
    if (count === 0) throw broken();
    at += count;
  }
  if (primitives.crc32(body) !== sum) throw broken();
  return { kind: kind!, rows: rows!, identifiers: identifiers!, words: new Uint32Array(body.buffer) };
}

function broken(): AppError {
  return new AppError('INVALID_REQUEST', 'The staged import is incomplete; start the import again.');
}

function personsOf(words: Uint32Array, rowCount: number, identifiers: number): PersonRows {
  const starts = rowCount * 4;
  const tokens = starts + rowCount + 1;
  assert(
    words.length === tokens + identifiers * 4,
    () => 'a frame of persons has the length its header says',
  );
  return {
    rowCount,
    personToken: words.subarray(0, starts),
    identifierStart: words.subarray(starts, tokens),
    identifierToken: words.subarray(tokens),
  };
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
