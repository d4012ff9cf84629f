import type { Tool } from '@modelcontextprotocol/sdk/types.js';

import { limits } from '../../base/limits.ts';
import type { AnyOperation } from '../adcp/operation-names.ts';
import { servedOperations } from '../adcp/operations.ts';
import type { BuildFacts } from '../adcp/capabilities.ts';
import { buyTools } from './buy-tools.ts';
import { account, brand, idempotencyKey, input, pagination, reads } from './schema-parts.ts';
import type { Schema } from './schema-parts.ts';

/** The tools as tools/list shows them: fixed texts, so that a definition cannot change under an agent that approved it. */

const hash: Schema = { type: 'string', pattern: '^[a-f0-9]{64}$' };

const identifiers: Readonly<Record<string, Schema>> = {
  hashed_email: {
    ...hash,
    description: 'SHA-256 of the trimmed, lower-case address, as 64 lower-case hex digits.',
  },
  hashed_phone: {
    ...hash,
    description: 'SHA-256 of the number in E.164 with +, as 64 lower-case hex digits.',
  },
  uids: {
    type: 'array',
    items: {
      type: 'object',
      properties: { type: { type: 'string' }, value: { type: 'string' } },
      required: ['type', 'value'],
    },
    description:
      'Universal ids: rampid, rampid_derived, id5, uid2, euid, pairid, maid, publisher_first_party, other.',
  },
};

const member: Schema = {
  type: 'object',
  description: 'One person: a stable key and at least one of hashed_email, hashed_phone, uids.',
  properties: {
    external_id: {
      type: 'string',
      description: 'Your stable key for the person. Adding it again replaces the identifiers.',
    },
    ...identifiers,
  },
  required: ['external_id'],
};

/** Source: contract, remove: by its key, or by what it holds. */
const removedMember: Schema = {
  type: 'object',
  description:
    'The member with this external_id; where there is none, or no external_id, every member that holds one of the identifiers.',
  properties: { external_id: { type: 'string', description: 'Your key for the person.' }, ...identifiers },
};

const audience: Schema = {
  type: 'object',
  properties: {
    audience_id: {
      type: 'string',
      minLength: 1,
      maxLength: limits.audienceIdCharsMax,
      description: 'Your id of the audience.',
    },
    name: { type: 'string', maxLength: limits.audienceNameCharsMax },
    description: { type: 'string', maxLength: limits.audienceDescriptionCharsMax },
    audience_type: { type: 'string', enum: ['crm', 'suppression', 'lookalike_seed'] },
    tags: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      maxItems: limits.tagCountMax,
      uniqueItems: true,
    },
    add: { type: 'array', items: member, description: 'Members to add or to replace.' },
    remove: { type: 'array', items: removedMember, description: 'Members to remove; wins over add.' },
    delete: {
      type: 'boolean',
      description: 'True deletes the audience and ignores every other field of the entry.',
    },
    consent_basis: {
      type: 'string',
      enum: ['consent', 'legitimate_interest', 'contract', 'legal_obligation'],
    },
  },
  required: ['audience_id'],
};

const definitions: Readonly<Record<AnyOperation, Omit<Tool, 'name'>>> = {
  get_adcp_capabilities: {
    title: 'What this seller offers',
    description:
      'AdCP releases, identifier types, minimum audience size and measured matching latency. Needs no key.',
    inputSchema: input(
      { protocols: { type: 'array', items: { type: 'string' }, description: 'Only these blocks.' } },
      [],
    ),
    annotations: reads,
  },
  list_accounts: {
    title: 'List accounts',
    description: 'The accounts that your key may use.',
    inputSchema: input(
      {
        account,
        status: {
          type: 'string',
          enum: ['active', 'pending_approval', 'rejected', 'payment_required', 'suspended', 'closed'],
        },
        sandbox: { type: 'boolean' },
        pagination,
      },
      [],
    ),
    annotations: reads,
  },
  sync_accounts: {
    title: 'Declare accounts',
    description: 'Declares the brands that you act for, and says who is billed.',
    inputSchema: input(
      {
        idempotency_key: idempotencyKey,
        accounts: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              account,
              brand,
              operator: { type: 'string', description: 'Domain of who acts for the brand.' },
              billing: { type: 'string', enum: ['operator', 'agent', 'advertiser'] },
              sandbox: { type: 'boolean' },
            },
          },
        },
        delete_missing: {
          type: 'boolean',
          default: false,
          description: 'True closes your accounts that are not listed.',
        },
        dry_run: { type: 'boolean', default: false, description: 'True only tells what would happen.' },
      },
      ['idempotency_key', 'accounts'],
    ),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  },
  sync_audiences: {
    title: 'Sync audiences',
    description: `Uploads hashed customer lists and reports status and match rates. At most ${limits.memberCountPerCallMax} members a call. Without audiences it lists all audiences and changes nothing. It can delete: see delete and delete_missing.`,
    inputSchema: input(
      {
        idempotency_key: idempotencyKey,
        account,
        audiences: { type: 'array', items: audience, maxItems: limits.audienceCountPerCallMax },
        delete_missing: {
          type: 'boolean',
          default: false,
          description: 'True deletes every audience of the account that is not listed. Needs audiences.',
        },
      },
      ['account'],
    ),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  },
  get_task_status: {
    title: 'Status of a task',
    description: 'How far a task is, and its result when it is completed and include_result is true.',
    inputSchema: input(
      { task_id: { type: 'string' }, account, include_result: { type: 'boolean', default: false } },
      ['task_id'],
    ),
    annotations: reads,
  },
  list_tasks: {
    title: 'List tasks',
    description: 'Your tasks, newest first unless sorted otherwise.',
    inputSchema: input(
      {
        account,
        filters: {
          type: 'object',
          properties: {
            status: { type: 'string' },
            statuses: { type: 'array', items: { type: 'string' } },
            task_type: { type: 'string' },
            task_types: { type: 'array', items: { type: 'string' } },
            task_ids: { type: 'array', items: { type: 'string' }, maxItems: 100 },
            created_after: { type: 'string', format: 'date-time' },
            created_before: { type: 'string', format: 'date-time' },
            updated_after: { type: 'string', format: 'date-time' },
            updated_before: { type: 'string', format: 'date-time' },
            context_contains: { type: 'string' },
            has_webhook: { type: 'boolean' },
          },
        },
        sort: {
          type: 'object',
          properties: {
            field: { type: 'string', enum: ['created_at', 'updated_at', 'status', 'task_type', 'protocol'] },
            direction: { type: 'string', enum: ['asc', 'desc'] },
          },
        },
        pagination,
      },
      [],
    ),
    annotations: reads,
  },
  ...buyTools,
};

/** The tools of a server, in the order of the operations. */
export function toolsOf(build: Pick<BuildFacts, 'testScenarios'>): readonly Tool[] {
  return servedOperations(build).map((name) => ({ name, ...definitions[name] }));
}

/** The tools that every server has. */
export const tools: readonly Tool[] = toolsOf({ testScenarios: [] });
