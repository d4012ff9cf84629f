import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { identifierCodes, identifierTypeOfCode } from '../../base/identifier-types.ts';
import { canonicalJson } from '../../base/jcs.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { Json, ScannedRequest, ScanResult } from '../types.ts';
import { memberFaultBits } from '../types.ts';
import type { ModelRequest } from './model.ts';
import { modelGroups, modelScan } from './model.ts';
import type { Chance } from './random-body.ts';
import {
  chanceOf,
  mutate,
  randomMember,
  randomRequest,
  randomSpelling,
  randomValue,
  spell,
} from './random-body.ts';
import { createScanMemory } from './scan-memory.ts';
import { scanRequest } from './scan.ts';

const isLong = process.env.ROLLCALL_LONG === '1';
const usedMemory = createScanMemory(nodePrimitives);
const seeds = fc.noShrink(fc.integer());

/** The body as the server holds it: in the middle of shared memory with other bytes around it. */
function scanBytes(body: Uint8Array, chance: Chance): ScanResult {
  const offset = chance.below(4);
  const shared = new Uint8Array(new SharedArrayBuffer(offset + body.length + 200));
  shared.fill(chance.pick([0x22, 0x30, 0x61, 0x20, 0x7d, 0x00]));
  shared.set(body, offset);
  // Half of the scans find what earlier ones left in the memory.
  const memory = chance.oneIn(2) ? usedMemory : createScanMemory(nodePrimitives);
  return scanRequest(shared.subarray(offset), body.length, nodePrimitives, memory);
}

/** White space at the end makes the end of the body far, and only far from it are members read fast. */
function randomBody(chance: Chance): Uint8Array {
  const text = spell(randomRequest(chance), randomSpelling(chance), chance);
  return new TextEncoder().encode(text + (chance.oneIn(2) ? ' '.repeat(120) : ''));
}

function rowsOf(request: ScannedRequest): { externalId: string; identifiers: string[]; faults: string[] }[] {
  const { columns } = request;
  return Array.from({ length: columns.rowCount }, (_, row) => {
    const identifiers: string[] = [];
    for (let i = columns.identifierStart[row]!; i < columns.identifierStart[row + 1]!; i++) {
      const digest = Buffer.from(columns.identifierDigest.subarray(i * 32, i * 32 + 32)).toString('hex');
      identifiers.push(`${identifierTypeOfCode(columns.identifierType[i]!)}:${digest}`);
    }
    const id = columns.externalIdBytes.subarray(
      columns.externalIdStart[row],
      columns.externalIdStart[row + 1],
    );
    const faults = Object.entries(memberFaultBits).filter(([, bit]) => (columns.rowFaults[row]! >> bit) & 1);
    return {
      externalId: Buffer.from(id).toString('utf8'),
      identifiers,
      faults: faults.map(([kind]) => kind),
    };
  });
}

function assertSame(request: ScannedRequest, model: ModelRequest): void {
  assert.deepEqual(request.skeleton, model.skeleton);
  assert.deepEqual(
    rowsOf(request),
    model.arrays.flatMap((array) =>
      array.rows.map((row) => ({
        externalId: row.externalId,
        identifiers: row.identifiers,
        faults: Object.keys(memberFaultBits).filter((kind) => row.faults.has(kind as never)),
      })),
    ),
  );
  assert.equal(request.arrays.length, model.arrays.length);
  let firstRow = 0;
  request.arrays.forEach((array, i) => {
    const expected = model.arrays[i]!;
    assert.equal(array.audienceIndex, expected.audienceIndex);
    assert.equal(array.side, expected.side);
    assert.equal(array.firstRow, firstRow);
    assert.equal(array.rowCount, expected.rows.length);
    firstRow += array.rowCount;
    const inOrder = Object.keys(memberFaultBits);
    assert.deepEqual(
      array.faults,
      modelGroups(expected).sort((a, b) => inOrder.indexOf(a.kind) - inOrder.indexOf(b.kind)),
    );
    assert.deepEqual(
      array.rejected.map((sample) => sample.index),
      expected.rows.flatMap((row, index) => (row.faults.size > 0 ? [index] : [])),
    );
    for (const { index, externalId, reason } of array.rejected) {
      const row = expected.rows[index]!;
      assert.ok(row.faults.has(reason));
      if (externalId !== null) assert.equal(externalId, row.externalId);
      assert.ok(externalId === null || !externalId.includes('@'));
    }
  });
}

/** Compares one body; says whether it was accepted. */
function compare(body: Uint8Array, chance: Chance): boolean {
  const result = scanBytes(body, chance);
  const model = modelScan(body);
  if (typeof model === 'string') {
    assert.equal(result.ok, false, `accepted a body that the model refuses: ${model}`);
    assert.ok(!result.ok && result.fault.offset >= 0 && result.fault.offset <= body.length);
    return false;
  }
  assert.ok(result.ok, `refused a good body: ${result.ok ? '' : result.fault.kind}`);
  assertSame(result.request, model);
  return true;
}

