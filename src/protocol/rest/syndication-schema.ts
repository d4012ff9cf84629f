import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import { isoTime, loose, object, text, whole, type Schema } from './schema.ts';

const idCharsMax = 255;
const urlCharsMax = 2_048;
const credentialCharsMax = 4_096;

export const statusWords = ['PENDING', 'SYNCING', 'COMPLETED', 'FAILED', 'DISABLED'] as const;
export const resourceWords = ['AUDIENCE', 'EVENT_SOURCE', 'CATALOG'] as const;

/** Source: Scope3 REST, syndicate. */
export const syndicateSchema: Schema = object(
  {
    resourceType: { type: 'string', enum: resourceWords, description: 'Only `AUDIENCE` is offered here.' },
    resourceId: text(limits.audienceIdCharsMax, 'Your id of the audience.'),
    adcpAgentIds: {
      type: 'array',
      items: text(idCharsMax, 'Id of a sales agent of this advertiser.'),
      minItems: 1,
      maxItems: limits.salesAgentCountPerAccountMax,
      description: 'The sellers, each named once.',
    },
    enabled: {
      type: 'boolean',
      description: 'True: push, and keep in step. False: stop; what the seller has stays there.',
    },
  },
  ['resourceType', 'resourceId', 'adcpAgentIds', 'enabled'],
);

export const recordSchema: Schema = whole({
  id: { type: 'string' },
  customerId: { type: 'integer', description: 'Always 0: one server has one customer.' },
  seatId: { type: 'string', description: 'The advertiser.' },
  resourceType: { type: 'string', enum: resourceWords },
  resourceId: { type: 'string' },
  audienceId: { type: ['string', 'null'] },
  eventSourceId: { type: ['string', 'null'] },
  catalogId: { type: ['string', 'null'] },
  adcpAgentId: { type: 'string' },
  adcpAgentAccountId: { type: ['string', 'null'], description: 'Your account at the seller.' },
  enabled: { type: 'boolean' },
  status: {
    type: 'string',
    enum: statusWords,
    description:
      '`PENDING`: waits for its turn. `SYNCING`: members are being sent, or the seller is counting. `COMPLETED`: the seller has all of it. `FAILED`: see `errorMessage`; the next change of the audience tries again, and so does `enabled: true`. `DISABLED`: stopped.',
  },
  errorMessage: { type: ['string', 'null'], description: 'What the seller said, or why it is tried again.' },
  responseData: {
    ...loose({}),
    type: ['object', 'null'],
    description: 'The seller’s counts and match report, in AdCP’s words, and `members_sent`.',
  },
  createdAt: isoTime,
  updatedAt: isoTime,
  completedAt: { ...isoTime, type: ['string', 'null'] },
});

export const statusQuery: Readonly<Record<string, Schema>> = {
  resourceType: { type: 'string', enum: resourceWords, description: 'Only these.' },
  resourceId: text(limits.audienceIdCharsMax, 'Only this audience.'),
  adcpAgentId: text(idCharsMax, 'Only this seller.'),
  enabled: { type: 'boolean', description: 'Only those that are on, or off.' },
  status: { type: 'string', enum: statusWords, description: 'Only these.' },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'Rows of the page.' },
  offset: {
    type: 'integer',
    minimum: 0,
    maximum: 10_000_000,
    default: 0,
    description: 'Rows before the page.',
  },
};

export const newAgentSchema: Schema = object(
  {
    name: text(idCharsMax, 'A name for people.'),
    url: text(urlCharsMax, 'Where the seller speaks the protocol: `https://seller.example/mcp`.'),
    protocol: { type: 'string', enum: ['mcp', 'a2a'], description: 'What is spoken there.' },
    accountId: text(idCharsMax, 'Your account at the seller; AdCP calls it `account_id`.'),
    credential: text(
      credentialCharsMax,
      'The key that the seller gave you. It is kept encrypted and never shown.',
    ),
  },
  ['name', 'url', 'protocol', 'accountId'],
);

export const agentSchema: Schema = whole({
  id: { type: 'string' },
  name: { type: 'string' },
  url: { type: 'string' },
  protocol: { type: 'string', enum: ['mcp', 'a2a'] },
  accountId: { type: 'string' },
  hasCredential: { type: 'boolean' },
  createdAt: isoTime,
});

export const agentQuery: Readonly<Record<string, Schema>> = {
  limit: { type: 'integer', minimum: 1, maximum: 10, default: 10, description: 'Rows of the page.' },
  offset: {
    type: 'integer',
    minimum: 0,
    maximum: 10_000_000,
    default: 0,
    description: 'Rows before the page.',
  },
};

export const forwardingSchema: Schema = whole({
  enabled: { type: 'boolean' },
  since: { ...isoTime, type: ['string', 'null'] },
  storedBytes: { type: 'integer', description: 'Members kept for forwarding, before encryption.' },
});

export const agentExample: JsonObject = {
  id: 'agent_0f3a6c9d2e5b8a1c47',
  name: 'Pinnacle',
  url: 'https://ads.pinnacle.example/mcp',
  protocol: 'mcp',
  accountId: 'acct_at_pinnacle',
  hasCredential: true,
  createdAt: '2026-02-24T10:00:00.000Z',
};

export const recordExample: JsonObject = {
  id: '019c0a4e-7c1d-7f3a-9a4b-1f2e3d4c5b6a',
  customerId: 0,
  seatId: 'acct_12345',
  resourceType: 'AUDIENCE',
  resourceId: 'winter-buyers',
  audienceId: 'winter-buyers',
  eventSourceId: null,
  catalogId: null,
  adcpAgentId: 'agent_0f3a6c9d2e5b8a1c47',
  adcpAgentAccountId: 'acct_at_pinnacle',
  enabled: true,
  status: 'COMPLETED',
  errorMessage: null,
  responseData: {
    audience_id: 'winter-buyers',
    status: 'ready',
    total_uploaded_count: 42000,
    matched_count: 30100,
    members_sent: 42000,
  },
  createdAt: '2026-02-24T10:00:00.000Z',
  updatedAt: '2026-02-24T10:00:09.000Z',
  completedAt: '2026-02-24T10:00:09.000Z',
};
