import type { Primitives } from '../../base/primitives.ts';
import { BitSet, countBits } from './bit-set.ts';

/**
 * The stored form of a set of ordinals: a header of 16 bytes (`RCOS`, CRC-32 of the rest, format
 * version, ordinals in the set), then the set as a roaring bitmap in its portable format without run
 * containers, which any roaring library reads. Source of that part: the RoaringFormatSpec, version
 * with cookie 12346: per 65,536 ordinals a container, sorted 16-bit values up to 4,096 of them, a
 * bitmap of 8 KiB above.
 */
export type SetFault = 'too_short' | 'magic' | 'version' | 'checksum' | 'layout' | 'bound';

export type SetResult =
  { readonly ok: true; readonly set: BitSet } | { readonly ok: false; readonly fault: SetFault };

const magic = 0x534f4352;
const formatVersion = 1;
const headerBytes = 16;
const checkedFrom = 8;
const cookie = 12346;
const containerOrdinals = 65_536;
const containerWords = containerOrdinals / 32;
const arrayOrdinalsMax = 4096;
const bitmapBytes = containerOrdinals / 8;

interface Container {
  readonly key: number;
  readonly count: number;
  readonly words: Uint32Array;
}

const containerBytes = (count: number): number => (count <= arrayOrdinalsMax ? count * 2 : bitmapBytes);

/** Equal sets give equal bytes, whatever their bounds. */
export function encodeOrdinalSet(
  set: BitSet,
  primitives: Primitives,
  { shared = false }: { readonly shared?: boolean } = {},
): Uint8Array {
  const containers = containersOf(set);
  const bodyBytes = containers.reduce((sum, { count }) => sum + containerBytes(count), 0);
  const roaringBytes = 8 + containers.length * 8 + bodyBytes;
  const totalBytes = headerBytes + roaringBytes;
  const buffer = shared ? new SharedArrayBuffer(totalBytes) : new ArrayBuffer(totalBytes);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  view.setUint32(0, magic, true);
  view.setUint32(8, formatVersion, true);
  view.setUint32(12, set.size, true);
  view.setUint32(headerBytes, cookie, true);
  view.setUint32(headerBytes + 4, containers.length, true);
  let descriptor = headerBytes + 8;
  let offset = descriptor + containers.length * 4;
  let at = offset + containers.length * 4;
  for (const { key, count, words } of containers) {
    view.setUint16(descriptor, key, true);
    view.setUint16(descriptor + 2, count - 1, true);
    view.setUint32(offset, at - headerBytes, true);
    if (count <= arrayOrdinalsMax) writeArray(words, view, at);
    else for (let i = 0; i < words.length; i++) view.setUint32(at + i * 4, words[i]!, true);
    descriptor += 4;
    offset += 4;
    at += containerBytes(count);
  }
  view.setUint32(4, primitives.crc32(bytes.subarray(checkedFrom)), true);
  return bytes;
}

function containersOf(set: BitSet): Container[] {
  const containers: Container[] = [];
  for (let key = 0; key * containerWords < set.words.length; key++) {
    const words = set.words.subarray(key * containerWords, (key + 1) * containerWords);
    const count = countBits(words);
    if (count > 0) containers.push({ key, count, words });
  }
  return containers;
}

function writeArray(words: Uint32Array, view: DataView, from: number): void {
  let at = from;
  for (let i = 0; i < words.length; i++) {
    let word = words[i]!;
    while (word !== 0) {
      view.setUint16(at, i * 32 + 31 - Math.clz32(word & -word), true);
      at += 2;
      word &= word - 1;
    }
  }
}

/**
 * Reads a stored set into one with room for `ordinalCount` ordinals. Any flipped bit, any missing or
 * added byte and any ordinal beyond the bound is refused.
 */
export function decodeOrdinalSet(bytes: Uint8Array, primitives: Primitives, ordinalCount: number): SetResult {
  const refuse = (fault: SetFault): SetResult => ({ ok: false, fault });
  if (bytes.length < headerBytes + 8) return refuse('too_short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== magic) return refuse('magic');
  if (view.getUint32(8, true) !== formatVersion) return refuse('version');
  if (primitives.crc32(bytes.subarray(checkedFrom)) !== view.getUint32(4, true)) return refuse('checksum');
  const containers = readDirectory(view);
  if (containers === null) return refuse('layout');
  const wordsNeeded = Math.ceil(ordinalCount / 32);
  const words = new Uint32Array(Math.ceil(wordsNeeded / containerWords) * containerWords);
  for (const { key, count, at } of containers) {
    if (key * containerOrdinals >= ordinalCount) return refuse('bound');
    const part = words.subarray(key * containerWords, (key + 1) * containerWords);
    if (!readContainer(view, at, count, part)) return refuse('layout');
  }
  for (let i = wordsNeeded; i < words.length; i++) if (words[i] !== 0) return refuse('bound');
  const tail = ordinalCount & 31;
  if (tail !== 0 && words[wordsNeeded - 1]! >>> tail !== 0) return refuse('bound');
  const set = new BitSet(ordinalCount, words.subarray(0, wordsNeeded));
  return set.size === view.getUint32(12, true) ? { ok: true, set } : refuse('layout');
}

/** Null unless keys ascend and the containers fill the bytes exactly, one behind the other. */
function readDirectory(view: DataView): { key: number; count: number; at: number }[] | null {
  const count = view.getUint32(headerBytes + 4, true);
  const descriptors = headerBytes + 8;
  const offsets = descriptors + count * 4;
  let at = offsets + count * 4;
  if (view.getUint32(headerBytes, true) !== cookie || count > containerOrdinals || at > view.byteLength) {
    return null;
  }
  const containers: { key: number; count: number; at: number }[] = [];
  for (let i = 0; i < count; i++) {
    const key = view.getUint16(descriptors + i * 4, true);
    const ordinals = view.getUint16(descriptors + i * 4 + 2, true) + 1;
    if (view.getUint32(offsets + i * 4, true) !== at - headerBytes) return null;
    if (i > 0 && key <= containers[i - 1]!.key) return null;
    containers.push({ key, count: ordinals, at });
    at += containerBytes(ordinals);
  }
  return at === view.byteLength ? containers : null;
}

function readContainer(view: DataView, at: number, count: number, words: Uint32Array): boolean {
  if (count > arrayOrdinalsMax) {
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(at + i * 4, true);
    return countBits(words) === count;
  }
  let before = -1;
  for (let i = 0; i < count; i++) {
    const value = view.getUint16(at + i * 2, true);
    if (value <= before) return false;
    words[value >>> 5]! |= 1 << (value & 31);
    before = value;
  }
  return true;
}
