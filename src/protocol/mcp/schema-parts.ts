import type { Tool } from '@modelcontextprotocol/sdk/types.js';

import { limits } from '../../base/limits.ts';

/** Parts of the tools' schemas. Input schemas are open: AdCP callers add fields of the protocol, and of later releases, to every call. */

export type Schema = Readonly<Record<string, unknown>>;

export const brand: Schema = {
  type: 'object',
  description: 'The advertiser.',
  properties: {
    domain: { type: 'string', description: 'Domain in lower case, such as acme.example.' },
    brand_id: { type: 'string', description: 'One brand of a house with several.' },
  },
  required: ['domain'],
};

export const account: Schema = {
  type: 'object',
  description: 'The account, named either by account_id or by brand and operator.',
  properties: {
    account_id: { type: 'string', description: 'Id that the seller gave; see list_accounts.' },
    brand,
    operator: {
      type: 'string',
      description: 'Domain of who acts for the brand: an agency, or the brand itself.',
    },
    sandbox: {
      type: 'boolean',
      default: false,
      description: 'True names the test account of the same pair.',
    },
  },
};

export const idempotencyKey: Schema = {
  type: 'string',
  minLength: limits.requestKeyCharsMin,
  maxLength: limits.requestKeyCharsMax,
  pattern: '^[A-Za-z0-9_.:-]+$',
  description:
    'A new UUID for every new call. Repeating a call with its key returns the first answer and changes nothing.',
};

const protocolFields: Readonly<Record<string, Schema>> = {
  adcp_version: { type: 'string', description: 'AdCP release of the caller, such as 3.1.' },
  adcp_major_version: {
    type: 'integer',
    minimum: 1,
    maximum: 99,
    description: 'Major release of the caller.',
  },
  context: { type: 'object', description: 'Echoed unchanged in the answer.' },
  ext: { type: 'object', description: 'Extensions.' },
};

export const pagination: Schema = {
  type: 'object',
  properties: {
    max_results: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    cursor: { type: 'string', description: 'From the answer before, unchanged.' },
  },
};

export function input(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Tool['inputSchema'] {
  return {
    type: 'object',
    properties: { ...properties, ...protocolFields },
    ...(required.length === 0 ? {} : { required: [...required] }),
    additionalProperties: true,
  };
}

export const reads = { readOnlyHint: true, idempotentHint: true, openWorldHint: false } as const;
