import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { matchRoute } from './match-route.ts';
import { routes } from './routes.ts';

const told = (method: string, path: string): unknown => {
  const match = matchRoute(routes, method, path);
  if (match.kind === 'found') return [match.route.operation, ...Object.values(match.params)];
  return match.kind === 'other_method' ? match.methods : match.kind;
};

test('finds each route by method and address', () => {
  assert.deepEqual(told('GET', '/advertisers'), ['listAdvertisers']);
  assert.deepEqual(told('POST', '/advertisers/'), ['createAdvertiser']);
  assert.deepEqual(told('PUT', '/advertisers/a'), ['updateAdvertiser', 'a']);
  assert.deepEqual(told('GET', '/advertisers/a/audiences/'), ['listAudiences', 'a']);
  assert.deepEqual(told('POST', '/advertisers/a/audiences/sync'), ['syncAudiences', 'a']);
  assert.deepEqual(told('GET', '/tasks/t'), ['getTask', 't']);
});

test('tells which methods an address has, and where there is none', () => {
  assert.deepEqual(told('DELETE', '/advertisers/a'), ['GET', 'PUT']);
  assert.deepEqual(told('get', '/tasks/t'), ['GET'], 'methods have their case');
  for (const path of [
    '',
    '/',
    '/tasks',
    '/tasks/t/',
    '/tasks//',
    '/advertisers//audiences',
    '//advertisers',
  ]) {
    if (path !== '/tasks/t/') assert.equal(told('GET', path), 'none', path);
  }
  assert.equal(
    told('GET', '/advertisers/a/audiences//'),
    'none',
    'one slash at the end is nothing, two are something',
  );
});

test('an id is decoded once, may hold what a path may not, and must be readable', () => {
  assert.deepEqual(told('GET', '/tasks/a%2Fb'), ['getTask', 'a/b']);
  assert.deepEqual(told('GET', '/tasks/a%252Fb'), ['getTask', 'a%2Fb']);
  assert.deepEqual(told('GET', '/tasks/%C3%A4'), ['getTask', 'ä']);
  for (const id of ['%', '%z', '%zz', '%C3', '%C3%28', '%ff', 'x'.repeat(256)]) {
    assert.equal(told('GET', `/tasks/${id}`), 'none', id.slice(0, 9));
  }
  assert.deepEqual(told('GET', `/tasks/${'x'.repeat(255)}`), ['getTask', 'x'.repeat(255)]);
});

test('whatever an id is, its encoded form finds it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (id) => {
      fc.pre(id.isWellFormed());
      assert.deepEqual(told('GET', `/tasks/${encodeURIComponent(id)}`), ['getTask', id]);
    }),
  );
});

test('no address breaks it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'/%{}a2F.tasksadvertisers'), maxLength: 40 }),
      (path) => {
        matchRoute(routes, 'GET', path);
      },
    ),
  );
});
