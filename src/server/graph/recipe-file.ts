/**
 * The recipe index on disk: `forensics.bin` in the data directory, for the state of the graph that it names.
 *
 * An import writes `forensics.next` for the state to come, moves the graph, then renames. So whichever of the two
 * belongs to the stored graph is good, wherever a crash came between; a file of another state is never used, because it
 * may hold tokens of users who are gone. Only an import renames or erases: a reader may be a moment behind.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { RecipeIndex } from '../../engine/forensics/recipe-index.ts';
import {
  decodeRecipes,
  encodeRecipeHeader,
  readRecipeStamp,
  recipeHeaderBytes,
  sameStamp,
  type GraphStamp,
} from '../../engine/forensics/stored-recipes.ts';

function filesOf(dataDir: string): { readonly current: string; readonly next: string } {
  return { current: join(dataDir, 'forensics.bin'), next: join(dataDir, 'forensics.next') };
}

/** The first bytes of the file that belongs to a state of the graph, and where it is; null when there is none. */
export function findRecipeFile(
  dataDir: string,
  stamp: GraphStamp | null,
): { readonly path: string; readonly header: Uint8Array } | null {
  if (stamp === null) return null;
  const { current, next } = filesOf(dataDir);
  // An import that brings nothing but recipes leaves the graph where it is: both belong to it, and the next one is newer.
  for (const path of [next, current]) {
    const header = readHeader(path);
    const found = header === null ? null : readRecipeStamp(header);
    if (header !== null && found !== null && sameStamp(found, stamp)) return { path, header };
  }
  return null;
}

function readHeader(path: string): Uint8Array | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const header = new Uint8Array(recipeHeaderBytes);
    return readSync(file, header) === header.length ? header : null;
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Reads the index of a state of the graph. Null when there is none, or when its file is damaged. */
export function readRecipes(
  dataDir: string,
  stamp: GraphStamp | null,
  primitives: Primitives,
): RecipeIndex | null {
  const found = findRecipeFile(dataDir, stamp);
  if (found === null) return null;
  const bytes = readFileSync(found.path);
  if (bytes.length > limits.recipeFileBytesMax) return null;
  const read = decodeRecipes(bytes, primitives);
  return read.ok && sameStamp(read.stamp, stamp!) ? read.index : null;
}

/** Writes the index of the state to come, flushed, its header last: half a file belongs to no state. */
export function writeNextRecipes(
  dataDir: string,
  index: RecipeIndex,
  stamp: GraphStamp,
  primitives: Primitives,
): void {
  const { next } = filesOf(dataDir);
  rmSync(next, { force: true });
  const file = openSync(next, 'wx', 0o600);
  try {
    writeAll(file, new Uint8Array(index.run.memory), recipeHeaderBytes);
    fsyncSync(file);
    writeAll(file, encodeRecipeHeader(index, stamp, primitives), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array, place: number): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, place + at);
}

/**
 * After the graph moved, and before an import begins: the file of the stored state takes its place, and files of other
 * states are erased.
 */
export function settleRecipes(dataDir: string, stamp: GraphStamp | null): void {
  const { current, next } = filesOf(dataDir);
  const found = findRecipeFile(dataDir, stamp);
  if (found?.path === next) renameSync(next, current);
  else if (found === null) rmSync(current, { force: true });
  rmSync(next, { force: true });
}
