import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faultsOfDeliveries } from './clients.ts';

const delivery = (json: Record<string, unknown>) => ({ json, body: Buffer.from(JSON.stringify(json)) });
const event = (operation_id: string, key?: string, more = {}) =>
  delivery({ operation_id, ...(key === undefined ? {} : { idempotency_key: key }), ...more });

test('an event that comes again with its key and its bytes is no fault', () => {
  assert.deepEqual(faultsOfDeliveries([event('a', 'k1'), event('b', 'k2'), event('a', 'k1')]), []);
});

test('an event without a key is a fault: nobody could tell it from another', () => {
  assert.deepEqual(faultsOfDeliveries([event('a'), event('b', 'k2')]), ['1 deliveries have no key']);
  assert.deepEqual(faultsOfDeliveries([event('a', '')]), ['1 deliveries have no key']);
});

test('one event under two keys would be acted on twice', () => {
  assert.deepEqual(faultsOfDeliveries([event('a', 'k1'), event('a', 'k2')]), ['1 events have two keys']);
});

test('one key around two bodies is a fault', () => {
  const again = event('a', 'k1', { status: 'failed' });
  assert.deepEqual(faultsOfDeliveries([event('a', 'k1'), again]), ['1 keys came with two bodies']);
});
