/** Requests made at random from AdCP's own request schemas, by the generator of the official fuzzer, and made possible for one buyer. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { sdkSchemas } from '../../src/protocol/adcp/testing/official-schemas.ts';
import type { Fields } from './wire.ts';

const lib = join(sdkSchemas, '../..');
const load = createRequire(join(lib, 'index.js'));
/** The SDK's own edition, which its generator is made for. */
const { default: fc } = load('fast-check') as {
  readonly default: { sample(of: unknown, how: object): readonly Fields[] };
};
const { schemaToArbitrary } = load('./conformance/schemaArbitrary.js') as {
  schemaToArbitrary(schema: unknown, options: object): unknown;
};

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without what no server of ours reads: numbers that are not kept exactly, and keys that are refused wherever they are. */
function readable(value: unknown): unknown {
  if (typeof value === 'number') return Math.abs(value) > 1e9 || !Number.isFinite(value) ? 1e9 : value;
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !['__proto__', 'constructor', 'prototype', ''].includes(name))
      .map(([name, one]) => [name, readable(one)]),
  );
}

/** As many requests of a tool as AdCP's schema says them. */
export function randomRequests(tool: string, count: number, seed: number): readonly Fields[] {
  const file = join(sdkSchemas, 'bundled/media-buy', `${tool.replaceAll('_', '-')}-request.json`);
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return fc
    .sample(schemaToArbitrary(schema, {}), { numRuns: count, seed })
    .map((one) => readable(one) as Fields);
}

export function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
