/** What the front puts off, cuts off and refuses, so that it goes on for the others. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock, systemRandom } from '../../platform/clock.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { createIsProxy } from './client-address.ts';
import type { HttpLimits } from './http-limits.ts';
import { watchOverload } from './overload.ts';
import { createHttpServer, type HttpServer } from './server.ts';

interface Bench {
  readonly port: number;
  readonly server: HttpServer;
  isOverloaded: boolean;
  /** Requests that were let in. */
  admitted: number;
  /** Requests wait for this before they are answered. */
  hold: Promise<void> | null;
}

const benches: Bench[] = [];
after(() => Promise.all(benches.map(({ server }) => server.close(0))));

async function start(
  limits: Partial<HttpLimits> = {},
  hasWords = false,
  proxies: readonly string[] = [],
): Promise<Bench> {
  const endpoint: Endpoint = {
    envelope: 'mcp',
    async admit({ headers }) {
      bench.admitted += 1;
      await bench.hold;
      const body = JSON.stringify({ authorization: headers['authorization'] ?? null });
      return { admitted: false, reply: { status: 200, headers: {}, body } };
    },
    ...(hasWords
      ? { refuseUnseen: ({ code }, { path }) => ({ status: 503, headers: {}, body: `${code} ${path}` }) }
      : {}),
  };
  const server = createHttpServer({
    doors: [{ path: '/door', about: '', endpoint }],
    ingest: { take: () => assert.fail('nothing has a body here') },
    health: { notReady: () => null },
    log: () => undefined,
    clock: systemClock,
    random: systemRandom,
    isOverloaded: () => bench.isOverloaded,
    isProxy: createIsProxy(networksOf(proxies)),
    limits,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const bench: Bench = { port, server, isOverloaded: false, admitted: 0, hold: null };
  benches.push(bench);
  return bench;
}

const head = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
const last = 'connection: close\r\n';

/** All that comes back until the server closes; `closed` when it closes without a word. */
async function raw({ port }: Bench, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined).on('close', () => resolve(answer === '' ? 'closed' : answer));
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
  });
}
const statusesOf = (answer: string): readonly string[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);

async function idle(bench: Bench, count: number): Promise<readonly Socket[]> {
  const open = async (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(bench.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
    });
  return Promise.all(Array.from({ length: count }, open));
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < end, 'it never came');
    await sleep(5);
  }
}

describe('more than can be done', () => {
  test('is put off with a time to come again, in the words of the door if it has some; health is answered', async () => {
    for (const hasWords of [false, true]) {
      const bench = await start({}, hasWords);
      bench.isOverloaded = true;
      const answer = await raw(bench, head('/door/x', last));
      assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 1\r\n/i);
      assert.ok(answer.includes(hasWords ? 'SERVICE_UNAVAILABLE /door/x' : '"status":503'), answer);
      assert.equal(bench.admitted, 0);
      const health = await raw(bench, head('/livez') + head('/readyz', last));
      assert.deepEqual(statusesOf(health), ['200', '200']);
      bench.isOverloaded = false;
      assert.deepEqual(statusesOf(await raw(bench, head('/door', last))), ['200']);
    }
  });

  test('requests beyond those under way are put off, one connection or many, and taken again later', async () => {
    const bench = await start({ requestCountMax: 5 });
    let release = (): void => undefined;
    bench.hold = new Promise((resolve) => (release = resolve));
    const held = raw(bench, head('/door').repeat(4) + head('/door', last));
    await until(() => bench.admitted === 5);
    assert.deepEqual(statusesOf(await raw(bench, head('/door', last))), ['503']);
    assert.deepEqual(statusesOf(await raw(bench, head('/livez', last))), ['200']);
    bench.hold = null;
    release();
    assert.deepEqual(
      statusesOf(await held),
      Array.from({ length: 5 }, () => '200'),
    );
    assert.deepEqual(statusesOf(await raw(bench, head('/door', last))), ['200']);
  });

  test('a thread that stays behind is seen, and seen to have caught up', async () => {
    const watch = watchOverload(systemClock);
    try {
      assert.equal(watch.isOverloaded(), false);
      const block = new Int32Array(new SharedArrayBuffer(4));
      await until(() => {
        Atomics.wait(block, 0, 0, 700);
        return watch.isOverloaded();
      });
      await until(() => !watch.isOverloaded());
    } finally {
      watch.close();
    }
  });
});

