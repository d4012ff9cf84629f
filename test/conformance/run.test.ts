import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { runJson, spawnServer } from '../support/process.ts';
import type { ServerProcess } from '../support/process.ts';
import { fuzz, runSecurityBaseline, runSelectedStoryboards } from './official-runner.ts';
import type { Target } from './official-runner.ts';

/**
 * Storyboards of the AdCP 3.0 suite that have at least one step for an audience-sync agent. The list is pinned:
 * a storyboard that stops applying without notice would otherwise look like a pass.
 */
const applicable = [
  'audience_sync',
  'capability_discovery',
  'idempotency',
  'pagination_integrity_list_accounts',
  'v3_envelope_integrity',
  'webhook_emission',
];

const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-conformance-'));
let server: ServerProcess;
let target: Target;

before(async () => {
  // One of the three accounts that the pagination storyboard creates: it wants to find exactly three.
  const account = ['--id', 'acct_12345', '--brand', 'acme-corp.com', '--operator', 'pinnacle-media.com'];
  await runJson(['account', 'create', ...account, '--sandbox', '--data', dataDir]);
  const { key } = await runJson(['key', 'create', '--account', 'acct_12345', '--data', dataDir]);
  server = await spawnServer(dataDir);
  target = { url: `${server.url}/mcp`, key: String(key) };
});

after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('every storyboard that applies to an audience-sync agent passes', async () => {
  const runs = await runSelectedStoryboards(target);
  const failures = runs.flatMap(({ id, failures: lines }) => lines.map((line) => `${id}/${line}`));
  assert.deepEqual(failures, []);
  const ran = runs.filter(({ stepsRun }) => stepsRun > 0).map(({ id }) => id);
  assert.deepEqual(ran.sort(), applicable);
});

test('the storyboard about authentication passes, probing one of our tools', async () => {
  const { stepsRun, failures } = await runSecurityBaseline(target);
  assert.deepEqual(failures, []);
  // Without a key, with the key, with a made-up key, and the conclusion; the OAuth probes do not apply.
  assert.equal(stepsRun, 4);
});

test('the official fuzzer finds nothing', async () => {
  const { accepted, findings } = await fuzz(target, 100, 20260101);
  assert.deepEqual(findings, []);
  assert.equal(accepted, 100);
});
