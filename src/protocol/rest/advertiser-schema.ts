import type { JsonObject } from '../../engine/types.ts';
import { isoTime, object, text, type Schema } from './schema.ts';

/** Source: Scope3 REST, create body. */
const nameCharsMax = 255;
const descriptionCharsMax = 1_000;
const domainCharsMax = 253;
const utmCountMax = 20;
const utmValueCharsMax = 200;
const wordCharsMax = 255;
/** Not named by the source; more than any buyer has partners. */
const linkedAccountCountMax = 100;

const linkedAccount: Schema = object(
  {
    partnerId: text(wordCharsMax, 'The partner.'),
    accountId: text(wordCharsMax, 'Your account there.'),
    billingType: { type: 'string', maxLength: wordCharsMax },
  },
  ['partnerId', 'accountId'],
);

const utm: Schema = object(
  {
    paramKey: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_-]{1,100}$',
      'x-says': '1 to 100 letters, digits, _ and -',
    },
    paramValue: text(utmValueCharsMax, 'The value.'),
  },
  ['paramKey', 'paramValue'],
);

const brand: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: domainCharsMax,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$',
  description: 'The domain of the brand, such as acme.example.',
  'x-says': 'a domain, such as acme.example',
};

const kept = {
  linkedAccounts: {
    type: 'array',
    items: linkedAccount,
    maxItems: linkedAccountCountMax,
    description: 'Kept and given back; nothing here acts on it.',
  },
  optimizationApplyMode: {
    type: 'string',
    enum: ['AUTO', 'MANUAL'],
    description: 'Kept and given back; nothing here acts on it.',
  },
  utmConfig: {
    type: 'array',
    items: utm,
    maxItems: utmCountMax,
    description: 'Kept and given back; nothing here acts on it.',
  },
} as const satisfies Record<string, Schema>;

const name: Schema = text(nameCharsMax, 'A name for people.');
const description: Schema = { type: 'string', maxLength: descriptionCharsMax, format: 'multiline' };

export const newAdvertiserSchema: Schema = object(
  {
    name,
    brand,
    description,
    sandbox: {
      type: 'boolean',
      default: false,
      description: 'True: for tests; small audiences are ready too. Cannot be changed later.',
    },
    saveBrand: { type: 'boolean', default: false, description: 'Accepted; every brand is saved here.' },
    ...kept,
  },
  ['name', 'brand'],
);

export const changesSchema: Schema = object({
  name,
  brand,
  description: { ...description, type: ['string', 'null'] },
  ...kept,
});

export const advertiserSchema: Schema = object(
  {
    id: { type: 'string', description: 'AdCP calls it `account_id`.' },
    name: { type: 'string' },
    description: { type: ['string', 'null'] },
    status: { type: 'string', enum: ['ACTIVE', 'ARCHIVED'] },
    sandbox: { type: 'boolean' },
    brand: { type: 'string' },
    brandWarning: { type: ['string', 'null'] },
    linkedBrand: object(
      {
        domain: { type: 'string' },
        brandId: { type: ['string', 'null'] },
        operator: { type: 'string', description: 'Who acts for the brand.' },
      },
      ['domain', 'brandId', 'operator'],
    ),
    linkedAccounts: { type: 'array', items: linkedAccount },
    optimizationApplyMode: kept.optimizationApplyMode,
    utmConfig: kept.utmConfig,
    createdAt: isoTime,
    updatedAt: isoTime,
  },
  ['id', 'name', 'description', 'status', 'sandbox', 'brand', 'brandWarning', 'createdAt', 'updatedAt'],
);

const limitMax = 10;
const offsetMax = 10_000_000;

export const listQuery: Readonly<Record<string, Schema>> = {
  status: { type: 'string', enum: ['ACTIVE', 'ARCHIVED'], description: 'Only these.' },
  name: text(nameCharsMax, 'Only those with this text in their name, compared without case.'),
  includeBrand: { type: 'boolean', default: false, description: 'With `linkedBrand`.' },
  includeAccounts: { type: 'boolean', default: true, description: 'With `linkedAccounts`.' },
  limit: {
    type: 'integer',
    minimum: 1,
    maximum: limitMax,
    default: limitMax,
    description: 'Rows of the page.',
  },
  offset: {
    type: 'integer',
    minimum: 0,
    maximum: offsetMax,
    default: 0,
    description: 'Rows before the page.',
  },
};

export const advertiserExample: JsonObject = {
  id: 'acct_12345',
  name: 'Acme',
  description: 'Everything for the roadrunner.',
  status: 'ACTIVE',
  sandbox: false,
  brand: 'acme.example',
  brandWarning: null,
  linkedBrand: { domain: 'acme.example', brandId: null, operator: 'acme.example' },
  linkedAccounts: [],
  optimizationApplyMode: 'MANUAL',
  createdAt: '2026-02-24T10:00:00.000Z',
  updatedAt: '2026-02-24T10:00:00.000Z',
};