describe('connections', () => {
  test('beyond those of one address are closed, and there is room again when others leave', async () => {
    const bench = await start({ connectionCountPerAddressMax: 10 });
    const sockets = await idle(bench, 10);
    assert.equal(await raw(bench, head('/livez', last)), 'closed');
    sockets[0]?.destroy();
    await until(() => sockets[0]?.closed === true);
    let answer = 'closed';
    const end = performance.now() + 20_000;
    while (answer === 'closed' && performance.now() < end) answer = await raw(bench, head('/livez', last));
    assert.deepEqual(statusesOf(answer), ['200']);
    for (const socket of sockets) socket.destroy();
  });

  test('of a trusted proxy are those of many, and bounded with all others only', async () => {
    for (const [proxy, isOne] of [
      ['127.0.0.0/8', true],
      ['10.0.0.0/8', false],
    ] as const) {
      const bench = await start({ connectionCountPerAddressMax: 3, connectionCountMax: 8 }, false, [proxy]);
      const sockets = await idle(bench, 3);
      const fourth = await raw(bench, head('/livez', last));
      assert.deepEqual(statusesOf(fourth), isOne ? ['200'] : [], proxy);
      for (const socket of sockets) socket.destroy();
    }
  });

  test('beyond those of the whole server are closed too', async () => {
    const bench = await start({ connectionCountMax: 5 });
    const sockets = await idle(bench, 5);
    assert.equal(await raw(bench, head('/livez', last)), 'closed');
    for (const socket of sockets) socket.destroy();
  });

  test('idle ones are closed after their time', async () => {
    const bench = await start({ keepAliveMs: 100 });
    assert.deepEqual(statusesOf(await raw(bench, head('/livez'))), ['200'], 'the server closes');
  });
});

describe('heads', () => {
  test('an address of a megabyte and ten thousand headers are refused, and nobody is asked', async () => {
    const bench = await start();
    for (const text of [
      head(`/door?${'x'.repeat(1_000_000)}`),
      head('/door', 'a: b\r\n'.repeat(10_000)),
      head('/door', `x: ${'y'.repeat(20_000)}\r\n`),
    ]) {
      assert.deepEqual(statusesOf(await raw(bench, text)), ['431']);
    }
    assert.equal(bench.admitted, 0);
    assert.deepEqual(statusesOf(await raw(bench, head('/livez', last))), ['200']);
  });

  test('a header behind many is refused or read, never overlooked', async () => {
    const bench = await start();
    for (const count of [10, 500, 1_000, 1_500, 1_990, 2_010, 2_500, 2_700]) {
      const answer = await raw(
        bench,
        head('/door', `${'a:b\r\n'.repeat(count)}authorization: Bearer k\r\n${last}`),
      );
      const isRefused = answer.startsWith('HTTP/1.1 431 ');
      assert.ok(isRefused || answer.endsWith('{"authorization":"Bearer k"}'), `${count} ${answer}`);
    }
  });

  test('requests that travel together are all answered, in order', async () => {
    const bench = await start();
    const heads = Array.from({ length: 300 }, (_, n) => head('/door', `authorization: ${n}\r\n`));
    const answer = await raw(bench, heads.join('') + head('/livez', last));
    const told = [...answer.matchAll(/"authorization":"(\d+)"/g)].map(([, n]) => Number(n));
    assert.deepEqual(
      told,
      Array.from({ length: 300 }, (_, n) => n),
    );
  });
});
