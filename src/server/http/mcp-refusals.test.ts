import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { anyCaller, noFailureBudget } from '../../protocol/testing/unlimited.ts';
import { AppError } from '../../base/faults.ts';
import { prepareCall } from '../../engine/prepare/prepare-call.ts';
import { scanRequest } from '../../engine/scan/scan.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import type { JsonObject } from '../../engine/types.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { memberPolicyOf } from '../../protocol/adcp/call-mode.ts';
import type { Ingest } from '../../protocol/ingest.ts';
import { createA2aEndpoint } from '../../protocol/a2a/endpoint.ts';
import type { AdcpOptions } from '../../protocol/adcp/operations.ts';
import { createMcpEndpoint } from '../../protocol/mcp/endpoint.ts';
import type { RollcallService } from '../../service/api.ts';
import type { BuyService } from '../../service/buys/api.ts';
import { createHttpServer } from './server.ts';

/** Knows one key; lists no accounts; a call of anything else is a call that should have been refused. */
const goodKey = 'rc_good_key';
const unreached = (): never => assert.fail('the service was reached');
const service: RollcallService & BuyService = {
  async authenticate(bearer) {
    if (bearer !== goodKey) throw new AppError('AUTH_INVALID');
    return anyCaller;
  },
  listAccounts: async () => ({ accounts: [], totalCount: 0, nextCursor: null }),
  syncAudiences: unreached,
  syncAccounts: unreached,
  getTask: unreached,
  listTasks: unreached,
  capabilityFacts: unreached,
  products: unreached,
  createBuy: unreached,
  updateBuy: unreached,
  listBuys: unreached,
  delivery: unreached,
  controller: unreached,
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

const options: AdcpOptions = {
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
};
const a2a = createA2aEndpoint({ ...options, publicUrl: '', doorPath: '/a2a', random: systemRandom });
let isOverloaded = false;
const server = createHttpServer({
  doors: [
    { path: '/mcp', about: '', endpoint: createMcpEndpoint(options) },
    { path: '/a2a', about: '', endpoint: a2a },
  ],
  isOverloaded: () => isOverloaded,
  ingest,
  health: { notReady: () => null },
  log: () => undefined,
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
const key = 'k'.repeat(16);
const hash = 'a1'.repeat(32);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly id?: unknown;
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
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

function rpc(name: string, args: JsonObject, id: string | number = 7): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
}

describe('put off while there is more to do than can be done', () => {
  const adcpErrorOf = (data: unknown): unknown => {
    const details = Array.isArray(data) ? (data as { value?: { adcp_error?: unknown } }[]) : [];
    return details.find(({ value }) => value !== undefined)?.value?.adcp_error;
  };

  it('MCP and both versions of A2A say so in their own words, with the time to wait', async () => {
    isOverloaded = true;
    try {
      for (const [path, version] of [['/mcp'], ['/a2a', '1.0'], ['/a2a', '0.3']] as const) {
        const headers = { ...withKey, ...(version === undefined ? {} : { 'a2a-version': version }) };
        const sent = { method: 'POST', headers, body: rpc('list_accounts', {}) };
        const response = await fetch(new URL(path, url), sent);
        const { error } = (await response.json()) as Answer['body'];
        assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
        assert.equal(error?.code, -32027);
        const told = version === '1.0' ? adcpErrorOf(error.data) : error.data?.adcp_error;
        const { code, recovery } = told as Record<string, unknown>;
        assert.deepEqual([code, recovery], ['SERVICE_UNAVAILABLE', 'transient'], `${path} ${version}`);
      }
    } finally {
      isOverloaded = false;
    }
  });
});

describe('refused before a tool is reached', () => {
  it('no key, and a bad key', async () => {
    for (const name of ['sync_audiences', 'list_accounts', 'no_such_tool']) {
      const none = await post(rpc(name, { adcp_version: '3.1' }, 'x'), common);
      assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer realm="rollcall"']);
      assert.deepEqual([none.body.id, none.body.error?.code], ['x', -32028]);
      assert.equal(none.body.error?.data?.adcp_error['code'], 'AUTH_MISSING');
    }
    const bad = await post(rpc('list_accounts', { adcp_version: '3.0' }), {
      ...common,
      authorization: 'Bearer wrong',
    });
    assert.equal(bad.headers.get('www-authenticate'), 'Bearer realm="rollcall", error="invalid_token"');
    assert.deepEqual([bad.status, bad.body.error?.data?.adcp_error['code']], [401, 'AUTH_REQUIRED']);
    assert.deepEqual(bad.body.error?.data?.adcp_error['details'], { current_code: 'AUTH_INVALID' });
  });

  it('a stranger’s large body is not read', async () => {
    const large = rpc('list_accounts', {
      ext: { x: 'y'.repeat(60_000) },
      context: { z: 'y'.repeat(10_000) },
    });
    assert.equal((await post(large, common)).status, 401);
    assert.equal((await post(large)).status, 200);
  });

  it('what is no call at all', async () => {
    const table: [string | Uint8Array<ArrayBuffer>, number, RegExp][] = [
      ['', -32700, /JSON/],
      ['nonsense', -32700, /not JSON/],
      ['{"jsonrpc":"2.0","id":1', -32700, /ends before/],
      [Uint8Array.from([0x22, 0xff, 0x22]), -32700, /UTF-8/],
      ['['.repeat(200_000), -32600, /32 levels/],
      ['{"jsonrpc":"2.0","jsonrpc":"2.0"}', -32600, /duplicate_key_input/],
      ['{"__proto__":1}', -32600, /not allowed/],
      ['[]', -32600, /Batches/],
      ['7', -32600, /JSON-RPC/],
      ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32700, /JSON-RPC/],
      [
        JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'list_accounts', arguments: [] },
        }),
        -32600,
        /object/,
      ],
      [
        JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'list_accounts' },
          audiences: [],
        }),
        -32600,
        /audiences/,
      ],
    ];
    for (const [body, code, says] of table) {
      const answer = await post(body);
      assert.deepEqual([answer.status, answer.body.error?.code], [400, code], String(body).slice(0, 60));
      assert.match(answer.body.error?.message ?? '', says);
    }
  });

  it('too many members, in the words of the caller’s generation', async () => {
    const members = `[${Array.from({ length: 100_001 }, (_, at) => `{"external_id":"${at}","hashed_email":"${hash}"}`).join()}]`;
    const body = (more: string): string =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sync_audiences","arguments":{"account":{"account_id":"acc_1"},"audiences":[{"audience_id":"a","add":${members}}]${more}}}}`;
    const modern = await post(body(`,"idempotency_key":"${key}"`));
    const older = await post(body(''));
    assert.deepEqual([modern.status, older.status], [413, 413]);
    assert.deepEqual(modern.body.error?.data?.adcp_error, {
      code: 'INVALID_REQUEST',
      message: 'The call carries more than 100000 members.',
      recovery: 'correctable',
      field: 'audiences',
      suggestion:
        'Send at most 100000 members (add and remove of all audiences) in one call, and the rest in further calls.',
      details: { limit: 100_000, unit: 'members', legacy_code: 'CALL_TOO_LARGE' },
    });
    assert.equal(older.body.error?.data?.adcp_error['code'], 'CALL_TOO_LARGE');
  });

  it('methods, media types and unknown tools', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const response = await fetch(url, { method, headers: { accept: 'text/event-stream' } });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'], method);
    }
    assert.equal((await post(rpc('list_accounts', {}), { ...withKey, accept: 'text/html' })).status, 406);
    assert.equal(
      (await post(rpc('list_accounts', {}), { ...withKey, 'content-type': 'text/plain' })).status,
      415,
    );
    const version = { ...withKey, 'mcp-protocol-version': '1999-01-01' };
    assert.equal((await post(rpc('list_accounts', {}), version)).status, 400);
    const unknown = await post(rpc('no_such_tool', {}));
    assert.deepEqual([unknown.status, unknown.body.error?.code], [200, -32602]);
    const notification = await post(
      JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
      common,
    );
    assert.equal(notification.status, 202);
  });
});
