import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Advertiser, AdvertiserSettings } from '../../service/advertiser-api.ts';
import { requestDigest } from '../adcp/request-digest.ts';
import {
  advertiserExample,
  advertiserSchema,
  changesSchema,
  listQuery,
  newAdvertiserSchema,
} from './advertiser-schema.ts';
import { Refused } from './refused.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { whole } from './schema.ts';

const bodyBytesMax = 64 * 1024;
const idParam = { id: 'Id of the advertiser.' };

interface Shown {
  readonly brand: boolean;
  readonly accounts: boolean;
}

const everything: Shown = { brand: true, accounts: true };

function bodyOf(advertiser: Advertiser, shown: Shown): JsonObject {
  const { linkedAccounts, optimizationApplyMode, utmConfig } = advertiser.settings;
  const linkedBrand = {
    domain: advertiser.brandDomain,
    brandId: advertiser.brandId,
    operator: advertiser.operator,
  };
  return {
    id: advertiser.accountId,
    name: advertiser.name,
    description: advertiser.description,
    status: advertiser.isArchived ? 'ARCHIVED' : 'ACTIVE',
    sandbox: advertiser.sandbox,
    brand: advertiser.brandDomain,
    brandWarning: null,
    ...(shown.brand ? { linkedBrand } : {}),
    ...(shown.accounts ? { linkedAccounts: (linkedAccounts ?? []).map((account) => ({ ...account })) } : {}),
    ...(optimizationApplyMode === undefined ? {} : { optimizationApplyMode }),
    ...(utmConfig === undefined ? {} : { utmConfig: utmConfig.map((one) => ({ ...one })) }),
    createdAt: new Date(advertiser.createdAtMs).toISOString(),
    updatedAt: new Date(advertiser.updatedAtMs).toISOString(),
  };
}

/** The words to keep. The body's schema has been checked, so they are what their names say. */
function settingsOf(body: JsonObject): AdvertiserSettings {
  const names = ['linkedAccounts', 'optimizationApplyMode', 'utmConfig'] as const;
  const given = names.filter((name) => Object.hasOwn(body, name)).map((name) => [name, body[name]] as const);
  return Object.fromEntries(given) as AdvertiserSettings;
}

function exists(): Refused {
  return new Refused(409, {
    code: 'CONFLICT',
    message: 'You have an advertiser of this brand already.',
    field: 'brand',
    details: { suggestion: 'Find it with GET /advertisers, or name another brand.' },
  });
}

function idOf(call: RestCall): string {
  return must(call.params['id'], () => 'the route names the advertiser');
}

