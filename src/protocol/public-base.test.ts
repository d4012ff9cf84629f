import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicBase } from './public-base.ts';

const of = (host: string | undefined, publicUrl = ''): string | null =>
  publicBase(publicUrl, {
    method: 'GET',
    path: '/',
    query: '',
    target: '/',
    address: '127.0.0.1',
    headers: { host },
  });

test('the address is the one of the request, unless the operator has named one', () => {
  assert.equal(of('127.0.0.1:8080'), 'http://127.0.0.1:8080');
  assert.equal(of('[::1]:99'), 'http://[::1]:99');
  assert.equal(of('Ads.Example'), 'http://Ads.Example');
  assert.equal(of('x', 'https://ads.example'), 'https://ads.example');
});

test('a host that is more than a host is none', () => {
  for (const host of [undefined, '', 'a b', 'a/b', 'a"b', '<b>', 'a@b', 'a:1:2', 'a:123456', '[x]', "a'b"]) {
    assert.equal(of(host), null, host);
  }
});
