/**
 * The scanner once more for tests: slow, by way of JSON.parse and plain objects, and written from the rules
 * instead of from the scanner. Nothing of the product imports it.
 */
import { assert } from '../../base/assert.ts';
import { limits } from '../../base/limits.ts';
import type { Json, MemberFaultKind } from '../types.ts';
import type { ModelRow } from './model-member.ts';
import { modelMember } from './model-member.ts';

export interface ModelArray {
  readonly audienceIndex: number;
  readonly side: 'add' | 'remove';
  readonly members: readonly Json[];
  readonly rows: readonly ModelRow[];
}

export interface ModelRequest {
  readonly skeleton: Json;
  readonly arrays: readonly ModelArray[];
}

type Mutable = { [key: string]: Mutable } | Mutable[] | string | number | boolean | null;

class Refused extends Error {}

function refuseIf(fact: boolean, why: string): void {
  if (fact) throw new Refused(why);
}

/** The request that the bytes mean, or why they are refused. For bodies of at most skeletonBytesMax. */
export function modelScan(bytes: Uint8Array): ModelRequest | string {
  assert(bytes.length <= limits.skeletonBytesMax, () => 'the model does not measure skeletons');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
    const value = JSON.parse(text) as Mutable;
    checkText(text);
    const arrays = takeMembers(value);
    checkArrays(value as Json);
    return { skeleton: value as Json, arrays };
  } catch (error) {
    if (error instanceof Refused) return error.message;
    if (error instanceof SyntaxError || error instanceof TypeError) return 'not JSON';
    throw error;
  }
}

/** Rules about spelling, on a text that is known to be JSON. */
function checkText(text: string): void {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  let at = 0;
  const visit = (depth: number): void => {
    const token = tokens[at++]!;
    if (token === '{' || token === '[') {
      refuseIf(depth === limits.jsonDepthMax, 'depth');
      const close = token === '{' ? '}' : ']';
      const keys = new Set<string>();
      while (tokens[at] !== close) {
        if (tokens[at] === ',') at++;
        if (token === '{') {
          const key = checkString(tokens[at]!);
          refuseIf(keys.has(key), 'duplicate key');
          refuseIf(['__proto__', 'constructor', 'prototype'].includes(key), 'forbidden key');
          keys.add(key);
          refuseIf(keys.size > limits.jsonKeysPerObjectMax, 'too many keys');
          at += 2;
        }
        visit(depth + 1);
      }
      at++;
    } else if (token.startsWith('"')) checkString(token);
    else if (/^[-0-9]/.test(token)) checkNumber(token);
  };
  visit(0);
  assert(at === tokens.length, () => 'every token was visited');
}

function checkString(token: string): string {
  const text = JSON.parse(token) as string;
  refuseIf(!text.isWellFormed() || text.includes('\0'), 'string');
  refuseIf(Buffer.byteLength(text) > limits.jsonStringBytesMax, 'string length');
  return text;
}

function checkNumber(token: string): void {
  refuseIf(!Number.isFinite(Number(token)), 'number');
  refuseIf(/^-?[0-9]+$/.test(token) && BigInt(token) !== BigInt(Number(token)), 'number');
  refuseIf(token.length > limits.jsonStringBytesMax, 'number');
}

/** Takes the member arrays out of the value, which changes it. */
function takeMembers(value: Mutable): readonly ModelArray[] {
  const argumentsOf = at(at(value, 'params'), 'arguments');
  const parts = at(at(at(value, 'params'), 'message'), 'parts');
  const places = [at(value, 'audiences'), at(argumentsOf, 'audiences')];
  for (const part of Array.isArray(parts) ? parts : []) {
    places.push(at(at(at(part, 'data'), 'input'), 'audiences'));
    places.push(at(at(at(part, 'data'), 'parameters'), 'audiences'));
  }
  const found = places.map(takeAudiences).filter((arrays) => arrays.length > 0);
  refuseIf(found.length > 1, 'members in two places');
  const arrays = found[0] ?? [];
  const memberCount = arrays.reduce((sum, array) => sum + array.members.length, 0);
  refuseIf(memberCount > limits.memberCountPerCallMax, 'too many members');
  return arrays;
}

function at(value: Mutable | undefined, key: string): Mutable | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function takeAudiences(audiences: Mutable | undefined): ModelArray[] {
  const arrays: ModelArray[] = [];
  if (!Array.isArray(audiences)) return arrays;
  audiences.forEach((audience, audienceIndex) => {
    if (typeof audience !== 'object' || audience === null || Array.isArray(audience)) return;
    for (const side of Object.keys(audience)) {
      const members = audience[side];
      if ((side !== 'add' && side !== 'remove') || !Array.isArray(members)) continue;
      delete audience[side];
      for (const member of members) checkArrays(member as Json);
      const rows = members.map((member, i) => modelMember(member as Json, i, side));
      refuseIf(
        rows.some((row) => row === 'both spellings'),
        'duplicate key',
      );
      arrays.push({ audienceIndex, side, members: members as Json[], rows: rows as ModelRow[] });
    }
  });
  return arrays;
}

function checkArrays(value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  refuseIf(Array.isArray(value) && value.length > limits.jsonElementsPerArrayMax, 'too many elements');
  Object.values(value as object).forEach(checkArrays);
}

/** Groups of faults as the scanner lists them. */
export function modelGroups(array: ModelArray): { kind: MemberFaultKind; count: number; paths: string[] }[] {
  const kinds = new Map<MemberFaultKind, string[]>();
  for (const row of array.rows) {
    for (const [kind, path] of row.faults) kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return [...kinds].map(([kind, paths]) => ({
    kind,
    count: paths.length,
    paths: paths.slice(0, limits.faultPathCountMax),
  }));
}
