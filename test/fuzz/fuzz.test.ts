/**
 * Requests that are nearly good, over every door: none may bring the server to fault, to hang, to say what it must not or to hold
 * memory. `ROLLCALL_FUZZ=200000` is the long run, `ROLLCALL_FUZZ_SEED` repeats one.
 */
import assert from 'node:assert/strict';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request, Agent } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { runJson, spawnServer, type ServerProcess } from '../support/process.ts';
import { sha256 } from '../support/seller.ts';
import { createDice } from './dice.ts';
import { spoil, type Spoiled } from './mutate.ts';
import { seedsFor, type Secrets } from './seeds.ts';

const count = Number(process.env['ROLLCALL_FUZZ'] ?? 6_000);
const seed = Number(process.env['ROLLCALL_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const concurrency = 24;
/** Longer than this is a hang. */
const answerMsMax = 5_000;
/** What the second half of a run may add to the first, in which caches fill that fill once. */
const growthMbMax = 50;

const secrets: Secrets = {
  key: '',
  adServerKey: '',
  credentials: 'canary-credentials-0123456789abcdef0123',
  hash: sha256('canary@example.com'),
  externalId: 'canary-external-id-77',
};
const accountId = 'acct_fuzz';
const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-fuzz-'));
let server: ServerProcess;
let known: Secrets;
before(async () => {
  const account = ['--id', accountId, '--brand', 'fuzz.example', '--operator', 'a.example', '--sandbox'];
  await runJson(['account', 'create', ...account, '--data', dataDir]);
  const { key } = await runJson(['key', 'create', '--account', accountId, '--data', dataDir]);
  const adServer = await runJson(['key', 'create', '--scope', 'decisions', '--data', dataDir]);
  known = { ...secrets, key: String(key), adServerKey: String(adServer['key']) };
  server = await spawnServer(dataDir, ['--wait-ms', '20', '--log-level', 'info']);
});
after(async () => {
  assert.equal(await server.stop(), 0);
  rmSync(dataDir, { recursive: true, force: true });
});

interface Told {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

/** Sends it through a client that speaks HTTP properly; what the client itself refuses to send is no finding: null. */
async function send({ method, path, headers, body }: Spoiled, agent: Agent): Promise<Told | null> {
  const { hostname, port } = new URL(server.url);
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let sent;
    try {
      const length = { 'content-length': String(body.length) };
      const isBare = method === 'GET' || method === 'HEAD';
      sent = request({
        hostname,
        port,
        method,
        path,
        agent,
        headers: { ...headers, ...(isBare ? {} : length) } as never,
      });
    } catch {
      resolve(null);
      return;
    }
    const timer = setTimeout(() => reject(new Error('no answer')), answerMsMax * 4);
    const end = (told: Told | null): void => {
      clearTimeout(timer);
      resolve(told);
    };
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        end({
          status: response.statusCode ?? 0,
          text: JSON.stringify(response.headers) + Buffer.concat(chunks).toString('utf8'),
          ms: performance.now() - start,
        }),
      );
      response.on('error', () => end(null));
    });
    // A connection that the server ends after an answer may meet the next request on it.
    sent.on('error', () => end(null));
    if (method === 'GET' || method === 'HEAD') sent.end();
    else sent.end(body);
  });
}

