/** One good request of every kind that the server takes, for the mutator to spoil. */
import { randomUUID } from 'node:crypto';

import { operationNames, type OperationName } from '../../src/protocol/adcp/operation-names.ts';
import { restBase, routes } from '../../src/protocol/rest/routes.ts';

export interface Plain {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON value, or none. */
  readonly body: unknown;
}

/** What must never come back, wherever it was sent. */
export interface Secrets {
  readonly key: string;
  /** That of the seller's ad server. */
  readonly adServerKey: string;
  readonly credentials: string;
  readonly hash: string;
  readonly externalId: string;
}

const period = { start_time: 'asap', end_time: '2096-01-01T00:00:00Z' };

const newPackage = {
  ...{ product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 100, bid_price: 5 },
  targeting_overlay: { audience_exclude: ['fuzz'], geo_countries: ['DE'] },
  context: { line: 1 },
};

/** Of the operations about media buys. */
function buyArguments(operation: OperationName, account: object, push_notification_config: object): object {
  const change = { adcp_version: '3.1', idempotency_key: `key-${randomUUID()}`, account };
  switch (operation) {
    case 'create_media_buy':
      return {
        ...{ ...change, ...period, brand: { domain: 'fuzz.example' } },
        ...{ packages: [newPackage], push_notification_config },
      };
    case 'update_media_buy':
      return {
        ...{ ...change, media_buy_id: 'mb_none', revision: 1, paused: true },
        ...{ packages: [{ package_id: 'pkg_none', budget: 5 }], new_packages: [newPackage] },
      };
    case 'get_products':
      return {
        ...{
          adcp_version: '3.1',
          buying_mode: 'refine',
          refine: [{ scope: 'request', ask: 'more' }],
          account,
        },
        filters: { channels: ['display'], is_fixed_price: true },
      };
    case 'get_media_buys':
      return { account, status_filter: ['active', 'paused'], pagination: { max_results: 3 } };
    default:
      return {
        account,
        start_date: '2026-01-01',
        end_date: '2026-02-01',
        include_package_daily_breakdown: true,
      };
  }
}

function argumentsOf(operation: OperationName, accountId: string, secrets: Secrets): object {
  const account = { account_id: accountId };
  const common = { adcp_version: '3.1', context: { trace: 'x' } };
  const push_notification_config = {
    ...{ url: 'https://203.0.113.9/hook', operation_id: 'op-1', token: 'a-token-of-sixteen-or-more' },
    authentication: { schemes: ['HMAC-SHA256'], credentials: secrets.credentials },
  };
  switch (operation) {
    case 'get_adcp_capabilities':
      return { ...common, protocols: ['media_buy'] };
    case 'list_accounts':
      return { ...common, status: 'active', pagination: { max_results: 10 } };
    case 'sync_accounts':
      return {
        ...{ ...common, idempotency_key: `key-${randomUUID()}`, dry_run: true },
        accounts: [
          { brand: { domain: 'fuzz.example' }, operator: 'a.example', billing: 'operator', sandbox: true },
        ],
      };
    case 'sync_audiences':
      return {
        ...{ ...common, idempotency_key: `key-${randomUUID()}`, account, push_notification_config },
        audiences: [
          {
            ...{
              audience_id: 'fuzz',
              name: 'Fuzz',
              description: 'd',
              audience_type: 'crm',
              tags: ['a', 'b'],
            },
            consent_basis: 'consent',
            add: [
              { external_id: secrets.externalId, hashed_email: secrets.hash },
              { external_id: 'b', uids: [{ type: 'uid2', value: 'v' }] },
            ],
            remove: [{ external_id: 'c' }],
          },
          { audience_id: 'gone', delete: true },
        ],
        delete_missing: false,
        ext: { rollcall: { invalid_members: 'skip' } },
      };
    case 'get_task_status':
      return { ...common, task_id: randomUUID(), include_result: true, account };
    case 'list_tasks':
      return {
        ...common,
        filters: { statuses: ['completed'] },
        sort: { field: 'created_at', direction: 'asc' },
        pagination: { max_results: 5 },
      };
    default:
      return buyArguments(operation, account, push_notification_config);
  }
}

