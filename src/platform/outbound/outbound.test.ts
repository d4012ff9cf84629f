import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';

import fc from 'fast-check';

import { createOutbound, OutboundRefusal, type Outbound, type Resolve } from './outbound.ts';
import { isPublicAddress, isWithin, parseNetwork, type Network } from './public-address.ts';
import { forbidden4, forbidden6, public4, public6, wrapped } from './testing/addresses.ts';

test('public addresses are told from all others', () => {
  const all = [...forbidden4, ...forbidden6, ...wrapped];
  assert.ok(all.length >= 120);
  for (const address of all) assert.equal(isPublicAddress(address), false, address);
  for (const address of [...public4, ...public6]) assert.equal(isPublicAddress(address), true, address);
  for (const odd of ['', 'example.com', '1.2.3', '1.2.3.4.5', ':::', '[::1]', '1.1.1.1/8']) {
    assert.equal(isPublicAddress(odd), false, odd);
  }
});

test('an address of IPv4 is judged alike however its octets fall', () => {
  const networks = [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
  ]
    .concat(['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'])
    .concat(['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4']);
  const bits = networks.map((text): readonly [number, number] => {
    const [address = '', length = ''] = text.split('/');
    const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return [value, Number(length)];
  });
  // The registry's list (IANA, IPv4 special-purpose addresses) as arithmetic.
  const model = (value: number): boolean =>
    bits.every(
      ([network, length]) =>
        Math.floor(value / 2 ** (32 - length)) !== Math.floor(network / 2 ** (32 - length)),
    );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.constantFrom(...bits),
      fc.boolean(),
      (random, [network, length], near) => {
        const value = near ? network + (random % 2 ** (32 - length)) : random;
        const address = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
        assert.equal(isPublicAddress(address), model(value), address);
        assert.equal(isPublicAddress(`::ffff:${address}`), false);
      },
    ),
    { numRuns: 10_000 },
  );
});

test('networks hold their own kind of address only', () => {
  const networks = ['10.0.0.0/8', '192.168.7.1', 'fd00::/8'].map(
    (text) => parseNetwork(text) ?? assert.fail(text),
  );
  for (const inside of ['10.9.8.7', '192.168.7.1', 'fd12::1']) assert.ok(isWithin(inside, networks), inside);
  for (const outside of ['11.0.0.1', '192.168.7.2', 'fe80::1', '::ffff:10.0.0.1', 'name']) {
    assert.equal(isWithin(outside, networks), false, outside);
  }
  for (const odd of ['', '10.0.0.0/33', 'fd00::/129', 'name', '10.0.0.0/8/8'])
    assert.equal(parseNetwork(odd), null);
});

const loopback: readonly Network[] = [parseNetwork('127.0.0.0/8')!, parseNetwork('::1')!];

