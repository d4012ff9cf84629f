/** What the endpoint does when the service behind it cannot: a service that fails on demand, which no real one does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { anyCaller, noFailureBudget, noRateLimits } from '../testing/unlimited.ts';
import { AppError } from '../../base/faults.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { AdvertiserService } from '../../service/advertiser-api.ts';
import type { RollcallService } from '../../service/api.ts';
import type { SyndicationService } from '../../service/syndication/api.ts';
import type { Reply, RequestHead } from '../endpoint.ts';
import { createRestEndpoint } from './endpoint.ts';
import { restBase } from './routes.ts';

type Service = RollcallService & AdvertiserService & SyndicationService;

/** Every method of it throws. */
const failing = (error: unknown): Service => {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return {
    authenticate: async () => anyCaller,
    syncAudiences: fail,
    listAccounts: fail,
    syncAccounts: fail,
    getTask: fail,
    listTasks: fail,
    capabilityFacts: fail,
    listAdvertisers: fail,
    getAdvertiser: fail,
    createAdvertiser: fail,
    updateAdvertiser: fail,
    listAudiences: fail,
    forwarding: fail,
    setForwarding: fail,
    salesAgents: fail,
    addSalesAgent: fail,
    removeSalesAgent: fail,
    syndicate: fail,
    syndications: fail,
  };
};

const head = (method: string, path: string): RequestHead => ({
  method,
  path: restBase + path,
  query: '',
  target: '/',
  address: '127.0.0.1',
  headers: { authorization: 'Bearer x' },
});

async function answered(service: Service, method: string, path: string, body: object = {}): Promise<Reply> {
  const endpoint = createRestEndpoint({
    service,
    primitives: nodePrimitives,
    refusalOfAddress: async () => null,
    signatures: null,
    failures: noFailureBudget,
    limits: noRateLimits,
  });
  const admission = await endpoint.admit(head(method, path));
  if (!admission.admitted) return admission.reply;
  assert.ok('answer' in admission);
  const call = { ok: true, skeleton: { ...body }, audiences: [], membersDigest: new Uint8Array(32) } as const;
  return admission.answer(call, { head: '', tail: '' });
}

const calls = [
  ['GET', '/advertisers', {}],
  ['GET', '/advertisers/a', {}],
  ['PUT', '/advertisers/a', { name: 'n' }],
  ['POST', '/advertisers', { name: 'n', brand: 'b.example' }],
  ['GET', '/advertisers/a/audiences', {}],
  ['POST', '/advertisers/a/audiences/sync', { audiences: [{ audienceId: 'a' }] }],
  ['GET', '/tasks/t', {}],
  [
    'POST',
    '/advertisers/a/syndicate',
    { resourceType: 'AUDIENCE', resourceId: 'x', adcpAgentIds: ['y'], enabled: true },
  ],
  ['GET', '/advertisers/a/syndication-status', {}],
  ['GET', '/advertisers/a/sales-agents', {}],
  [
    'POST',
    '/advertisers/a/sales-agents',
    { name: 'n', url: 'https://x.example', protocol: 'mcp', accountId: 'a' },
  ],
  ['DELETE', '/advertisers/a/sales-agents/y', {}],
  ['GET', '/advertisers/a/forwarding', {}],
  ['PUT', '/advertisers/a/forwarding', { enabled: true }],
] as const;

const errorOf = ({ body }: Reply) =>
  (
    JSON.parse(body ?? '') as {
      readonly data: null;
      readonly error: { readonly code: string; readonly details: object };
    }
  ).error;

test('a fault that nobody foresaw is 503 on every route, tells nothing, and is kept for the log', async () => {
  const error = new Error('secret@example.com is not in /var/secret');
  for (const [method, path, body] of calls) {
    const reply = await answered(failing(error), method, path, body);
    assert.equal(reply.status, 503, path);
    assert.equal(reply.headers['retry-after'], '1');
    assert.ok(!(reply.body ?? '').includes('secret'));
    assert.equal(errorOf(reply).code, 'SERVICE_UNAVAILABLE');
    assert.equal(reply.record?.unexpected, error);
    assert.equal(reply.record.keyId, 'key_1');
  }
});

test('too many requests are 429 on every route, with the time to wait', async () => {
  const error = new AppError('RATE_LIMITED', undefined, { retryAfterSeconds: 2.5 });
  for (const [method, path, body] of calls) {
    const reply = await answered(failing(error), method, path, body);
    assert.deepEqual([reply.status, reply.headers['retry-after']], [429, '3'], path);
    assert.deepEqual(errorOf(reply).details, {
      code: 'RATE_LIMITED',
      fault: 'RATE_LIMITED',
      recovery: 'transient',
    });
    assert.equal(reply.record?.unexpected, undefined);
  }
});

test('whoever cannot be authenticated is answered before anything else is looked at', async () => {
  const service: Service = {
    ...failing(new Error('reached')),
    authenticate: async () => {
      throw new Error('the store is closed: secret');
    },
  };
  for (const [method, path, body] of [...calls, ['DELETE', '/nowhere', {}] as const]) {
    const reply = await answered(service, method, path, body);
    assert.equal(reply.status, 503, path);
    assert.ok(!(reply.body ?? '').includes('secret'));
  }
});
