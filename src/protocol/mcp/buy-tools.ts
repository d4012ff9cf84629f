import type { Tool } from '@modelcontextprotocol/sdk/types.js';

import { limits } from '../../base/limits.ts';
import { buyStatuses } from '../../service/buys/states.ts';
import { account, brand, idempotencyKey, input, pagination, reads, type Schema } from './schema-parts.ts';

/** The tools of media buys. */

const audienceIds = (says: string): Schema => ({
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: limits.audienceIdCharsMax },
  minItems: 1,
  maxItems: limits.audienceCountPerOverlayMax,
  description: says,
});

const overlay: Schema = {
  type: 'object',
  description: 'Restricts the package. What is not about audiences is passed on to the ad server.',
  properties: {
    audience_include: audienceIds('Only users in these audiences; ids from sync_audiences on this account.'),
    audience_exclude: audienceIds('No users in these audiences.'),
  },
};

const time: Schema = { type: 'string', format: 'date-time' };
const start: Schema = { type: 'string', description: 'ISO 8601 date-time, or "asap".' };
const budget: Schema = {
  type: 'number',
  minimum: 0,
  maximum: limits.budgetMax,
  description: 'In the currency of the price.',
};
const pushConfig: Schema = {
  type: 'object',
  description: 'Where to send the outcome when the answer is not it.',
  properties: { url: { type: 'string' }, operation_id: { type: 'string' } },
  required: ['url'],
};

const formatId: Schema = {
  type: 'object',
  description: 'A format, with the agent that defines it.',
  properties: { agent_url: { type: 'string' }, id: { type: 'string' } },
  required: ['agent_url', 'id'],
};

const newPackage: Schema = {
  type: 'object',
  properties: {
    product_id: { type: 'string', description: 'From get_products.' },
    pricing_option_id: { type: 'string', description: 'A price of that product.' },
    budget,
    bid_price: {
      type: 'number',
      minimum: 0,
      description: 'For prices with a floor: per thousand impressions.',
    },
    start_time: time,
    end_time: time,
    paused: { type: 'boolean' },
    targeting_overlay: overlay,
    context: { type: 'object', description: 'Echoed with the package.' },
  },
  required: ['product_id', 'pricing_option_id', 'budget'],
};

const changedPackage: Schema = {
  type: 'object',
  properties: {
    package_id: { type: 'string' },
    budget,
    bid_price: { type: 'number', minimum: 0 },
    start_time: time,
    end_time: time,
    paused: { type: 'boolean' },
    canceled: { type: 'boolean', description: 'True cancels the package for good.' },
    targeting_overlay: { ...overlay, description: 'Replaces the overlay of the package.' },
  },
  required: ['package_id'],
};

const packagesOf = (items: Schema): Schema => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems: limits.packageCountPerBuyMax,
});

const ids: Schema = { type: 'array', items: { type: 'string' }, minItems: 1 };
const statusFilter: Schema = {
  description: 'A state, or a list of them.',
  anyOf: [
    { type: 'string', enum: buyStatuses },
    { type: 'array', items: { type: 'string', enum: buyStatuses } },
  ],
};

const changes = { readOnlyHint: false, idempotentHint: true, openWorldHint: false } as const;

