import { limits } from '../../base/limits.ts';
import type { ScanFault } from '../types.ts';
import { skipSpace } from './bytes.ts';

/** Where a reader stands in a body. One object for a whole scan, so that its shape never changes. */
export interface Reader {
  readonly bytes: Uint8Array;
  /** Bytes of the body; `bytes` may be longer. */
  readonly end: number;
  pos: number;
  /** Containers that are open. */
  depth: number;
  /** Keys and indexes that lead to the value being read. */
  readonly path: (string | number)[];
  /** The skeleton is too large when a value outside member arrays begins or ends beyond this offset. */
  skeletonEnd: number;
  /** Index of the element being read of the latest `audiences` array. */
  audienceIndex: number;
  /** `audiences` arrays begun so far: the number of the latest. */
  audiencesNumber: number;
  /** Takes out the member array that begins at `pos`. */
  readonly takeMembers: (r: Reader, side: 'add' | 'remove') => void;
}

export function createReader(bytes: Uint8Array, end: number, takeMembers: Reader['takeMembers']): Reader {
  return {
    bytes,
    end,
    pos: 0,
    depth: 0,
    path: [],
    skeletonEnd: limits.skeletonBytesMax,
    audienceIndex: 0,
    audiencesNumber: 0,
    takeMembers,
  };
}

/** Carries a fault from the depth of a scan to its top; never leaves the scanner. */
export class ScanStop extends Error {
  readonly fault: ScanFault;

  constructor(fault: ScanFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Ends the scan: the body is refused. */
export function stop(r: Reader, kind: ScanFault['kind'], offset: number = r.pos): never {
  throw new ScanStop({ kind, offset, path: renderPath(r.path) });
}

/** A caller's key may be anything, an address or a hash too: it is shown only when it looks like a field's name. */
function sanitised(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name) && !/\d{5}/.test(name) ? name : '_';
}

function renderPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += (text === '' ? '' : '.') + sanitised(step);
  }
  return text;
}

/** The byte at `pos`; the scan ends when there is none. */
export function peek(r: Reader): number {
  if (r.pos >= r.end) stop(r, 'truncated');
  return r.bytes[r.pos]!;
}

/** Steps over white space and gives the byte that follows. */
export function peekPastSpace(r: Reader): number {
  r.pos = skipSpace(r.bytes, r.pos, r.end);
  return peek(r);
}

/** Steps over white space and the one byte that must follow it. */
export function expect(r: Reader, byte: number): void {
  if (peekPastSpace(r) !== byte) stop(r, 'not_json');
  r.pos++;
}

/** Steps over the bracket or brace that opens a container. */
export function enter(r: Reader): void {
  if (r.depth >= limits.jsonDepthMax) stop(r, 'depth');
  r.depth++;
  r.pos++;
}

/** Steps over the bracket or brace that closes a container. */
export function leave(r: Reader): void {
  r.depth--;
  r.pos++;
}