export function seedsFor(accountId: string, secrets: Secrets): readonly Plain[] {
  const authorization = `Bearer ${secrets.key}`;
  const json = { 'content-type': 'application/json', authorization };
  const a2aHeaders = {
    ...json,
    'a2a-version': '1.0',
    'a2a-extensions': 'https://adcontextprotocol.org/extensions/adcp/v3',
  };
  const rpc = (method: string, params: object): object => ({ jsonrpc: '2.0', id: 7, method, params });
  const adcp = operationNames.flatMap((name): readonly Plain[] => {
    const args = argumentsOf(name, accountId, secrets);
    const data = { skill: name, input: args };
    const old = { kind: 'message', messageId: 'm', role: 'user', parts: [{ kind: 'data', data }] };
    return [
      {
        name: `mcp ${name}`,
        method: 'POST',
        path: '/mcp',
        headers: json,
        body: rpc('tools/call', { name, arguments: args }),
      },
      {
        name: `a2a 1.0 ${name}`,
        method: 'POST',
        path: '/a2a',
        headers: a2aHeaders,
        body: rpc('SendMessage', { message: { messageId: 'm', role: 'ROLE_USER', parts: [{ data }] } }),
      },
      {
        name: `a2a 0.3 ${name}`,
        method: 'POST',
        path: '/a2a',
        headers: json,
        body: rpc('message/send', { message: old }),
      },
    ];
  });
  const rest = routes.map(({ method, path, body }): Plain => {
    const at = path.replaceAll('{accountId}', accountId).replaceAll(/\{\w+\}/g, 'fuzz');
    return {
      name: `rest ${method} ${path}`,
      method,
      path: restBase + at,
      headers: { ...json, 'idempotency-key': 'fuzz-key-1' },
      body: body?.example,
    };
  });
  const get = (path: string): Plain => ({
    name: `get ${path}`,
    method: 'GET',
    path,
    headers: { authorization },
    body: undefined,
  });
  const adServer = (path: string, body: object): Plain => ({
    name: `ad server ${path}`,
    method: 'POST',
    path,
    headers: { ...json, authorization: `Bearer ${secrets.adServerKey}` },
    body,
  });
  const others = [
    adServer('/v1/decisions', { user: { hashed_email: secrets.hash }, packages: ['p'], explain: true }),
    adServer('/v1/decisions', {
      requests: [{ user: { id: secrets.externalId } }, { user: { uid: { type: 'maid', value: 'v' } } }],
    }),
    adServer('/v1/overlays', { account_id: accountId, audience_include: ['fuzz'], audience_exclude: ['x'] }),
    adServer('/v1/impressions', {
      batch_id: `batch-${randomUUID()}`,
      impressions: [{ package_id: 'p', at: '2026-11-27T10:00:00Z', count: 3, clicks: 1 }],
    }),
    {
      name: 'mcp initialize',
      method: 'POST',
      path: '/mcp',
      headers: json,
      body: rpc('initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'f', version: '1' },
      }),
    },
    { name: 'mcp tools/list', method: 'POST', path: '/mcp', headers: json, body: rpc('tools/list', {}) },
    {
      name: 'a2a GetTask',
      method: 'POST',
      path: '/a2a',
      headers: a2aHeaders,
      body: rpc('GetTask', { id: 'x' }),
    },
    ...[
      '/',
      '/livez',
      '/readyz',
      '/docs',
      '/docs/rest',
      '/.well-known/agent-card.json',
      '/.well-known/jwks.json',
      '/.well-known/brand.json',
      `${restBase}/openapi.yaml`,
      '/nothing',
    ].map(get),
  ];
  return [...adcp, ...rest, ...others];
}
