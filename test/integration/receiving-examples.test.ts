/** The receivers of docs/webhooks-receiving.md as they stand, called by a real seller; only addresses are the test's. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { newBuyer } from '../support/buyer.ts';
import { freePort, listens } from '../support/ports.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/webhooks-receiving.md`, 'utf8');
const secret = 'a-secret-that-is-long-enough-for-sellers';

let seller: Seller;
before(async () => {
  seller = await startSeller({ waitMs: 0 });
});
after(async () => seller.close());

function example(language: string): string {
  const [, code, second] = page.split(`\`\`\`${language}\n`);
  assert.ok(code !== undefined && second === undefined, `one example in ${language}`);
  return code.slice(0, code.indexOf('\n```'));
}

function put(code: string, shown: string, own: string): string {
  assert.ok(code.includes(shown), `the example has ${shown}`);
  return code.replaceAll(shown, own);
}

/** Runs the receiver, lets the seller notify it and a stranger lie to it; gives what the receiver printed. */
async function run(port: number, command: string, args: readonly string[], config: object): Promise<void> {
  const env = { ...process.env, WEBHOOK_SECRET: secret };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
    await listens(port);
    const url = `http://127.0.0.1:${port}/webhooks`;
    const stranger = await fetch(url, { method: 'POST', body: '{"idempotency_key":"x"}' });
    assert.equal(stranger.status, 401);
    const buyer = await newBuyer(seller);
    const member = { external_id: 'm', hashed_email: sha256('a@example.com') };
    await buyer.send({
      audiences: [{ audience_id: 'spring', add: [member] }],
      push_notification_config: { url, operation_id: 'spring-upload-1', ...config },
    });
    for (let round = 0; round < 1_000 && out === ''; round++) await sleep(30);
    assert.equal(out, 'spring-upload-1 completed\n', err);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

test('the receiver in Node takes a signed delivery and refuses a stranger', async () => {
  const port = await freePort();
  const keys = `new HttpsJwksResolver('${seller.url}/.well-known/jwks.json', { allowPrivateIp: true })`;
  const withKeys = put(
    example('js'),
    "new HttpsJwksResolver('https://seller.example/.well-known/jwks.json')",
    keys,
  );
  const code = put(put(withKeys, 'https://buyer.example', `http://127.0.0.1:${port}`), '3000', String(port));
  await run(port, process.execPath, ['--input-type=module', '-e', code], {});
});

const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3 on this machine';

test('the receiver in Python takes a delivery with HMAC and refuses a stranger', { skip }, async () => {
  const port = await freePort();
  const code = put(example('python'), '3000', String(port));
  const authentication = { schemes: ['HMAC-SHA256'], credentials: secret };
  await run(port, 'python3', ['-c', code], { authentication });
});