test('a random request in a random spelling gives what the model gives', () => {
  let accepted = 0;
  let rows = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const chance = chanceOf(seed);
      const body = randomBody(chance);
      if (!compare(body, chance)) return;
      accepted++;
      rows += (modelScan(body) as ModelRequest).arrays.reduce((sum, array) => sum + array.rows.length, 0);
    }),
    { numRuns: isLong ? 100_000 : 2_500 },
  );
  assert.ok(accepted > 1_500 && rows > 5_000, `too little was compared: ${accepted} bodies, ${rows} rows`);
});

test('a mutated or truncated body is accepted or refused as by the model', (t) => {
  let bodies = 0;
  let accepted = 0;
  const mutationsPerBody = isLong ? 100 : 10;
  fc.assert(
    fc.property(seeds, (seed) => {
      const chance = chanceOf(seed);
      const body = randomBody(chance);
      for (let i = 0; i < mutationsPerBody; i++, bodies++) {
        if (compare(mutate(body, chance), chance)) accepted++;
      }
    }),
    { numRuns: isLong ? 20_000 : 500 },
  );
  t.diagnostic(`${bodies} mutated bodies compared, ${accepted} accepted`);
  assert.ok(accepted > bodies / 50 && accepted < bodies, `${accepted} of ${bodies} accepted`);
});

/** What the digest stands for. */
function canonicalArrays(model: ModelRequest): string {
  const arrays = model.arrays.map(({ audienceIndex, side, members }): Json => [audienceIndex, side, members]);
  return arrays.map(canonicalJson).sort().join('\n');
}

/** A request with one value changed somewhere among its members, or with nothing changed but the spelling. */
function nearBy(request: Json, chance: Chance): Json {
  const copy = structuredClone(request) as { [key: string]: Json };
  const holders: { [key: string]: Json }[] = [];
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    holders.push(value as { [key: string]: Json });
    Object.values(value as object).forEach((below) => visit(below as Json));
  };
  visit(copy);
  const holder = chance.pick(holders);
  const keys = Object.keys(holder);
  if (keys.length === 0 || chance.oneIn(4)) return copy;
  const key = chance.pick(keys);
  const value = holder[key]!;
  const other = chance.pick(keys);
  switch (chance.below(6)) {
    case 0:
      if (typeof value === 'string' && value !== '') {
        const at = chance.below(value.length);
        holder[key] = value.slice(0, at) + chance.pick(['0', 'a', 'B']) + value.slice(at + 1);
      }
      break;
    case 1:
      holder[key] = randomValue(chance, 1);
      break;
    case 2:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 3:
      if (Array.isArray(holder)) holder.push(value);
      else holder.extra = value;
      break;
    case 4:
      if (typeof value === 'string')
        holder[key] = chance.oneIn(2) ? value.toUpperCase() : value.toLowerCase();
      break;
    default:
      [holder[key], holder[other]] = [holder[other]!, value];
  }
  return copy;
}

test('two requests have one digest of members exactly when their arrays are equal by RFC 8785', () => {
  let equal = 0;
  let different = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const chance = chanceOf(seed);
      const add = Array.from({ length: 1 + chance.below(4) }, () => randomMember(chance));
      const request: Json = { audiences: [{ add, remove: [randomMember(chance)] }, { add: [] }] };
      const bodies = [request, nearBy(request, chance), nearBy(request, chance)].map((value) =>
        new TextEncoder().encode(
          spell(value, randomSpelling(chance), chance) + ' '.repeat(chance.below(2) * 120),
        ),
      );
      const seen = bodies.flatMap((body) => {
        const result = scanBytes(body, chance);
        const model = modelScan(body);
        if (!result.ok || typeof model === 'string') return [];
        return [
          { digest: Buffer.from(result.request.membersDigest).toString('hex'), text: canonicalArrays(model) },
        ];
      });
      for (const a of seen) {
        for (const b of seen) {
          if (a === b) continue;
          assert.equal(a.digest === b.digest, a.text === b.text, `${a.text}\n\n${b.text}`);
          if (a.text === b.text) equal++;
          else different++;
        }
      }
    }),
    { numRuns: isLong ? 100_000 : 2_500 },
  );
  assert.ok(equal > 500 && different > 500, `${equal} equal and ${different} different pairs`);
});

test('the answer is the same from the fast and from the slow way of reading a member', () => {
  const member = {
    external_id: 'crm_1',
    hashed_email: 'a'.repeat(64),
    uids: [{ type: 'maid', value: 'AB-1' }],
  };
  const text = JSON.stringify({ audiences: [{ add: [member] }] });
  const fast = scanRequest(
    new TextEncoder().encode(text + ' '.repeat(200)),
    text.length + 200,
    nodePrimitives,
  );
  const slowText = text.replace('crm_1', 'crm\\u005f1');
  const slow = scanRequest(new TextEncoder().encode(slowText), slowText.length, nodePrimitives);
  assert.ok(fast.ok && slow.ok);
  assert.deepEqual(fast.request, slow.request);
  assert.deepEqual(
    [...fast.request.columns.identifierType],
    [identifierCodes.hashed_email, identifierCodes.maid],
  );
});
