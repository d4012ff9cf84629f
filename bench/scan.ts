/**
 * Times the byte scanner on bodies of 100,000 members in several shapes, beside JSON.parse of the same
 * bytes, interleaved in one process. Prints milliseconds (best and median), the ratio of medians, and a hash
 * of the answer. Run: `node bench/scan.ts [--smoke]`.
 */
import { createHash } from 'node:crypto';

import { assert } from '../src/base/assert.ts';
import { canonicalJson } from '../src/base/jcs.ts';
import { scanRequest } from '../src/engine/scan/scan.ts';
import type { ScannedRequest } from '../src/engine/types.ts';
import { nodePrimitives } from '../src/platform/primitives.ts';

const smoke = process.argv.includes('--smoke');
const memberCount = smoke ? 500 : 100_000;
const roundCount = smoke ? 2 : 15;

const digests = Array.from({ length: memberCount * 2 }, (_, i) =>
  createHash('sha256').update(`person ${i}`).digest('hex'),
);
const emailOf = (i: number): string => digests[i * 2]!;
const phoneOf = (i: number): string => digests[i * 2 + 1]!;
const upperMaid = (i: number): string => {
  const hex = phoneOf(i).toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

function usual(i: number): Record<string, unknown> {
  const member: Record<string, unknown> = { external_id: `crm_${i}`, hashed_email: emailOf(i) };
  if (i % 2 === 0) member.hashed_phone = phoneOf(i);
  return member;
}

interface Shape {
  readonly member: (i: number) => unknown;
  readonly indent?: number;
}
const shapes: Readonly<Record<string, Shape>> = {
  compact: { member: usual },
  'keys reordered': {
    member: (i) => Object.fromEntries(Object.entries(usual(i)).reverse()),
  },
  'pretty-printed': { member: usual, indent: 2 },
  'with a maid': { member: (i) => ({ ...usual(i), uids: [{ type: 'maid', value: upperMaid(i) }] }) },
  'non-ASCII ids': { member: (i) => ({ ...usual(i), external_id: `kündin_日本_${i}` }) },
  'no external id': { member: (i) => ({ hashed_email: emailOf(i) }) },
  '10% unknown field': { member: (i) => (i % 10 === 0 ? { ...usual(i), tier: 'gold' } : usual(i)) },
  'all unknown field': { member: (i) => ({ ...usual(i), tier: 'gold' }) },
  'all upper-case hex': { member: (i) => ({ ...usual(i), hashed_email: emailOf(i).toUpperCase() }) },
};

/** Bodies arrive in shared memory, so that is where they are measured. */
function bodyOf(shape: Shape): Uint8Array {
  const add = Array.from({ length: memberCount }, (_, i) => shape.member(i));
  const request = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'sync_audiences', arguments: { audiences: [{ audience_id: 'a', add }] } },
  };
  const text = new TextEncoder().encode(JSON.stringify(request, undefined, shape.indent));
  const shared = new Uint8Array(new SharedArrayBuffer(text.length));
  shared.set(text);
  return shared;
}

function answerHash(request: ScannedRequest): string {
  const hash = createHash('sha256');
  for (const column of Object.values(request.columns)) {
    if (typeof column === 'number') hash.update(String(column));
    else hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  hash.update(request.membersDigest);
  hash.update(canonicalJson(request.skeleton));
  return hash.update(JSON.stringify(request.arrays)).digest('hex').slice(0, 16);
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number): string => value.toFixed(2).padStart(8);

console.log(`${memberCount} members, ${roundCount} rounds, milliseconds`);
console.log('shape                    MB  scan best  median  JSON.parse  ratio  answer');
for (const [name, shape] of Object.entries(shapes)) {
  const body = bodyOf(shape);
  const copy = Buffer.from(body);
  const scans: number[] = [];
  const parses: number[] = [];
  let answer = '';
  for (let round = -2; round < roundCount; round++) {
    let request: ScannedRequest | undefined;
    const scan = timed(() => {
      const result = scanRequest(body, body.length, nodePrimitives);
      assert(result.ok, () => 'a benchmark body is good');
      request = result.request;
    });
    const parse = timed(() => void JSON.parse(copy.toString('utf8')));
    assert(request?.columns.rowCount === memberCount, () => 'every member became a row');
    answer = answerHash(request);
    if (round >= 0) {
      scans.push(scan);
      parses.push(parse);
    }
  }
  const [scan, parse] = [median(scans), median(parses)];
  console.log(
    `${name.padEnd(20)} ${(body.length / 1e6).toFixed(2).padStart(6)}  ${ms(Math.min(...scans))} ${ms(scan)}    ${ms(parse)}  ` +
      `${(scan / parse).toFixed(2)}  ${answer}`,
  );
}
