import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { anyCaller, noFailureBudget } from '../../protocol/testing/unlimited.ts';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

import type { AccountId, AccountNo, GraphVersion, TaskId } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import { prepareCall } from '../../engine/prepare/prepare-call.ts';
import { scanRequest } from '../../engine/scan/scan.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import type { JsonObject } from '../../engine/types.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { memberPolicyOf } from '../../protocol/adcp/call-mode.ts';
import type { Ingest } from '../../protocol/ingest.ts';
import { createMcpEndpoint } from '../../protocol/mcp/endpoint.ts';
import type { Account, RollcallService, SyncCall } from '../../service/api.ts';
import type { BuyService } from '../../service/buys/api.ts';
import { createHttpServer } from './server.ts';

/** A service that keeps nothing and shows what it was asked; the protocol above it is the real one. */
const goodKey = 'rc_good_key';
const seen: SyncCall[] = [];
const account: Account = {
  accountNo: 1 as AccountNo,
  accountId: 'acc_1' as AccountId,
  name: 'Acme',
  brandDomain: 'acme.example',
  brandId: null,
  operator: 'agency.example',
  sandbox: false,
  status: 'active',
  billing: 'operator',
  createdAtMs: 0,
};
const unreached = (): never => assert.fail('the service was reached');
const service: RollcallService & BuyService = {
  products: unreached,
  createBuy: unreached,
  updateBuy: unreached,
  listBuys: unreached,
  delivery: unreached,
  controller: unreached,
  async authenticate(bearer) {
    if (bearer !== goodKey) throw new AppError('AUTH_INVALID');
    return anyCaller;
  },
  async syncAudiences(call) {
    seen.push(call);
    if (call.account.kind === 'id' && call.account.accountId === 'broken')
      throw new Error('secret@example.com');
    if (call.account.kind === 'id' && call.account.accountId !== 'acc_1')
      throw new AppError('ACCOUNT_NOT_FOUND');
    const audiences = (call.audiences ?? []).map((audience) => ({
      audienceId: audience.audienceId,
      sellerId: null,
      action: audience.delete ? ('deleted' as const) : ('created' as const),
      ...(audience.delete ? {} : { status: 'processing' as const }),
      uploadedCount: audience.addCount,
    }));
    const body = call.encode({ kind: 'answered', sandbox: false, audiences });
    return { body, replayed: call.requestKey === 'replayed-replayed-1', taskId: null, retryAfterSeconds: 7 };
  },
  listAccounts: async () => ({ accounts: [account], totalCount: 1, nextCursor: null }),
  async syncAccounts(call) {
    const accounts = call.accounts.map((request) => ({ action: 'unchanged' as const, request, account }));
    return { body: call.encode({ accounts, dryRun: call.dryRun }), replayed: false };
  },
  async getTask(_caller, taskId) {
    throw new AppError('TASK_NOT_FOUND', undefined, { field: taskId === '' ? 'x' : 'task_id' });
  },
  async listTasks(_caller, query) {
    if (query.filter.account !== undefined) throw new AppError('ACCOUNT_NOT_FOUND');
    const task = {
      taskId: 'task_1' as TaskId,
      taskType: 'sync_audiences',
      status: 'completed',
      generation: '3.1',
      createdAtMs: 0,
      updatedAtMs: 0,
      completedAtMs: 0,
      hasWebhook: false,
      context: undefined,
      progress: { done: 1, total: 1 },
      members: { done: 3, total: 3 },
    } as const;
    return { tasks: [task], totalMatching: 1, byStatus: { completed: 1 }, nextCursor: null };
  },
  capabilityFacts: async () => ({
    minimumAudienceSize: 1000,
    supportedUidTypes: ['maid', 'world_id_nullifier'],
    matchingLatencyHours: null,
    replayTtlSeconds: 86_400,
    inFlightSecondsMax: 60,
    buyerDeclaredAccounts: true,
    sandbox: true,
    graphVersion: 1 as GraphVersion,
    lastChangedAtMs: 0,
  }),
};

const tokeniser = createTokeniser(new Uint8Array(32).fill(1), nodePrimitives);
/** The real scanner and preparation, in this thread. */
const ingest: Ingest = {
  async take(body, length, envelope) {
    const scanned = scanRequest(body, length, nodePrimitives);
    if (!scanned.ok) return scanned;
    const { skeleton, membersDigest } = scanned.request;
    const audiences = prepareCall(
      scanned.request,
      memberPolicyOf(skeleton, envelope),
      tokeniser,
      nodePrimitives,
    );
    return { ok: true, skeleton, audiences, membersDigest };
  },
};

