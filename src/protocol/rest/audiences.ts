import { must } from '../../base/assert.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { ListedAudience } from '../../service/advertiser-api.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { isoTime, whole, type Schema } from './schema.ts';
import { consentBasisWords } from './sync-schema.ts';
import { accountParam } from './sync.ts';

const takeMax = 100;
const takeDefault = 50;
/** Far above what an account can hold. */
const skipMax = 10_000_000;

const statusWords = {
  processing: 'PROCESSING',
  ready: 'READY',
  too_small: 'TOO_SMALL',
  error: 'ERROR',
} as const satisfies Record<ListedAudience['status'], string>;

const lastOperationWords = {
  processing: 'PROCESSING',
  completed: 'COMPLETED',
  error: 'ERROR',
} as const satisfies Record<ListedAudience['lastOperation'], string>;

/** A row of the list. */
export const audienceSchema: Schema = whole({
  audienceId: { type: 'string' },
  name: { type: ['string', 'null'] },
  accountId: { type: 'string' },
  consentBasis: { type: ['string', 'null'], enum: [...consentBasisWords, null] },
  status: {
    type: 'string',
    enum: Object.values(statusWords),
    description:
      '`READY`: can be targeted. `TOO_SMALL`: fewer matched members than the minimum. `PROCESSING`: members are being matched. `ERROR`: the newest sync failed for this audience, and what was there before stands.',
  },
  deleted: {
    type: 'boolean',
    description: 'True: deleted within the last 30 days; it holds no members.',
  },
  uploadedCount: {
    type: ['integer', 'null'],
    description: 'Distinct members now; null while they are being counted.',
  },
  matchedCount: {
    type: ['integer', 'null'],
    description: 'Members of whom at least one identifier is known here; null below the minimum.',
  },
  lastOperationStatus: { type: ['string', 'null'], enum: [...Object.values(lastOperationWords), null] },
  createdAt: isoTime,
  updatedAt: isoTime,
});

function audienceBody(audience: ListedAudience, accountId: string): JsonObject {
  return {
    audienceId: audience.audienceId,
    name: audience.name,
    accountId,
    consentBasis: audience.consentBasis,
    status: statusWords[audience.status],
    deleted: audience.isDeleted,
    uploadedCount: audience.memberCount,
    matchedCount: audience.matchedCount,
    lastOperationStatus: lastOperationWords[audience.lastOperation],
    createdAt: new Date(audience.createdAtMs).toISOString(),
    updatedAt: new Date(audience.updatedAtMs).toISOString(),
  };
}

async function performList({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const take = Number(call.query['take']);
  const skip = Number(call.query['skip']);
  const asked = must(call.params['accountId'], () => 'the route names the account');
  const { accountId, audiences, total } = await service.listAudiences(call.caller, asked, { take, skip });
  const rows = audiences.map((audience) => audienceBody(audience, accountId));
  return { status: 200, body: { audiences: rows, total, take, skip } };
}

/** Source: Scope3 REST, `GET /advertisers/{accountId}/audiences`. */
export const listAudiences: Route = {
  method: 'GET',
  path: '/advertisers/{accountId}/audiences',
  operation: 'listAudiences',
  tag: 'Audiences',
  summary: 'List audiences',
  description:
    'The audiences of an advertiser, oldest first, those deleted within the last 30 days included.',
  params: { accountId: accountParam },
  query: {
    take: {
      type: 'integer',
      minimum: 1,
      maximum: takeMax,
      default: takeDefault,
      description: 'Rows of the page.',
    },
    skip: { type: 'integer', minimum: 0, maximum: skipMax, default: 0, description: 'Rows before the page.' },
  },
  success: {
    status: 200,
    description: 'One page.',
    schema: whole({
      audiences: { type: 'array', items: audienceSchema },
      total: { type: 'integer', description: 'Rows of all pages.' },
      take: { type: 'integer' },
      skip: { type: 'integer' },
    }),
    example: {
      audiences: [
        {
          audienceId: 'winter-buyers',
          name: 'Winter buyers',
          accountId: 'acct_12345',
          consentBasis: 'consent',
          status: 'READY',
          deleted: false,
          uploadedCount: 42000,
          matchedCount: 30100,
          lastOperationStatus: 'COMPLETED',
          createdAt: '2026-02-24T10:00:00.000Z',
          updatedAt: '2026-02-25T10:00:00.000Z',
        },
      ],
      total: 1,
      take: 50,
      skip: 0,
    },
  },
  refusals: [403, 404],
  perform: performList,
};