/** What must be in no answer. The sample of rejected members alone may name an external id. */
function finding({ status, text, ms }: Told): string | null {
  if (status >= 500) return `status ${status}`;
  if (ms > answerMsMax) return `${Math.round(ms)} ms`;
  if (/\bat \S+ \(?(?:file|node):|node:internal|\/src\/|\.ts:\d+/.test(text)) return 'a stack';
  if (text.includes(known.key) || text.includes(known.adServerKey)) return 'the key';
  if (text.includes(known.credentials)) return 'credentials';
  if (text.includes(known.hash)) return 'a hash';
  if (text.includes(known.externalId) && !text.includes('rejected')) return 'an external id';
  return null;
}

function rssMb(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

describe('spoiled requests', () => {
  test(`${count} over every door`, { timeout: 3_600_000 }, async (t) => {
    const dice = createDice(seed);
    const seeds = seedsFor(accountId, known);
    assert.ok(seeds.length > 40, 'every kind of request is there');
    const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    const findings: string[] = [];
    const statuses = new Map<string, number>();
    let unanswered = 0;
    let slowest = 0;
    let made = 0;
    const memory: number[] = [];
    const work = async (): Promise<void> => {
      while (made < count) {
        made += 1;
        if (made % Math.ceil(count / 20) === 0) memory.push(Math.round(rssMb()));
        const spoiled = spoil(dice.of(seeds), dice);
        const told = await send(spoiled, agent);
        if (told === null) {
          unanswered += 1;
          continue;
        }
        const kind = `${Math.floor(told.status / 100)}xx`;
        statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
        slowest = Math.max(slowest, told.ms);
        const found = finding(told);
        if (found !== null) findings.push(`${spoiled.name} (${spoiled.how.join(', ')}): ${found}`);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    agent.destroy();
    await sleep(1_000);
    const late = Math.round(rssMb());
    const shown = [...statuses].toSorted(([a], [b]) => a.localeCompare(b)).map(([kind, n]) => `${n} ${kind}`);
    t.diagnostic(
      `seed ${seed}: ${shown.join(', ')}, ${unanswered} without an answer; slowest ${Math.round(slowest)} ms; memory ${memory.join(' ')} MB, at last ${late} MB`,
    );
    assert.deepEqual(findings.slice(0, 20), [], `seed ${seed}`);
    assert.ok(unanswered < count / 20, `${unanswered} had no answer`);
    assert.ok(
      (statuses.get('2xx') ?? 0) > count / 50 && (statuses.get('4xx') ?? 0) > count / 5,
      'some good, many bad',
    );
    assert.ok(late - memory[9]! < growthMbMax, `memory grew: ${memory.join(' ')}, ${late}`);
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
    for (const secret of [known.key, known.credentials, known.hash, known.externalId]) {
      assert.ok(!server.log().includes(secret), 'a secret is in the log');
    }
    assert.doesNotMatch(server.log(), /"level":"error"/);
  });

  /** What no client would send, byte by byte. */
  const raw: Readonly<Record<string, string>> = {
    'no HTTP': 'hello\r\n\r\n',
    'a bad version': 'GET / HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n',
    'two lengths':
      'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef',
    'a length and chunks':
      'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'a bad chunk':
      'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n',
    'a negative length': 'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -1\r\n\r\n',
    'no host': 'GET / HTTP/1.1\r\n\r\n',
    'another host': 'GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n',
    'a header with a line end': 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: a\rb\r\n\r\n',
    'a header without end': `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
    'many headers': `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n${'x: y\r\n'.repeat(10_000)}\r\n`,
    'a long address': `GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`,
    'a NUL in the address': 'GET /mcp\u0000 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
    pipelined: 'GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(50),
    'a smuggled request':
      'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\ntransfer-encoding: xchunked\r\n\r\nGET /livez HTTP/1.1\r\n\r\n',
    'an upgrade': 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    'a tunnel': 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: 169.254.169.254:80\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(raw)) {
    test(`bytes: ${name}`, async () => {
      const { hostname, port } = new URL(server.url);
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname);
        let text = '';
        const timer = setTimeout(() => socket.destroy(), 1_500);
        socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        socket.on('error', () => undefined);
        socket.on('close', () => {
          clearTimeout(timer);
          resolve(text);
        });
        socket.write(bytes);
      });
      assert.doesNotMatch(answer, /^HTTP\/1\.1 5/m);
      assert.doesNotMatch(answer, /node:internal|\.ts:\d+/);
      assert.equal((await fetch(`${server.url}/livez`)).status, 200);
    });
  }
});