const logLines: string[] = [];
const server = createHttpServer({
  doors: [
    {
      path: '/mcp',
      about: '',
      endpoint: createMcpEndpoint({
        service,
        primitives: nodePrimitives,
        clock: systemClock,
        build: {
          version: '0.1.0',
          supportedBilling: ['operator'],
          publicUrl: '',
          requestSigning: null,
          testScenarios: [],
        },
        refusalOfAddress: async () => null,
        signatures: null,
        failures: noFailureBudget,
      }),
    },
  ],
  ingest,
  health: { notReady: () => null },
  log: createLog({ level: 'debug', pretty: false, now: Date.now, write: (line) => logLines.push(line) }),
  clock: systemClock,
  random: systemRandom,
});
let url = '';
before(async () => {
  url = `${(await server.listen('127.0.0.1', 0)).url}/mcp`;
});
after(() => server.close(0));

const common = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
const withKey = { ...common, authorization: `Bearer ${goodKey}` };

interface Answer {
  readonly status: number;
  readonly body: {
    readonly id?: unknown;
    readonly result?: {
      readonly isError?: boolean;
      readonly structuredContent?: Record<string, unknown>;
      readonly content?: { text: string }[];
    };
    readonly error?: {
      readonly code: number;
      readonly message: string;
      readonly data?: { readonly adcp_error: Record<string, unknown> };
    };
  };
}

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = withKey,
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

function rpc(name: string, args: JsonObject, id: string | number = 7): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
}

async function tool(name: string, args: JsonObject, headers = withKey): Promise<Record<string, unknown>> {
  const { status, body } = await post(rpc(name, args), headers);
  assert.equal(status, 200);
  return body.result?.structuredContent ?? assert.fail(JSON.stringify(body));
}

const key = 'k'.repeat(16);
const hash = 'a1'.repeat(32);
const sync = (more: JsonObject = {}): JsonObject => ({
  idempotency_key: key,
  account: { account_id: 'acc_1' },
  ...more,
});