describe('requests', () => {
  /** Counts whoever reaches it, on every address of this machine. */
  let canary: Server;
  let port: number;
  let reached = 0;
  let answer: (path: string) => readonly [number, Record<string, string>] = () => [200, {}];
  const open: Outbound[] = [];
  const outbound = (allowNetworks: readonly Network[], resolve?: Resolve): Outbound => {
    const made = createOutbound({ allowNetworks }, resolve === undefined ? {} : { resolve });
    open.push(made);
    return made;
  };
  before(async () => {
    canary = createServer((request, response) => {
      const [status, headers] = answer(request.url ?? '');
      response.writeHead(status, headers).end('{"ok":true}');
    });
    canary.on('connection', () => (reached += 1));
    await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
    port = (canary.address() as AddressInfo).port;
  });
  after(async () => {
    await Promise.all(open.map(async (one) => one.close()));
    canary.closeAllConnections();
    await new Promise((resolve) => canary.close(resolve));
  });

  const family = (address: string): number => (address.includes(':') ? 6 : 4);
  const answering =
    (...addresses: readonly string[]): Resolve =>
    (_, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: family(address) })),
      );
  const refusedAt = async (made: Outbound, url: string): Promise<void> => {
    await assert.rejects(made.fetch(url), OutboundRefusal, url);
  };

  test('no forbidden address is connected to, by literal or by name, alone or among good ones', async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map(({ address }) => address),
    );
    assert.ok(own.length > 0);
    const before = reached;
    const everywhere = [
      ...new Set([...forbidden4, ...forbidden6, ...wrapped, ...own.map((one) => one.split('%')[0]!)]),
    ];
    const strict = outbound([]);
    for (const address of everywhere) {
      if (isPublicAddress(address)) continue;
      const host = family(address) === 6 ? `[${address}]` : address;
      for (const protocol of ['http', 'https']) {
        await refusedAt(strict, `${protocol}://${host}:${port}/`);
        await refusedAt(outbound([], answering(address)), `${protocol}://name.example:${port}/`);
        await refusedAt(
          outbound([], answering('93.184.216.34', address)),
          `${protocol}://name.example:${port}/`,
        );
      }
    }
    assert.equal(reached, before, 'nobody reached the canary');
  });

  test('odd spellings of an address are still that address', async () => {
    const before = reached;
    const strict = outbound([]);
    const spelled = [
      '127.1',
      '0x7f.1',
      '0177.0.0.1',
      '2130706433',
      '0x7f000001',
      '１２７.０.０.１',
      '127。0。0。1',
    ];
    for (const host of [
      ...spelled,
      'localhost',
      'localhost.',
      'LOCALHOST',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:0:0:1]',
    ]) {
      await assert.rejects(strict.fetch(`https://${host}:${port}/`), host);
      await assert.rejects(strict.fetch(`http://${host}:${port}/`), host);
    }
    assert.equal(reached, before);
  });

  test('a name is looked up once a connection, and what was checked is what is called', async () => {
    let asked = 0;
    const flipping: Resolve = (_, done) => {
      asked += 1;
      done(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    };
    const made = outbound(loopback, flipping);
    const response = await made.fetch(`http://name.example:${port}/`);
    assert.deepEqual([response.status, asked], [200, 1]);
    await response.text();
    canary.closeAllConnections();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await refusedAt(made, `http://name.example:${port}/`);
    assert.equal(asked, 2, 'a new connection is a new question');
  });

  test('the operator’s own networks are called, without TLS too; other networks are never called without it', async () => {
    const response = await outbound(loopback).fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: 'x',
    });
    assert.deepEqual(await response.json(), { ok: true });
    await refusedAt(outbound(loopback), 'http://93.184.216.34/');
    await refusedAt(outbound(loopback, answering('93.184.216.34')), 'http://name.example/');
    await refusedAt(outbound(loopback, answering('127.0.0.1', '10.0.0.1')), `http://name.example:${port}/`);
  });

  test('redirects, credentials in the address and other protocols are refused', async () => {
    const made = outbound(loopback);
    answer = (path) => (path === '/' ? [302, { location: '/secret' }] : [200, {}]);
    await refusedAt(made, `http://127.0.0.1:${port}/`);
    answer = () => [200, {}];
    for (const url of [
      `http://u:p@127.0.0.1:${port}/`,
      'ftp://127.0.0.1/',
      'file:///etc/passwd',
      'data:text/plain,x',
    ]) {
      await refusedAt(made, url);
    }
  });

  test('an environment that names a proxy changes nothing', async () => {
    const earlier = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    });
    try {
      const before = reached;
      await refusedAt(outbound([], answering('10.0.0.1')), 'https://name.example/');
      assert.equal(reached, before);
    } finally {
      process.env = earlier;
    }
  });

  test('a name without an address fails as such, and no message tells what a name led to', async () => {
    const nowhere: Resolve = (_, done) => done(new Error('ENOTFOUND'), []);
    await assert.rejects(
      outbound([], nowhere).fetch('https://name.example/'),
      (error) => !(error instanceof OutboundRefusal),
    );
    await assert.rejects(
      outbound([], answering('10.20.30.40')).fetch('https://name.example/'),
      (error: Error) => {
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /10\.20/);
        return true;
      },
    );
  });
});
