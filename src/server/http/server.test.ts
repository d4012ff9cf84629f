import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { limits } from '../../base/limits.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import type { LogFields } from '../../platform/log.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { httpStatusOf } from '../../protocol/http-status.ts';
import type { Ingest } from '../../protocol/ingest.ts';
import type { HttpLimits } from './http-limits.ts';
import { createHttpServer } from './server.ts';
import type { HttpServer } from './server.ts';

/** An endpoint that answers how many bytes it was given, and an ingest that counts and sums them. */
interface Bench {
  readonly server: HttpServer;
  readonly port: number;
  readonly logged: [string, LogFields][];
  /** Bytes of every body that reached the ingest. */
  readonly taken: number[];
  ready: string | null;
  /** Held until called, when set. */
  hold: Promise<void> | null;
}

const benches: Bench[] = [];
after(() => Promise.all(benches.map((bench) => bench.server.close(0))));

async function start(
  overrides: Partial<HttpLimits> = {},
  bodyBytesMax: number = limits.requestBytesMax,
): Promise<Bench> {
  const taken: number[] = [];
  const logged: [string, LogFields][] = [];
  const ingest: Ingest = {
    async take(body, length) {
      taken.push(length);
      await bench.hold;
      let sum = 0;
      for (let at = 0; at < length; at += 1) sum = (sum + (body[at] ?? 0) * ((at % 251) + 1)) % 1_000_003;
      return { ok: true, skeleton: { length, sum }, audiences: [], membersDigest: new Uint8Array(32) };
    },
  };
  const mcp: Endpoint = {
    envelope: 'mcp',
    async admit() {
      return {
        admitted: true,
        bodyBytesMax,
        async answer(call) {
          const body = call.ok ? JSON.stringify(call.skeleton) : '';
          return { status: 200, headers: { 'content-type': 'application/json' }, body };
        },
        refuse(fault) {
          const body = JSON.stringify({ code: fault.code, details: fault.info.details });
          return { status: httpStatusOf[fault.code], headers: {}, body };
        },
      };
    },
  };
  const server = createHttpServer({
    doors: [{ path: '/mcp', about: 'a door', endpoint: mcp }],
    ingest,
    health: { notReady: () => bench.ready },
    log: (_level, event, fields) => logged.push([event, fields ?? {}]),
    clock: systemClock,
    random: systemRandom,
    limits: overrides,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const bench: Bench = { server, port, logged, taken, ready: null, hold: null };
  benches.push(bench);
  return bench;
}

function sumOf(body: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) sum = (sum + (body[at] ?? 0) * ((at % 251) + 1)) % 1_000_003;
  return sum;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(
  bench: Bench,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  chunks: readonly Uint8Array[] = [],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: bench.port, host: '127.0.0.1', method, path, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    request.on('error', reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}

/** Writes raw bytes on a socket and gives all that comes back until it closes. */
function raw(bench: Bench, parts: readonly (string | Uint8Array)[], endAfterMs?: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(bench.port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
      if (endAfterMs !== undefined) setTimeout(() => socket.destroy(), endAfterMs);
    });
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
}

const noise = (bytes: number): Uint8Array => {
  const body = new Uint8Array(bytes);
  for (let at = 0, state = 1; at < bytes; at += 1) body[at] = state = (state * 75 + 74) % 65_537;
  return body;
};

describe('routes', async () => {
  const bench = await start();

  it('small answers, with a request id and no caching', async () => {
    const live = await send(bench, 'GET', '/livez');
    assert.deepEqual([live.status, live.text], [200, '{"status":"ok"}']);
    assert.match(String(live.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    assert.equal(live.headers['cache-control'], 'no-store');
    assert.match((await send(bench, 'GET', '/?x=1')).text, /^Rollcall: /);
    assert.equal((await send(bench, 'HEAD', '/livez')).text, '');
    const missing = await send(bench, 'GET', '/nothing/secret-value');
    assert.equal(missing.status, 404);
    assert.equal(JSON.parse(missing.text).error.status, 404);
    assert.equal((await send(bench, 'POST', '/livez', {}, [noise(10)])).status, 405);
    assert.ok(!JSON.stringify(bench.logged).includes('secret-value'));
  });

  it('readiness says why not', async () => {
    bench.ready = 'loading the graph';
    const reply = await send(bench, 'GET', '/readyz');
    assert.deepEqual(
      [reply.status, reply.text],
      [503, '{"status":"not_ready","reason":"loading the graph"}'],
    );
    bench.ready = null;
    assert.equal((await send(bench, 'GET', '/readyz')).status, 200);
  });

  it('a foreign Host name is refused on the loopback address', async () => {
    assert.equal((await send(bench, 'GET', '/livez', { host: 'evil.example' })).status, 421);
    assert.equal((await send(bench, 'POST', '/mcp', { host: 'evil.example:80' }, [noise(9)])).status, 421);
    assert.equal((await send(bench, 'GET', '/livez', { host: 'localhost:9' })).status, 200);
  });

  it('a connection stays open for the next request, after a body too', async () => {
    const post = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}';
    const get = 'GET /livez HTTP/1.1\r\nhost: localhost\r\n';
    const text = await raw(bench, [post, `${get}\r\n`, `${get}connection: close\r\n\r\n`]);
    assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
    assert.equal(text.match(/connection: close/gi)?.length, 1);
  });
});

describe('bodies', async () => {
  const bench = await start();

  for (const size of [0, 1, 70_000, 1_048_577, 5_000_000]) {
    it(`${size} bytes arrive as they were sent: announced, in chunks, and compressed`, async () => {
      const body = noise(size);
      const expected = JSON.stringify({ length: size, sum: sumOf(body) });
      const half = Math.floor(size / 3);
      const chunks = [body.subarray(0, half), body.subarray(half)].filter((chunk) => chunk.length > 0);
      const zipped = gzipSync(body, { level: 1 });
      const announced = await send(bench, 'POST', '/mcp', { 'content-length': String(size) }, chunks);
      assert.deepEqual([announced.status, announced.text], [200, expected]);
      const chunked = await send(bench, 'POST', '/mcp', { 'transfer-encoding': 'chunked' }, chunks);
      assert.deepEqual([chunked.status, chunked.text], [200, expected]);
      const gzip = await send(bench, 'POST', '/mcp', { 'content-encoding': 'gzip' }, [zipped]);
      assert.deepEqual([gzip.status, gzip.text], [200, expected]);
    });
  }

  it('65 MiB are refused by name, announced or not, and never reach the ingest', async () => {
    const before = bench.taken.length;
    const piece = new Uint8Array(1024 * 1024);
    const pieces = Array.from({ length: 65 }, () => piece);
    const expected =
      '{"code":"BODY_TOO_LARGE","details":{"limit":67108864,"limit_name":"requestBytesMax","unit":"bytes"}}';
    const announced = await send(
      bench,
      'POST',
      '/mcp',
      { 'content-length': String(65 * 1024 * 1024) },
      pieces,
    );
    assert.deepEqual([announced.status, announced.text], [413, expected]);
    assert.equal(announced.headers.connection, 'close');
    const chunked = await send(bench, 'POST', '/mcp', { 'transfer-encoding': 'chunked' }, pieces);
    assert.deepEqual([chunked.status, chunked.text], [413, expected]);
    assert.equal(bench.taken.length, before);
  });

  it('a caller that asks first is refused before it sends', async () => {
    const head = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n';
    const text = await raw(bench, [`${head}content-length: 99999999\r\n\r\n`], 300);
    assert.match(text, /^HTTP\/1\.1 413 /);
    const good = await raw(bench, [`${head}connection: close\r\ncontent-length: 2\r\n\r\n`, '{}']);
    assert.match(good, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it('a gzip bomb of zeros is stopped long before it is inflated', async () => {
    const bomb = gzipSync(new Uint8Array(128 * 1024 * 1024), { level: 1 });
    const reply = await send(bench, 'POST', '/mcp', { 'content-encoding': 'gzip' }, [bomb]);
    assert.equal(reply.status, 413);
    assert.equal(JSON.parse(reply.text).details.limit_name, 'inflateRatioMax');
  });

  it('honest repetition passes, and what is under the grace size', async () => {
    const zeros = gzipSync(new Uint8Array(1_000_000));
    assert.equal((await send(bench, 'POST', '/mcp', { 'content-encoding': 'x-gzip' }, [zeros])).status, 200);
  });

  it('nested, unknown and broken encodings', async () => {
    const body = gzipSync(noise(1_000));
    for (const encoding of ['gzip, gzip', 'br', 'deflate', 'zstd', 'identity, gzip']) {
      assert.equal(
        (await send(bench, 'POST', '/mcp', { 'content-encoding': encoding }, [body])).status,
        415,
        encoding,
      );
    }
    for (const broken of [body.subarray(0, 500), noise(500), body.subarray(0, 5)]) {
      const reply = await send(bench, 'POST', '/mcp', { 'content-encoding': 'gzip' }, [broken]);
      assert.deepEqual([reply.status, JSON.parse(reply.text).code], [400, 'INVALID_REQUEST']);
    }
  });

  it('a truncated body costs nothing and is logged', async () => {
    const before = bench.taken.length;
    const head = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\n';
    await raw(bench, [`${head}content-length: 5000000\r\n\r\n`, noise(100_000)], 50);
    await raw(
      bench,
      [`${head}content-encoding: gzip\r\ncontent-length: 5000000\r\n\r\n`, gzipSync(noise(9_000))],
      50,
    );
    await raw(bench, [`${head}transfer-encoding: chunked\r\n\r\n5\r\nabc`], 50);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(bench.taken.length, before);
    assert.equal(bench.logged.filter(([event]) => event === 'http_request_aborted').length, 3);
    assert.equal((await send(bench, 'POST', '/mcp', {}, [noise(10)])).status, 200);
  });
});

describe('bounds of the connection', async () => {
  it('slow headers, slow bodies, large headers and nonsense', async () => {
    const bench = await start({ headerTimeoutMs: 150, requestTimeoutMs: 300 });
    assert.match(await raw(bench, ['GET /livez HTTP/1.1\r\nhost: local']), /^HTTP\/1\.1 408 /);
    const head = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n';
    assert.match(await raw(bench, [head, 'abc']), /^HTTP\/1\.1 408 /);
    const huge = `GET /livez HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(bench, [huge]), /^HTTP\/1\.1 431 /);
    assert.match(await raw(bench, ['NONSENSE\r\n\r\n']), /^HTTP\/1\.1 400 /);
    assert.equal((await send(bench, 'GET', '/livez')).status, 200);
  });

  it('bodies beyond the memory of all requests are put off', async () => {
    const bench = await start({ inFlightBytesMax: 3_000_000 });
    let release = (): void => undefined;
    bench.hold = new Promise((resolve) => (release = resolve));
    const first = send(bench, 'POST', '/mcp', {}, [noise(900_000)]);
    const second = send(bench, 'POST', '/mcp', {}, [noise(900_000)]);
    while (bench.taken.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const third = await send(bench, 'POST', '/mcp', { 'content-length': '1500000' }, [noise(1_500_000)]);
    assert.deepEqual([third.status, JSON.parse(third.text).code], [503, 'SERVICE_UNAVAILABLE']);
    assert.equal((await send(bench, 'GET', '/livez')).status, 200);
    bench.hold = null;
    release();
    assert.deepEqual([(await first).status, (await second).status], [200, 200]);
    assert.equal((await send(bench, 'POST', '/mcp', {}, [noise(900_000)])).status, 200);
  });

  it('closing lets a request finish, and takes no new one', async () => {
    const bench = await start();
    let release = (): void => undefined;
    bench.hold = new Promise((resolve) => (release = resolve));
    const running = send(bench, 'POST', '/mcp', {}, [noise(100)]);
    while (bench.taken.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = bench.server.close(5_000);
    await assert.rejects(send(bench, 'GET', '/livez'), { code: 'ECONNREFUSED' });
    release();
    const reply = await running;
    assert.deepEqual([reply.status, reply.headers.connection], [200, 'close']);
    await closed;
  });

  it('closing does not wait for ever', async () => {
    const bench = await start();
    bench.hold = new Promise(() => undefined);
    const running = send(bench, 'POST', '/mcp', {}, [noise(100)]);
    running.catch(() => undefined);
    while (bench.taken.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.server.close(50);
    await assert.rejects(running);
  });

  it('a port that is taken is said in plain words', async () => {
    const bench = await start();
    const other = createHttpServer({
      doors: [{ path: '/mcp', about: '', endpoint: { envelope: 'mcp', admit: () => assert.fail() } }],
      ingest: { take: () => assert.fail() },
      health: { notReady: () => null },
      log: () => undefined,
      clock: systemClock,
      random: systemRandom,
    });
    await assert.rejects(other.listen('127.0.0.1', bench.port), {
      code: 'CONFIGURATION_ERROR',
      message: `Port ${bench.port} is taken by another program; choose another with --port.`,
    });
  });
});

it('small requests stay quick while large bodies stream in', async () => {
  const bench = await start();
  const body = noise(15_000_000);
  let isDone = false;
  const uploads = Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let turn = 0; turn < 3; turn += 1) await send(bench, 'POST', '/mcp', {}, [body]);
    }),
  ).finally(() => (isDone = true));
  let count = 0;
  while (!isDone) {
    assert.equal((await send(bench, 'GET', '/livez')).status, 200);
    count += 1;
  }
  await uploads;
  assert.ok(count >= 9, `only ${count} small answers during nine uploads`);
});