describe('the plain MCP client', () => {
  it('initialises, lists tools, calls them, and closes', async () => {
    const client = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${goodKey}` } },
    });
    // The SDK's own types disagree about an optional session id.
    await client.connect(transport as Transport);
    assert.equal(client.getServerVersion()?.name, 'rollcall');
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map((listed) => listed.name),
      [
        'get_adcp_capabilities',
        'list_accounts',
        'sync_accounts',
        'sync_audiences',
        'get_task_status',
        'list_tasks',
        'get_products',
        'list_creative_formats',
        'create_media_buy',
        'update_media_buy',
        'get_media_buys',
        'get_media_buy_delivery',
      ],
    );
    await client.ping();
    const add = [
      { external_id: '1', hashed_email: hash },
      { external_id: '2', hashed_email: hash },
    ];
    const context = { trace: ['x', { y: null }] };
    const result = await client.callTool({
      name: 'sync_audiences',
      arguments: sync({
        audiences: [
          { audience_id: 'vip', add },
          { audience_id: 'old', delete: true },
        ],
        context,
      }),
    });
    const content = result.structuredContent as Record<string, unknown>;
    assert.deepEqual(content['audiences'], [
      { audience_id: 'vip', action: 'created', status: 'processing', uploaded_count: 2 },
      { audience_id: 'old', action: 'deleted' },
    ]);
    assert.deepEqual(content['context'], context);
    assert.deepEqual([content['status'], content['adcp_version']], ['completed', '3.1']);
    assert.deepEqual(JSON.parse((result.content as { text: string }[])[0]?.text ?? ''), content);
    const call = seen.at(-1);
    assert.equal(call?.caller.keyId, 'key_1');
    assert.ok(call?.audiences?.[0]?.operation instanceof Uint8Array);
    await client.close();
  });
});

describe('tools', () => {
  it('each answers', async () => {
    const accounts = await tool('list_accounts', {});
    assert.deepEqual(accounts['pagination'], { has_more: false, total_count: 1 });
    const entry = { brand: { domain: 'acme.example' }, operator: 'agency.example', billing: 'operator' };
    const declared = await tool('sync_accounts', { idempotency_key: key, accounts: [entry], dry_run: true });
    assert.equal(declared['dry_run'], true);
    assert.equal((await tool('list_tasks', {}))['status'], 'completed');
    assert.deepEqual((await tool('list_tasks', { account: { account_id: 'foreign' } }))['tasks'], []);
    const unknown = await tool('get_task_status', { task_id: 'nope', context: { a: 1 } });
    assert.deepEqual((unknown['errors'] as JsonObject[])[0]?.['code'], 'REFERENCE_NOT_FOUND');
    assert.deepEqual([unknown['status'], unknown['context']], ['failed', { a: 1 }]);
  });

  it('capabilities need no key and speak the caller’s release', async () => {
    const caps = await tool('get_adcp_capabilities', { adcp_version: '3.0' }, common as typeof withKey);
    assert.equal(caps['adcp_version'], '3.0');
    assert.deepEqual(caps['specialisms'], ['audience-sync']);
    assert.deepEqual((caps['media_buy'] as JsonObject)['audience_targeting'], {
      supported_identifier_types: ['hashed_email', 'hashed_phone'],
      supports_platform_customer_id: false,
      supported_uid_types: ['maid'],
      minimum_audience_size: 1000,
    });
    const refused = await tool('get_adcp_capabilities', { adcp_major_version: 99 }, common as typeof withKey);
    assert.equal((refused['adcp_error'] as JsonObject)['code'], 'VERSION_UNSUPPORTED');
  });

  it('callers of the first page send no key and no version, and read its words', async () => {
    const args = {
      account: { account_id: 'acc_1' },
      audiences: [{ audience_id: 'a', add: [{ hashed_email: hash }] }],
    };
    const answer = await tool('sync_audiences', args);
    assert.ok(!('adcp_version' in answer));
    assert.equal(seen.at(-1)?.generation, 'legacy');
    assert.equal(seen.at(-1)?.audiences?.[0]?.addCount, 1);
    assert.equal(seen.at(-1)?.requestKey, null);
  });

  it('a replay says so', async () => {
    const answer = await tool('sync_audiences', sync({ idempotency_key: 'replayed-replayed-1' }));
    assert.equal(answer['replayed'], true);
    assert.ok(!('replayed' in (await tool('sync_audiences', sync()))));
  });

  it('a refusal is a tool error with everything in every place', async () => {
    const { body } = await post(
      rpc('sync_audiences', sync({ account: { account_id: 'foreign' }, context: { c: 1 } })),
    );
    assert.equal(body.result?.isError, true);
    const content = body.result?.structuredContent ?? {};
    const error = {
      code: 'ACCOUNT_NOT_FOUND',
      message: 'No such account, or it is not yours.',
      recovery: 'terminal',
    };
    assert.deepEqual(
      [content['adcp_error'], content['errors'], content['context']],
      [error, [error], { c: 1 }],
    );
    assert.deepEqual(JSON.parse(body.result?.content?.[0]?.text ?? ''), { adcp_error: error });
  });

  it('a credential in the arguments is refused and not sent back', async () => {
    const { body } = await post(
      rpc('sync_audiences', sync({ context: { api_key: 'sekret' }, adcp_version: '3.1' })),
    );
    assert.ok(!JSON.stringify(body).includes('sekret'));
    assert.equal(
      (body.result?.structuredContent?.['adcp_error'] as JsonObject)['code'],
      'CREDENTIAL_IN_ARGS',
    );
  });

  it('an unforeseen fault tells nothing to the caller, and where it was to the operator', async () => {
    const content = await tool('sync_audiences', sync({ account: { account_id: 'broken' } }));
    assert.equal((content['adcp_error'] as JsonObject)['code'], 'SERVICE_UNAVAILABLE');
    const line = logLines.findLast((written) => written.includes('"level":"error"'));
    assert.match(line ?? '', /"operation":"sync_audiences".*"error_name":"Error".*mcp-over-http/);
    assert.ok(!`${JSON.stringify(content)}${logLines.join()}`.includes('secret@example.com'));
  });
});

it('no log line holds a key, a hash or anything else that a caller sent', () => {
  assert.ok(logLines.length > 10);
  for (const line of logLines) {
    assert.ok(
      ![goodKey, hash, 'vip', 'wrong', 'no_such_tool', 'nope'].some((word) => line.includes(word)),
      line,
    );
    JSON.parse(line);
  }
});
