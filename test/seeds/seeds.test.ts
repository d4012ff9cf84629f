import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runJson, spawnServer } from '../support/process.ts';
import type { ServerProcess } from '../support/process.ts';
import { callTool } from '../support/seller.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-seeds-'));
let server: ServerProcess;
let key: string;

before(async () => {
  // The account that the page names.
  await runJson(['account', 'create', '--id', 'acct_12345', '--brand', 'acme.example', '--data', dataDir]);
  key = String((await runJson(['key', 'create', '--account', 'acct_12345', '--data', dataDir]))['key']);
  server = await spawnServer(dataDir);
});

after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs one sample of the page, as it is printed there, in a process of its own. */
function runSample(name: string, packageName: string): Promise<readonly string[]> {
  const environment = { SEED_PACKAGE: packageName, SEED_URL: `${server.url}/mcp`, SEED_KEY: key };
  const args = ['--import', join(here, 'page-hooks.mjs'), join(here, 'page', `${name}.mjs`)];
  const options = { env: { ...process.env, ...environment }, cwd: here, timeout: 60_000 };
  return new Promise((done, fail) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) done(stdout.trim().split('\n'));
      else fail(new Error(`${name} with ${packageName} failed: ${stderr}`, { cause: error }));
    });
  });
}

async function sync(audiences: unknown): Promise<void> {
  await callTool(server.url, key, 'sync_audiences', { account: { account_id: 'acct_12345' }, audiences });
}

const someone = { external_id: 'crm_1', hashed_email: 'c0ffee00'.repeat(8) };

/** What every sample prints, in the order of the page. Both clients meet the same server, one after the other. */
const printed: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // Sends neither a version nor an idempotency key, so members without external_id are taken.
  '@adcp/client': {
    'quick-start': ['existing_customers: created (too_small)'],
    discovery: ['existing_customers: too_small'],
    suppression: ['Status: too_small'],
    'removing-members': ['lapsed_subscribers: created', 'existing_customers: unchanged'],
    deleting: ['old_campaign_list: deleted'],
  },
  // Adds an idempotency key and the major version: to such callers external_id is required, as AdCP 3 says.
  '@adcp/sdk': {
    'quick-start': ['existing_customers: created (too_small)'],
    discovery: ['existing_customers: too_small'],
    suppression: ['Status: undefined'],
    'removing-members': ['lapsed_subscribers: failed', 'existing_customers: unchanged'],
    deleting: ['old_campaign_list: deleted'],
  },
};

for (const [packageName, samples] of Object.entries(printed)) {
  test(`the samples of the page run with ${packageName}`, async () => {
    for (const [name, expected] of Object.entries(samples)) {
      if (name === 'deleting') await sync([{ audience_id: 'old_campaign_list', add: [someone] }]);
      assert.deepEqual(await runSample(name, packageName), expected, name);
    }
    await sync([
      { audience_id: 'existing_customers', delete: true },
      { audience_id: 'lapsed_subscribers', delete: true },
    ]);
  });
}
