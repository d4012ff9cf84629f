/** Short ways to scan small bodies, for the scanner's tests. */
import assert from 'node:assert/strict';

import { nodePrimitives } from '../../platform/primitives.ts';
import type { Json, MemberArray, ScanFault, ScannedRequest } from '../types.ts';
import { scanRequest } from './scan.ts';

export const hash = 'a1'.repeat(32);
export const hash2 = 'b2'.repeat(32);
export const sha256Hex = (text: string): string =>
  Buffer.from(nodePrimitives.sha256(new TextEncoder().encode(text))).toString('hex');

export function faultOf(body: string | Uint8Array): ScanFault {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const result = scanRequest(bytes, bytes.length, nodePrimitives);
  assert.ok(!result.ok, 'the body must be refused');
  return result.fault;
}

export function scanned(body: string | Json): ScannedRequest {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  const result = scanRequest(bytes, bytes.length, nodePrimitives);
  assert.ok(result.ok, `refused: ${result.ok ? '' : JSON.stringify(result.fault)}`);
  return result.request;
}

/** The only array of a request with these members, behind enough white space to be read fast. */
export function arrayOf(members: readonly Json[], side: 'add' | 'remove' = 'add'): MemberArray {
  const request = scanned(`{"audiences":[{"${side}":${JSON.stringify(members)}}]}${' '.repeat(200)}`);
  return request.arrays[0]!;
}

/** The faults of one member as `kind path`. */
export function faultsOf(member: Json, side: 'add' | 'remove' = 'add'): readonly string[] {
  return arrayOf([member], side).faults.map((group) => `${group.kind} ${group.paths.join(' ')}`);
}
