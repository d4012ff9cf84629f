import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from 'yaml';

import type { JsonObject } from '../../engine/types.ts';
import { openApiDocument, openApiYaml } from './openapi.ts';
import { routes } from './routes.ts';

const document = openApiDocument();

/** Every object of the document, with its place. */
function* objectsOf(value: unknown, place = ''): Generator<readonly [string, JsonObject]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [place, value as JsonObject];
  for (const [name, below] of Object.entries(value)) yield* objectsOf(below, `${place}/${name}`);
}

test('every route is described, once, with its parameters', () => {
  const paths = document['paths'] as Record<string, Record<string, JsonObject>>;
  const found = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${JSON.stringify(operationId)}`,
    ),
  );
  assert.deepEqual(
    found.toSorted(),
    routes.map(({ method, path, operation }) => `${method} ${path} "${operation}"`).toSorted(),
  );
  for (const [path, operations] of Object.entries(paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [] } of Object.values(operations)) {
      const inPath = (parameters as readonly JsonObject[]).filter((one) => one['in'] === 'path');
      assert.deepEqual(
        inPath.map(({ name }) => name),
        named,
      );
    }
  }
});

test('every reference leads somewhere, and every shared schema is used', () => {
  const used = new Set<string>();
  for (const [place, { $ref }] of objectsOf(document)) {
    if (typeof $ref !== 'string') continue;
    used.add($ref);
    const steps = $ref.slice(2).split('/');
    const target = steps.reduce<unknown>((value, step) => (value as JsonObject)[step], document);
    assert.ok(typeof target === 'object' && target !== null, `${place}: ${$ref}`);
  }
  const { schemas, responses } = document['components'] as Record<string, JsonObject>;
  const shared = [
    ...Object.keys(schemas ?? {}).map((name) => `#/components/schemas/${name}`),
    ...Object.keys(responses ?? {}).map((name) => `#/components/responses/${name}`),
  ];
  assert.deepEqual([...used].toSorted(), shared.toSorted());
});

test('our own notes are left out', () => {
  for (const [place, fields] of objectsOf(document)) {
    assert.ok(!Object.keys(fields).some((name) => name.startsWith('x-')), place);
    assert.notEqual(fields['format'], 'multiline', place);
  }
});

test('the YAML reads back as the document, for readers of YAML 1.2 and of 1.1', () => {
  const text = openApiYaml();
  assert.deepEqual(parse(text), document);
  assert.deepEqual(parse(text, { version: '1.1' }), document);
  assert.doesNotMatch(text, /^\s*[\w-]+: [&*]/m, 'no anchors');
});
