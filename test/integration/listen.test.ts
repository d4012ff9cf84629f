/** `rollcall listen` as a process of its own, called by a real seller and by nobody in particular. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { newBuyer } from '../support/buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rollcall-listen-'));
const secret = 'a-secret-that-is-long-enough-for-sellers';
const token = 'a-token-that-comes-back-to-you';
const secretFile = join(folder, 'secret');
const tokenFile = join(folder, 'token');

let seller: Seller;
before(async () => {
  writeFileSync(secretFile, `${secret}\n`);
  writeFileSync(tokenFile, `${token}\n`);
  seller = await startSeller({ waitMs: 0 });
});
after(async () => {
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

interface Listening {
  readonly child: ChildProcess;
  /** Address to register. */
  readonly url: string;
  readonly events: readonly Event[];
  /** Everything that was written, to both streams. */
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

async function listen(...args: readonly string[]): Promise<Listening> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_')),
  );
  const child = spawn(process.execPath, [main, 'listen', '--json', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  let out = '';
  let err = '';
  const events: Event[] = [];
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      out += part;
      events.splice(
        0,
        events.length,
        ...out
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Event),
      );
      const [first] = events;
      if (first !== undefined) resolve(String(first['url']));
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return { child, url, events, output: () => out + err, ended };
}

async function sync(config: object): Promise<void> {
  const buyer = await newBuyer(seller);
  const member = { external_id: 'm', hashed_email: sha256(`${randomUUID()}@example.com`) };
  await buyer.send({
    audiences: [{ audience_id: 'spring', add: [member] }],
    push_notification_config: { operation_id: 'op-1', token, ...config },
  });
}

const fieldsOf = (event: Event | undefined, ...names: readonly string[]): readonly unknown[] =>
  names.map((name) => event?.[name]);

test('a real seller’s delivery is verified with keys found from its address, and tried again when told so', async () => {
  const listening = await listen(
    '--seller',
    `${seller.url}/mcp`,
    '--token-file',
    tokenFile,
    '--respond',
    '503',
    '--max',
    '2',
  );
  await sync({ url: listening.url });
  // The seller tries again after five seconds.
  assert.equal(await listening.ended, 0, listening.output());
  const [, first, second, summary] = listening.events;
  for (const one of [first, second]) {
    assert.deepEqual(
      fieldsOf(one, 'scheme', 'outcome', 'code'),
      ['rfc9421', 'verified', null],
      listening.output(),
    );
    assert.deepEqual(one?.['answer'], { status: 503, by: 'respond', forward_fault: null });
  }
  const payload = first?.['payload'] as Record<string, unknown>;
  assert.deepEqual(
    [
      payload['kind'],
      payload['operation_id'],
      payload['status'],
      payload['token'],
      payload['audience_count'],
    ],
    ['adcp', 'op-1', 'completed', 'matches', 1],
  );
  assert.deepEqual(fieldsOf(first, 'attempt', 'same_body'), [1, true]);
  assert.deepEqual(fieldsOf(second, 'attempt', 'same_body'), [2, true]);
  assert.ok(Number(second?.['since_previous_ms']) > 3_000);
  assert.deepEqual(fieldsOf(summary, 'event', 'deliveries', 'verified', 'repeats'), ['summary', 2, 2, 1]);
  assert.ok(!listening.output().includes(token));
});

test('both older schemes are verified with the registered credentials, which are never shown', async () => {
  const listening = await listen('--secret-file', secretFile, '--max', '2');
  for (const scheme of ['HMAC-SHA256', 'Bearer']) {
    await sync({ url: listening.url, authentication: { schemes: [scheme], credentials: secret } });
  }
  assert.equal(await listening.ended, 0, listening.output());
  const schemes = listening.events
    .slice(1, 3)
    .map((one) => `${String(one['scheme'])} ${String(one['outcome'])}`);
  assert.deepEqual(schemes.sort(), ['bearer verified', 'hmac-sha256 verified']);
  assert.ok(!listening.output().includes(secret));
});

test('a delivery that fails is explained, answered 401 and gives the exit code; Ctrl-C ends', async () => {
  const listening = await listen('--secret-file', secretFile);
  const body = '{"task_id":"t"}';
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'X-ADCP-Timestamp': stamp, 'X-ADCP-Signature': `sha256=${signature}` };
  const answer = await fetch(listening.url, { method: 'POST', headers, body });
  assert.equal(answer.status, 401);
  assert.equal((await fetch(listening.url)).status, 405);
  listening.child.kill('SIGINT');
  assert.equal(await listening.ended, 3, listening.output());
  const [, failed, refused, summary] = listening.events;
  assert.deepEqual(fieldsOf(failed, 'event', 'outcome', 'code'), ['delivery', 'failed', 'hmac_mismatch']);
  assert.match(String(failed?.['reason']), /body alone/);
  assert.deepEqual(fieldsOf(refused, 'event', 'status'), ['refused', 405]);
  assert.deepEqual(fieldsOf(summary, 'failed', 'refused'), [1, 1]);
});

async function ends(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'listen', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

test('the self-test judges every delivery as expected, without colour off a terminal', async () => {
  const { code, out, err } = await ends('--self-test');
  assert.equal(code, 0, out + err);
  assert.match(out, /signed for https:[^]*--public-url/);
  assert.match(out, /OTHER BYTES/);
  assert.match(out, /Every delivery was judged as expected\.\n$/);
  assert.doesNotMatch(out, /\u001b/);
});

test('options that do not fit are refused with the way out', async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--host', '0.0.0.0'], 2, /--expose/],
    [['--seller', 'http://a/mcp', '--jwks', 'x'], 2, /one source of keys/],
    [['--forward', 'http://localhost:1/', '--respond', '200'], 2, /leave one out/],
    [['--fail-rate', '2'], 2, /0 to 1/],
    [['--respond', 'later'], 2, /200 to 599, hang, or auto/],
    [['--path', 'webhooks'], 2, /such as \/webhooks/],
    [['--public-url', 'ftp://x'], 2, /https:\/\/abc/],
    [['--secret-file', join(folder, 'none')], 6, /cannot be read/],
  ];
  for (const [args, expected, say] of cases) {
    const { code, out, err } = await ends(...args);
    assert.deepEqual([code, out], [expected, ''], args.join(' '));
    assert.match(err, say);
  }
  const taken = String(new URL(seller.url).port);
  const conflict = await ends('--port', taken);
  assert.deepEqual([conflict.code, /--port 0/.test(conflict.err)], [8, true]);
});