export const buyTools = {
  get_products: {
    title: 'List products',
    description:
      'What can be bought, and at which price. Every brief gets the same list; filters shorten it.',
    inputSchema: input(
      {
        buying_mode: { type: 'string', enum: ['brief', 'wholesale', 'refine'] },
        brief: { type: 'string' },
        account,
        brand,
        filters: {
          type: 'object',
          properties: {
            channels: { type: 'array', items: { type: 'string' } },
            delivery_type: { type: 'string', enum: ['guaranteed', 'non_guaranteed'] },
            is_fixed_price: { type: 'boolean' },
            pricing_currencies: { type: 'array', items: { type: 'string' } },
            required_metrics: { type: 'array', items: { type: 'string' } },
            countries: { type: 'array', items: { type: 'string' }, description: 'Such as DE.' },
            format_ids: { type: 'array', items: formatId },
            budget_range: {
              type: 'object',
              properties: {
                min: { type: 'number' },
                max: { type: 'number' },
                currency: { type: 'string', description: 'Such as EUR.' },
              },
              required: ['currency'],
            },
          },
        },
        pagination,
      },
      [],
    ),
    annotations: reads,
  },
  list_creative_formats: {
    title: 'List formats of creatives',
    description:
      'The formats that products take, by name. The agents in creative_agents define them: ask those for sizes and assets.',
    inputSchema: input(
      {
        format_ids: { type: 'array', items: formatId, minItems: 1 },
        name_search: { type: 'string', description: 'Part of a name.' },
        pagination,
      },
      [],
    ),
    annotations: reads,
  },
  create_media_buy: {
    title: 'Create a media buy',
    description:
      'Buys packages. An overlay that names an audience which this account does not have refuses the whole call; one that is not ready yet is accepted, and reaches nobody until it is.',
    inputSchema: input(
      {
        idempotency_key: idempotencyKey,
        account,
        brand,
        start_time: start,
        end_time: time,
        paused: { type: 'boolean', default: false },
        packages: packagesOf(newPackage),
        push_notification_config: pushConfig,
      },
      ['idempotency_key', 'account', 'brand', 'start_time', 'end_time', 'packages'],
    ),
    annotations: { ...changes, destructiveHint: false },
  },
  update_media_buy: {
    title: 'Change a media buy',
    description: 'Pauses, resumes, cancels and changes a media buy and its packages, and adds packages.',
    inputSchema: input(
      {
        idempotency_key: idempotencyKey,
        account,
        media_buy_id: { type: 'string' },
        revision: {
          type: 'integer',
          minimum: 1,
          description: 'The revision that you know; an older one is refused.',
        },
        paused: { type: 'boolean', description: 'True pauses, false resumes.' },
        canceled: { type: 'boolean', description: 'True cancels for good.' },
        cancellation_reason: { type: 'string', maxLength: 500 },
        start_time: start,
        end_time: time,
        packages: packagesOf(changedPackage),
        new_packages: packagesOf(newPackage),
        push_notification_config: pushConfig,
      },
      ['idempotency_key', 'account', 'media_buy_id'],
    ),
    annotations: { ...changes, destructiveHint: true },
  },
  get_media_buys: {
    title: 'List media buys',
    description:
      'Your media buys with their states, packages, and the suspended audiences that impair them. Without ids: those that are active.',
    inputSchema: input(
      {
        account,
        media_buy_ids: ids,
        status_filter: statusFilter,
        include_snapshot: { type: 'boolean', default: false },
        pagination,
      },
      [],
    ),
    annotations: reads,
  },
  get_media_buy_delivery: {
    title: 'Delivery of media buys',
    description: 'Impressions, clicks and spend of your media buys; zeros where nothing was delivered.',
    inputSchema: input(
      {
        account,
        media_buy_ids: ids,
        status_filter: statusFilter,
        start_date: { type: 'string', description: 'First day, YYYY-MM-DD in UTC.' },
        end_date: { type: 'string', description: 'The day after the last.' },
        include_package_daily_breakdown: { type: 'boolean', default: false },
      },
      [],
    ),
    annotations: reads,
  },
  comply_test_controller: {
    title: 'Test controller',
    description:
      'For tests: sets up products and buys, forces states, and makes up delivery, in sandbox accounts.',
    inputSchema: input(
      {
        scenario: { type: 'string', description: 'See list_scenarios.' },
        params: { type: 'object' },
        account: {
          type: 'object',
          description: 'sandbox must be true; nothing else is needed.',
          properties: { sandbox: { type: 'boolean' } },
        },
      },
      ['scenario', 'account'],
    ),
    annotations: { ...changes, idempotentHint: false, destructiveHint: true },
  },
} as const satisfies Readonly<Record<string, Omit<Tool, 'name'>>>;
