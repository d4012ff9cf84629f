/** Audiences that are pushed on to other sellers. Source: Scope3 REST, syndicate and syndication status. */
import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { ForwardingFacts, SalesAgent, Syndication } from '../../service/syndication/api.ts';
import { isArray, type IssueList } from '../adcp/argument-reader.ts';
import { checkValue } from './check-schema.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { object, whole, type Schema } from './schema.ts';
import {
  agentExample,
  agentQuery,
  agentSchema,
  forwardingSchema,
  newAgentSchema,
  recordExample,
  recordSchema,
  statusQuery,
  type statusWords,
  syndicateSchema,
} from './syndication-schema.ts';

const bodyBytesMax = 64 * 1024;
const tag = 'Syndication';
const params = { advertiserId: 'Id of the advertiser; AdCP calls it `account_id`.' };

function advertiserOf(call: RestCall): string {
  return must(call.params['advertiserId'], () => 'the route names the advertiser');
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
const timeOrNull = (ms: number | null): string | null => (ms === null ? null : timeOf(ms));

function recordOf(one: Syndication): JsonObject {
  return {
    id: one.syndicationId,
    customerId: 0,
    seatId: one.accountId,
    resourceType: 'AUDIENCE',
    resourceId: one.audienceId,
    audienceId: one.audienceId,
    eventSourceId: null,
    catalogId: null,
    adcpAgentId: one.agentId,
    adcpAgentAccountId: one.remoteAccountId,
    enabled: one.enabled,
    status: one.status,
    errorMessage: one.error,
    responseData: one.response as Json,
    createdAt: timeOf(one.createdAtMs),
    updatedAt: timeOf(one.updatedAtMs),
    completedAt: timeOrNull(one.completedAtMs),
  };
}

function agentOf(agent: SalesAgent): JsonObject {
  return {
    id: agent.agentId,
    name: agent.name,
    url: agent.url,
    protocol: agent.protocol,
    accountId: agent.remoteAccountId,
    hasCredential: agent.hasCredential,
    createdAt: timeOf(agent.createdAtMs),
  };
}

function forwardingBody({ isOn, sinceMs, keptBytes }: ForwardingFacts): JsonObject {
  return { enabled: isOn, since: timeOrNull(sinceMs), storedBytes: keptBytes };
}

function checkSyndicateBody(body: JsonObject, issues: IssueList): void {
  checkValue(syndicateSchema, body, [], issues);
  const ids = body['adcpAgentIds'];
  if (isArray(ids ?? null) && new Set(ids as readonly Json[]).size !== (ids as readonly Json[]).length) {
    issues.add(['adcpAgentIds'], 'uniqueItems', 'must not name a seller twice.');
  }
}

/** Other things than audiences have the same verb in the source; here they have nothing behind it. */
function requireAudience(resourceType: unknown): void {
  if (resourceType === undefined || resourceType === 'AUDIENCE') return;
  throw new AppError('UNSUPPORTED_FEATURE', 'Only audiences are pushed from here.', {
    field: 'resourceType',
    suggestion: 'Send resourceType AUDIENCE.',
  });
}

async function performSyndicate({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { body } = call;
  requireAudience(body['resourceType']);
  const records = await service.syndicate(call.caller, advertiserOf(call), {
    audienceId: body['resourceId'] as string,
    agentIds: body['adcpAgentIds'] as readonly string[],
    enabled: body['enabled'] as boolean,
  });
  return { status: 201, body: { data: records.map(recordOf) } };
}

async function performStatus({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { resourceId, adcpAgentId, enabled, status } = call.query;
  requireAudience(call.query['resourceType']);
  const { syndications, total } = await service.syndications(call.caller, advertiserOf(call), {
    ...(resourceId === undefined ? {} : { audienceId: String(resourceId) }),
    ...(adcpAgentId === undefined ? {} : { agentId: String(adcpAgentId) }),
    ...(enabled === undefined ? {} : { enabled: enabled === true }),
    ...(status === undefined ? {} : { status: status as (typeof statusWords)[number] }),
    limit: Number(call.query['limit']),
    offset: Number(call.query['offset']),
  });
  return { status: 200, body: { items: syndications.map(recordOf), total } };
}

async function performListAgents({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const limit = Number(call.query['limit']);
  const offset = Number(call.query['offset']);
  const agents = await service.salesAgents(call.caller, advertiserOf(call));
  const items = agents.slice(offset, offset + limit).map(agentOf);
  const end = offset + items.length;
  const hasMore = end < agents.length;
  const page = { items, total: agents.length, hasMore, nextOffset: hasMore ? end : null };
  return { status: 200, body: { data: page } };
}

async function performAddAgent({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { body } = call;
  const agent = await service.addSalesAgent(call.caller, advertiserOf(call), {
    name: body['name'] as string,
    url: body['url'] as string,
    protocol: body['protocol'] as 'mcp' | 'a2a',
    remoteAccountId: body['accountId'] as string,
    credential: (body['credential'] as string | undefined) ?? null,
  });
  return { status: 201, body: agentOf(agent) };
}

async function performRemoveAgent({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const agentId = must(call.params['agentId'], () => 'the route names the agent');
  await service.removeSalesAgent(call.caller, advertiserOf(call), agentId);
  return { status: 200, body: { id: agentId, removed: true } };
}

async function performGetForwarding({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  return { status: 200, body: forwardingBody(await service.forwarding(call.caller, advertiserOf(call))) };
}

async function performSetForwarding({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const on = call.body['enabled'] === true;
  return {
    status: 200,
    body: forwardingBody(await service.setForwarding(call.caller, advertiserOf(call), on)),
  };
}

const syndicate: Route = {
  method: 'POST',
  path: '/advertisers/{advertiserId}/syndicate',
  operation: 'syndicate',
  tag,
  summary: 'Push an audience to other sellers, or stop',
  description:
    'Needs forwarding to be on. The audience is sent whole at first and kept in step afterwards: what is added, removed or deleted here follows there. Progress is in the syndication status.',
  params,
  body: {
    schema: syndicateSchema,
    bytesMax: bodyBytesMax,
    check: checkSyndicateBody,
    example: {
      resourceType: 'AUDIENCE',
      resourceId: 'winter-buyers',
      adcpAgentIds: ['agent_0f3a6c9d2e5b8a1c47'],
      enabled: true,
    },
  },
  success: {
    status: 201,
    description: 'One record per seller, in the order of the request.',
    schema: whole({ data: { type: 'array', items: recordSchema } }),
    example: { data: [{ ...recordExample, status: 'PENDING', responseData: null, completedAt: null }] },
  },
  refusals: [403, 404],
  perform: performSyndicate,
};

const syndicationStatus: Route = {
  method: 'GET',
  path: '/advertisers/{advertiserId}/syndication-status',
  operation: 'syndicationStatus',
  tag,
  summary: 'How far pushes are',
  description: 'In the order in which they were asked for first.',
  params,
  query: statusQuery,
  success: {
    status: 200,
    description: 'One page.',
    schema: whole({ items: { type: 'array', items: recordSchema }, total: { type: 'integer' } }),
    example: { items: [recordExample], total: 1 },
  },
  refusals: [404],
  perform: performStatus,
};

const agentPage: Schema = whole({
  items: { type: 'array', items: agentSchema },
  total: { type: 'integer' },
  hasMore: { type: 'boolean' },
  nextOffset: { type: ['integer', 'null'] },
});

const listSalesAgents: Route = {
  method: 'GET',
  path: '/advertisers/{advertiserId}/sales-agents',
  operation: 'listSalesAgents',
  tag,
  summary: 'List sales agents',
  description: 'The other sellers that audiences of this advertiser can be pushed to.',
  params,
  query: agentQuery,
  success: {
    status: 200,
    description: 'One page.',
    schema: whole({ data: agentPage }),
    example: { data: { items: [agentExample], total: 1, hasMore: false, nextOffset: null } },
  },
  refusals: [404],
  perform: performListAgents,
};

const addSalesAgent: Route = {
  method: 'POST',
  path: '/advertisers/{advertiserId}/sales-agents',
  operation: 'addSalesAgent',
  tag,
  summary: 'Add a sales agent',
  description: 'Refused with `ACCESS_DENIED` where the operator keeps this to itself.',
  params,
  body: {
    schema: newAgentSchema,
    bytesMax: bodyBytesMax,
    example: {
      name: 'Pinnacle',
      url: 'https://ads.pinnacle.example/mcp',
      protocol: 'mcp',
      accountId: 'acct_at_pinnacle',
      credential: 'the-key-that-pinnacle-gave-you',
    },
  },
  success: { status: 201, description: 'The agent.', schema: agentSchema, example: agentExample },
  refusals: [403, 404],
  perform: performAddAgent,
};

const removeSalesAgent: Route = {
  method: 'DELETE',
  path: '/advertisers/{advertiserId}/sales-agents/{agentId}',
  operation: 'removeSalesAgent',
  tag,
  summary: 'Remove a sales agent',
  description: 'With its credential and the records of its pushes. What the seller has stays there.',
  params: { ...params, agentId: 'Id of the sales agent; `$AGENT` in the command.' },
  success: {
    status: 200,
    description: 'It is gone.',
    schema: whole({ id: { type: 'string' }, removed: { type: 'boolean' } }),
    example: { id: 'agent_0f3a6c9d2e5b8a1c47', removed: true },
  },
  refusals: [403, 404],
  perform: performRemoveAgent,
};

const getForwarding: Route = {
  method: 'GET',
  path: '/advertisers/{advertiserId}/forwarding',
  operation: 'getForwarding',
  tag,
  summary: 'Whether identifiers are kept for forwarding',
  description: 'Off unless somebody switched it on.',
  params,
  success: {
    status: 200,
    description: 'The switch.',
    schema: forwardingSchema,
    example: { enabled: true, since: '2026-02-24T10:00:00.000Z', storedBytes: 4200000 },
  },
  refusals: [404],
  perform: performGetForwarding,
};

const setForwarding: Route = {
  method: 'PUT',
  path: '/advertisers/{advertiserId}/forwarding',
  operation: 'setForwarding',
  tag,
  summary: 'Keep identifiers for forwarding, or erase them',
  description:
    'On: from now on the hashes, ids and external ids of this advertiser’s uploads are kept, encrypted, so that they can be sent on. Off: all of that is erased before the answer, and every push stops.',
  params,
  body: {
    schema: object({ enabled: { type: 'boolean' } }, ['enabled']),
    bytesMax: bodyBytesMax,
    example: { enabled: true },
  },
  success: {
    status: 200,
    description: 'The switch as it is now.',
    schema: forwardingSchema,
    example: { enabled: true, since: '2026-02-24T10:00:00.000Z', storedBytes: 0 },
  },
  refusals: [403, 404],
  perform: performSetForwarding,
};

/** In the order in which they are needed. */
export const syndicationRoutes: readonly Route[] = [
  setForwarding,
  getForwarding,
  addSalesAgent,
  listSalesAgents,
  syndicate,
  syndicationStatus,
  removeSalesAgent,
];
