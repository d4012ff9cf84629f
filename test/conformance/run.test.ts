import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { bindings, callA2a } from '../support/a2a.ts';
import { runJson, spawnServer } from '../support/process.ts';
import type { ServerProcess } from '../support/process.ts';
import { foreignAndUnknown, fuzzedTools, fuzzFixtures, fuzzTool } from './official-fuzzer.ts';
import {
  notOverA2a,
  runIdempotency,
  runSecurityBaseline,
  runSelectedStoryboards,
  runStoryboards,
  runWebhookEmission,
} from './official-runner.ts';
import type { Target } from './official-runner.ts';

/**
 * Storyboards of the AdCP 3.0 suite that have at least one step for this agent, in the run of them all. The list is pinned: a storyboard
 * that stops applying without notice would otherwise look like a pass.
 */
const applicable = [
  'audience_sync',
  'capability_discovery',
  'deterministic_testing',
  'error_compliance',
  'get_media_buys_pagination_integrity',
  'media_buy_seller',
  'media_buy_seller/create_media_buy_async',
  'media_buy_seller/creative_fate_after_cancellation',
  'media_buy_seller/delivery_reporting',
  'media_buy_seller/governance_approved',
  'media_buy_seller/governance_conditions',
  'media_buy_seller/governance_denied',
  'media_buy_seller/governance_denied_recovery',
  'media_buy_seller/invalid_transitions',
  'media_buy_seller/inventory_list_no_match',
  'media_buy_seller/inventory_list_targeting',
  'media_buy_seller/measurement_terms_rejected',
  'media_buy_seller/refine_products',
  'media_buy_state_machine',
  'schema_validation',
  'v3_envelope_integrity',
];

function applicableOver(protocol: Target['protocol']): readonly string[] {
  return protocol === 'mcp' ? applicable : applicable.filter((id) => !Object.hasOwn(notOverA2a, id));
}

async function assertAuthentication(good: { readonly url: string; readonly key: string }): Promise<void> {
  const context = { correlation_id: 'probe' };
  for (const binding of bindings) {
    const stranger = await callA2a({ ...good, key: null }, binding, 'list_accounts', { context });
    assert.equal(stranger.httpStatus, 401);
    assert.match(stranger.headers.get('www-authenticate') ?? '', /^Bearer /);
    const pretender = await callA2a({ ...good, key: 'rk_made_up' }, binding, 'list_accounts', { context });
    assert.equal(pretender.httpStatus, 401);
    assert.match(pretender.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    const caller = await callA2a(good, binding, 'list_accounts', { context });
    assert.deepEqual([caller.httpStatus, caller.content?.['context']], [200, context]);
  }
}

/** Where the runner looks for the agent: an MCP endpoint, or the address below which an agent card lies. */
const paths = { mcp: '/mcp', a2a: '/a2a' } as const;

for (const protocol of ['mcp', 'a2a'] as const) {
  describe(`over ${protocol}`, () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-conformance-'));
    let server: ServerProcess;
    let target: Target;
    /** Another caller, with one account that the storyboard about pages expects. */
    let counted: Target;

    before(async () => {
      // One of the three accounts that the pagination storyboard creates: it wants to find exactly three.
      const account = ['--id', 'acct_12345', '--brand', 'acme-corp.com', '--operator', 'pinnacle-media.com'];
      await runJson(['account', 'create', ...account, '--sandbox', '--data', dataDir]);
      const newKey = async (): Promise<string> =>
        String((await runJson(['key', 'create', '--account', 'acct_12345', '--data', dataDir]))['key']);
      const keys = [await newKey(), await newKey()];
      server = await spawnServer(dataDir, ['--test-controller', '--allow-network', '127.0.0.1']);
      const url = `${server.url}${paths[protocol]}`;
      target = { protocol, url, key: keys[0]! };
      counted = { protocol, url, key: keys[1]! };
    });

    after(async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test('every storyboard that applies passes', async () => {
      const runs = await runSelectedStoryboards(target);
      const failures = runs.flatMap(({ id, failures: lines }) => lines.map((line) => `${id}/${line}`));
      assert.deepEqual(failures, []);
      const ran = runs.filter(({ stepsRun }) => stepsRun > 0).map(({ id }) => id);
      assert.deepEqual(ran.sort(), applicableOver(protocol));
      const calls = server
        .log()
        .split('\n')
        .filter((line) => line.includes('"sync_audiences"'));
      assert.ok(calls.length > 0, 'the log was looked at');
      assert.ok(
        calls.every((line) => line.includes(`"route":"${paths[protocol]}"`)),
        'by this protocol',
      );
    });

    test('the storyboard about pages of accounts passes, for a caller that has no others', async () => {
      const runs = await runStoryboards(counted, ['pagination_integrity_list_accounts']);
      assert.deepEqual(runs, [{ id: 'pagination_integrity_list_accounts', stepsRun: 4, failures: [] }]);
    });

    if (protocol === 'mcp') {
      test('the storyboard about idempotency passes', async () => {
        const { stepsRun, failures } = await runIdempotency(target);
        assert.deepEqual(failures, []);
        // All but the one about a notification that must not be sent.
        assert.equal(stepsRun, 7);
      });

      test('the storyboard about notifications passes, with the runner as the receiver', async () => {
        const { stepsRun, failures } = await runWebhookEmission(
          target,
          `${server.url}/.well-known/jwks.json`,
        );
        assert.deepEqual(failures, []);
        // Its seven, and two of the test controller for each of three triggers.
        assert.equal(stepsRun, 13);
      });

      test('the storyboard about authentication passes, probing one of our tools', async () => {
        const { stepsRun, failures } = await runSecurityBaseline(target);
        assert.deepEqual(failures, []);
        // Without a key, with the key, with a made-up key, and the conclusion; the OAuth probes do not apply.
        assert.equal(stepsRun, 4);
      });
    } else {
      // The runner's probes are calls of MCP whatever it is told, so its four are asked in the words of A2A.
      test('without a key, with a made-up one and with a good one, a protected skill answers as it must', async () => {
        await assertAuthentication({ url: server.url, key: target.key });
      });
    }

    test('the official fuzzer finds nothing', async () => {
      const { accepted, findings } = await fuzzTool(target, 'get_adcp_capabilities', 100, 20260101);
      assert.deepEqual(findings, []);
      assert.equal(accepted, 100);
    });

    // Its A2A client sees no code of a refusal, and nearly every request to the others is refused.
    if (protocol === 'mcp') {
      test('nor about products, formats and media buys', async () => {
        const fixtures = await fuzzFixtures(target, 'acme-corp.com');
        for (const tool of fuzzedTools) {
          const { runs, accepted, findings } = await fuzzTool(target, tool, 40, 20260101, fixtures);
          assert.deepEqual(findings, [], tool);
          assert.ok(runs >= 40, `${tool}: ${runs}`);
          // Random dates, cursors and accounts leave hardly a request to the others that is not refused.
          const isRefused = ['get_products', 'get_media_buy_delivery', 'update_media_buy'].includes(tool);
          assert.ok(accepted > 0 || isRefused, `${tool}: none of ${runs} was accepted`);
        }
        const [foreign, unknown] = await foreignAndUnknown(target, counted.key, fixtures);
        assert.equal(foreign, unknown);
      });
    }
  });
}