async function performList({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { status, name, includeBrand, includeAccounts } = call.query;
  const limit = Number(call.query['limit']);
  const offset = Number(call.query['offset']);
  const { advertisers, total } = await service.listAdvertisers(call.caller, {
    ...(status === undefined ? {} : { isArchived: status === 'ARCHIVED' }),
    ...(name === undefined ? {} : { namePart: String(name) }),
    limit,
    offset,
  });
  const shown = { brand: includeBrand === true, accounts: includeAccounts === true };
  const end = offset + advertisers.length;
  const hasMore = end < total;
  const items = advertisers.map((advertiser) => bodyOf(advertiser, shown));
  return { status: 200, body: { items, total, hasMore, nextOffset: hasMore ? end : null } };
}

async function performGet({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  return { status: 200, body: bodyOf(await service.getAdvertiser(call.caller, idOf(call)), everything) };
}

async function performCreate({ service, primitives }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { body } = call;
  const made = await service.createAdvertiser({
    caller: call.caller,
    requestKey: call.requestKey,
    requestDigest: requestDigest(primitives, 'rest.createAdvertiser', body, call.membersDigest),
    advertiser: {
      name: body['name'] as string,
      description: (body['description'] as string | undefined) ?? null,
      brandDomain: (body['brand'] as string).toLowerCase(),
      sandbox: body['sandbox'] === true,
      settings: { optimizationApplyMode: 'MANUAL', ...settingsOf(body) },
    },
  });
  if (made.kind === 'exists') throw exists();
  return {
    status: 201,
    body: bodyOf(made.advertiser, everything),
    headers: made.replayed ? { 'idempotency-replayed': 'true' } : {},
  };
}

async function performUpdate({ service }: RestOptions, call: RestCall): Promise<RestAnswer> {
  const { name, description, brand } = call.body;
  const done = await service.updateAdvertiser(call.caller, idOf(call), {
    ...(name === undefined ? {} : { name: name as string }),
    ...(description === undefined ? {} : { description: description as string | null }),
    ...(brand === undefined ? {} : { brandDomain: (brand as string).toLowerCase() }),
    settings: settingsOf(call.body),
  });
  if (done.kind === 'exists') throw exists();
  if (done.kind === 'brand_fixed') {
    throw new AppError('PERMISSION_DENIED', 'The seller made this advertiser; its brand cannot be changed.', {
      field: 'brand',
      suggestion: 'Leave brand out, or create an advertiser of the other brand.',
    });
  }
  return { status: 200, body: bodyOf(done.advertiser, everything) };
}

/** Source: Scope3 REST, advertisers. */
export const listAdvertisers: Route = {
  method: 'GET',
  path: '/advertisers',
  operation: 'listAdvertisers',
  tag: 'Advertisers',
  summary: 'List advertisers',
  description: 'The advertisers that this key may use: AdCP calls them accounts.',
  params: {},
  query: listQuery,
  success: {
    status: 200,
    description: 'One page.',
    schema: whole({
      items: { type: 'array', items: advertiserSchema },
      total: { type: 'integer' },
      hasMore: { type: 'boolean' },
      nextOffset: { type: ['integer', 'null'], description: 'Null on the last page.' },
    }),
    example: { items: [advertiserExample], total: 1, hasMore: false, nextOffset: null },
  },
  refusals: [],
  perform: performList,
};

/** Source: Scope3 REST, create an advertiser. */
export const createAdvertiser: Route = {
  method: 'POST',
  path: '/advertisers',
  operation: 'createAdvertiser',
  tag: 'Advertisers',
  summary: 'Create an advertiser',
  description: 'Refused with `ACCESS_DENIED` where the seller creates every advertiser itself.',
  params: {},
  body: {
    schema: newAdvertiserSchema,
    bytesMax: bodyBytesMax,
    example: { name: 'Acme', brand: 'acme.example', description: 'Everything for the roadrunner.' },
  },
  takesRequestKey: true,
  success: {
    status: 201,
    description: 'The advertiser.',
    schema: advertiserSchema,
    example: advertiserExample,
  },
  refusals: [403, 409],
  perform: performCreate,
};

/** Source: Scope3 REST, one advertiser, always with its brand. */
export const getAdvertiser: Route = {
  method: 'GET',
  path: '/advertisers/{id}',
  operation: 'getAdvertiser',
  tag: 'Advertisers',
  summary: 'Get an advertiser',
  description: 'Always with its brand.',
  params: idParam,
  success: {
    status: 200,
    description: 'The advertiser.',
    schema: advertiserSchema,
    example: advertiserExample,
  },
  refusals: [404],
  perform: performGet,
};

/** Source: Scope3 REST, update an advertiser: fields that are left out stay as they are. */
export const updateAdvertiser: Route = {
  method: 'PUT',
  path: '/advertisers/{id}',
  operation: 'updateAdvertiser',
  tag: 'Advertisers',
  summary: 'Change an advertiser',
  description:
    'Fields that are left out stay as they are; `linkedAccounts` are added. The brand can be changed where you created the advertiser.',
  params: idParam,
  body: { schema: changesSchema, bytesMax: bodyBytesMax, example: { name: 'Acme Corporation' } },
  success: {
    status: 200,
    description: 'The advertiser as it is now.',
    schema: advertiserSchema,
    example: { ...advertiserExample, name: 'Acme Corporation' },
  },
  refusals: [403, 404, 409],
  perform: performUpdate,
};
