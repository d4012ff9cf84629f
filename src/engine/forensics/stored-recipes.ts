import { limits } from '../../base/limits.ts';
import type { Primitives } from '../../base/primitives.ts';
import { isSoundRun, runBytes, runOver } from '../identity/run.ts';
import { sampleBitsMax } from './entries.ts';
import type { RecipeIndex } from './recipe-index.ts';

/**
 * A recipe index as a file: 16 little-endian words, then the memory of its run.
 *
 *   0 magic   1 version   2 entries   3 directory bits   4 sample bits   5 bytes of the run
 *   6 version of the graph   7 its persons   8, 9 when it was stored (milliseconds, low word first)
 *   10 CRC-32 over the words before and the run   11 … 15 zero
 */
export const recipeMagic = 0x46434352;
export const recipeFormatVersion = 1;
export const recipeHeaderBytes = 64;
const headerWords = recipeHeaderBytes / 4;
const sumWord = 10;
const bitsMin = 16;
const bitsMax = 24;

/**
 * Which state of the graph an index belongs to. An index of another state may name users who are gone, and is not used.
 * The time tells two graphs apart that came to the same number, as after a restored backup.
 */
export interface GraphStamp {
  readonly version: number;
  readonly personCount: number;
  readonly updatedAtMs: number;
}

export function sameStamp(a: GraphStamp, b: GraphStamp): boolean {
  return a.version === b.version && a.personCount === b.personCount && a.updatedAtMs === b.updatedAtMs;
}

export type RecipeFileFault = 'too_short' | 'magic' | 'version' | 'layout' | 'checksum' | 'content';
export type RecipeFileResult =
  | { readonly ok: true; readonly index: RecipeIndex; readonly stamp: GraphStamp }
  | { readonly ok: false; readonly fault: RecipeFileFault };

/** The header of the file; the memory of the run follows it as it is. */
export function encodeRecipeHeader(
  { run, sampleBits }: RecipeIndex,
  stamp: GraphStamp,
  primitives: Primitives,
): Uint8Array {
  const header = new Uint32Array(headerWords);
  const { version, personCount, updatedAtMs } = stamp;
  header.set([recipeMagic, recipeFormatVersion, run.entryCount, run.bits, sampleBits, run.memory.byteLength]);
  header.set([version, personCount, updatedAtMs >>> 0, Math.floor(updatedAtMs / 2 ** 32)], 6);
  const bytes = new Uint8Array(header.buffer);
  header[sumWord] = checksum(bytes, new Uint8Array(run.memory), primitives);
  return bytes;
}

function checksum(header: Uint8Array, run: Uint8Array, primitives: Primitives): number {
  return (primitives.crc32(header.subarray(0, sumWord * 4)) ^ primitives.crc32(run)) >>> 0;
}

/** The stamp of a file that begins with these bytes; null when it is none of ours. Nothing else of it is checked. */
export function readRecipeStamp(header: Uint8Array): GraphStamp | null {
  if (header.length < recipeHeaderBytes) return null;
  const words = new Uint32Array(Uint8Array.from(header.subarray(0, recipeHeaderBytes)).buffer);
  if (words[0] !== recipeMagic || words[1] !== recipeFormatVersion) return null;
  return { version: words[6]!, personCount: words[7]!, updatedAtMs: words[8]! + words[9]! * 2 ** 32 };
}

/** Reads a whole file. Nothing is used before it is checked: any flipped bit and any missing or added byte is refused. */
export function decodeRecipes(bytes: Uint8Array, primitives: Primitives): RecipeFileResult {
  if (bytes.length < recipeHeaderBytes) return { ok: false, fault: 'too_short' };
  const header = Uint8Array.from(bytes.subarray(0, recipeHeaderBytes));
  const words = new Uint32Array(header.buffer);
  if (words[0] !== recipeMagic) return { ok: false, fault: 'magic' };
  if (words[1] !== recipeFormatVersion) return { ok: false, fault: 'version' };
  const [, , entryCount, bits, sampleBits, memoryBytes] = words as unknown as number[];
  const body = bytes.subarray(recipeHeaderBytes);
  const isWellFormed =
    bits! >= bitsMin &&
    bits! <= bitsMax &&
    sampleBits! <= sampleBitsMax &&
    entryCount! <= limits.recipeEntryCountMax &&
    memoryBytes === runBytes(entryCount!, bits!) &&
    memoryBytes === body.length &&
    words.subarray(sumWord + 1).every((word) => word === 0);
  if (!isWellFormed) return { ok: false, fault: 'layout' };
  if (checksum(header, body, primitives) !== words[sumWord]) return { ok: false, fault: 'checksum' };
  const memory = new SharedArrayBuffer(body.length);
  new Uint8Array(memory).set(body);
  const run = runOver(memory, entryCount!, bits!);
  const stamp = readRecipeStamp(header)!;
  if (!isSoundRun(run, stamp.personCount)) return { ok: false, fault: 'content' };
  return { ok: true, index: { run, sampleBits: sampleBits! }, stamp };
}
