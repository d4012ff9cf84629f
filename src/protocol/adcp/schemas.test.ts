import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';

import type { AccountId, AccountNo, AudienceId, GraphVersion, TaskId } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import { identifierTypes, reportTypes } from '../../base/identifier-types.ts';
import type { JsonObject } from '../../engine/types.ts';
import type {
  Account,
  AudienceResult,
  CapabilityFacts,
  Generation,
  ItemFault,
  SyncOutcome,
  TaskView,
} from '../../service/api.ts';
import { listAccountsBody, syncAccountsBody } from './accounts-response.ts';
import { capabilitiesBody } from './capabilities.ts';
import { enveloped } from './envelope.ts';
import { refusalBody } from './operations.ts';
import { RequestFault } from './issues.ts';
import { syncAudiencesBody } from './sync-audiences-response.ts';
import { listTasksBody, taskBody } from './tasks-response.ts';
import { sdkSchemas, validatorOf } from './testing/official-schemas.ts';

/**
 * Every kind of answer against AdCP's own schemas: those of 3.0 that come with the AdCP SDK, and, where a folder with more
 * is at hand, later editions of 3.0 and 3.1.
 */
const moreSchemas = process.env['ROLLCALL_ADCP_SCHEMAS'] ?? '';

interface Edition {
  readonly name: string;
  readonly folder: string;
  readonly generations: readonly Generation[];
  readonly taskSchema: string;
  readonly tasksSchema: string;
}
const editions: readonly Edition[] = [
  {
    name: '3.0.6 of the AdCP SDK',
    folder: sdkSchemas,
    generations: ['legacy', '3.0'],
    taskSchema: 'core/tasks-get-response',
    tasksSchema: 'core/tasks-list-response',
  },
  {
    name: '3.0.25',
    folder: `${moreSchemas}/3.0.25`,
    generations: ['legacy', '3.0'],
    taskSchema: 'core/tasks-get-response',
    tasksSchema: 'core/tasks-list-response',
  },
  {
    name: '3.1.19',
    folder: `${moreSchemas}/3.1.19`,
    generations: ['legacy', '3.0', '3.1'],
    taskSchema: 'protocol/get-task-status-response',
    tasksSchema: 'protocol/list-tasks-response',
  },
];

const id = 'a' as AudienceId;
const fault: ItemFault = { code: 'INVALID_HASH', message: 'm', field: 'audiences[0].add[1].hashed_email' };
const item = { audienceId: id, sellerId: 'aud_1', uploadedCount: 3 } as const;
const results: readonly AudienceResult[] = [
  {
    ...item,
    action: 'created',
    status: 'ready',
    name: 'n',
    description: 'd',
    audienceType: 'crm',
    tags: ['t'],
    totalUploadedCount: 3,
    report: {
      totalUploadedCount: 3,
      matchedCount: 2,
      rows: reportTypes.map((type) => ({ type, submitted: 3, matched: 2 })),
    },
    lastSyncedAtMs: 1e12,
  },
  { ...item, action: 'updated', status: 'too_small', minimumSize: 1000, totalUploadedCount: 3 },
  { ...item, action: 'unchanged', status: 'processing' },
  { ...item, action: 'unchanged', status: 'suspended', suspendedReason: 'ttl_expired' },
  { ...item, action: 'deleted' },
  {
    ...item,
    action: 'failed',
    errors: [fault],
    rejected: {
      total: 1,
      byReason: { hash_length: 1 },
      sample: [{ side: 'add', index: 1, externalId: null, reason: 'hash_length' }],
    },
  },
];
const answered: SyncOutcome = { kind: 'answered', sandbox: true, audiences: results };
const account: Account = {
  accountNo: 1 as AccountNo,
  accountId: 'acc_1' as AccountId,
  name: 'Acme',
  brandDomain: 'acme.example',
  brandId: 'main',
  operator: 'agency.example',
  sandbox: false,
  status: 'pending_approval',
  billing: 'operator',
  createdAtMs: 0,
};
const task: TaskView = {
  taskId: 'task_1' as TaskId,
  taskType: 'sync_audiences',
  status: 'completed',
  generation: '3.1',
  createdAtMs: 0,
  updatedAtMs: 1,
  completedAtMs: 1,
  hasWebhook: false,
  context: { a: 1 },
  progress: { done: 2, total: 2 },
  members: { done: 9, total: 9 },
  outcome: answered,
};
const facts: CapabilityFacts = {
  minimumAudienceSize: 1000,
  supportedUidTypes: identifierTypes,
  matchingLatencyHours: { min: 0.0001, max: 0.4 },
  replayTtlSeconds: 86_400,
  inFlightSecondsMax: 300,
  buyerDeclaredAccounts: true,
  sandbox: true,
  graphVersion: 1 as GraphVersion,
  lastChangedAtMs: 0,
};
const build = {
  version: '0.1.0',
  supportedBilling: ['operator', 'agent'],
  publicUrl: 'https://seller.example',
  requestSigning: { digestPolicy: 'either' as const, requiredFor: ['sync_accounts'] },
  testScenarios: [],
};
const query = {
  filter: { statuses: ['completed'] },
  sortField: 'created_at',
  sortDirection: 'desc',
  pageSize: 50,
  cursor: null,
} as const;

/** Every kind of body, by the schema that it must meet. */
function bodies(edition: Edition, generation: Generation): [string, string, JsonObject][] {
  const accounts = {
    dryRun: true,
    accounts: [
      { action: 'created', request: null, account },
      {
        action: 'failed',
        request: { reference: { kind: 'id', accountId: 'x' }, mode: 'settings', billing: null },
        account: null,
        errors: [{ code: 'ACCOUNT_NOT_FOUND', message: 'm' }],
      },
      {
        action: 'failed',
        request: {
          reference: {
            kind: 'natural',
            brandDomain: 'b.example',
            brandId: null,
            operator: 'o.example',
            sandbox: true,
          },
          mode: 'provision',
          billing: 'agent',
        },
        account: null,
        errors: [{ code: 'BILLING_NOT_SUPPORTED', message: 'm' }],
      },
    ],
  } as const;
  const failedTask: TaskView = {
    ...task,
    status: 'failed',
    error: { code: 'SERVICE_UNAVAILABLE', message: 'm' },
  };
  const working: TaskView = {
    ...task,
    status: 'working',
    completedAtMs: null,
    progress: { done: 0, total: 3 },
    members: { done: 1, total: 9 },
    forecast: { nextRunAtMs: 5_000, expectedAtMs: 6_000, retryAfterSeconds: 6 },
  };
  const page = {
    tasks: [task, working],
    totalMatching: 2,
    byStatus: { completed: 1, working: 1 },
    nextCursor: 'c',
  };
  return [
    ['sync', 'media-buy/sync-audiences-response', syncAudiencesBody(answered, generation)],
    [
      'empty sync',
      'media-buy/sync-audiences-response',
      syncAudiencesBody({ kind: 'answered', sandbox: false, audiences: [] }, generation),
    ],
    [
      'list_accounts',
      'account/list-accounts-response',
      listAccountsBody({ accounts: [account], totalCount: 9, nextCursor: 'c' }),
    ],
    [
      'sync_accounts',
      'account/sync-accounts-response',
      syncAccountsBody(accounts, [['w'], [], []], generation),
    ],
    ['completed task', edition.taskSchema, taskBody(task, true, generation)],
    ['failed task', edition.taskSchema, taskBody(failedTask, true, generation)],
    ['working task', edition.taskSchema, taskBody(working, true, generation)],
    ['list_tasks', edition.tasksSchema, listTasksBody(page, query)],
    [
      'capabilities',
      'protocol/get-adcp-capabilities-response',
      capabilitiesBody(facts, build, { generation, isNamed: true }, undefined),
    ],
    [
      'new server',
      'protocol/get-adcp-capabilities-response',
      capabilitiesBody(
        { ...facts, matchingLatencyHours: null },
        build,
        { generation, isNamed: true },
        undefined,
      ),
    ],
  ];
}

const refusals: readonly AppError[] = [
  new AppError('ACCOUNT_NOT_FOUND'),
  new AppError('RATE_LIMITED', 'm', { retryAfterSeconds: 3 }),
  new RequestFault([{ path: ['audiences', 0, 'name'], keyword: 'type', message: 'm' }], 3),
];

for (const edition of editions) {
  const skip = existsSync(edition.folder)
    ? false
    : `no schemas at ${edition.folder}; set ROLLCALL_ADCP_SCHEMAS`;
  describe(`answers against AdCP ${edition.name}`, { skip }, () => {
    const check = skip === false ? validatorOf(edition.folder) : () => '';
    for (const generation of edition.generations) {
      const facts = { generation, context: { trace: [1, null] }, nowMs: 0, replayed: true };
      it(`served ${generation}`, () => {
        for (const [kind, schema, body] of bodies(edition, generation)) {
          assert.equal(check(schema, enveloped(body, facts)), '', kind);
        }
        for (const refusal of refusals) {
          const body = refusalBody(refusal, generation, { trace: 1 }, 0);
          assert.equal(check('media-buy/sync-audiences-response', body), '', refusal.code);
          assert.equal(check('account/sync-accounts-response', body), '', refusal.code);
          assert.equal(check('core/error', body['adcp_error'] as JsonObject), '', refusal.code);
        }
      });
    }
    it('the check can fail', () => {
      assert.notEqual(
        check('media-buy/sync-audiences-response', { status: 'completed', audiences: [{}] }),
        '',
      );
      const late = syncAudiencesBody(answered, '3.1');
      const isStrict = edition.name.startsWith('3.0');
      if (isStrict)
        assert.notEqual(check('media-buy/sync-audiences-response', late), '', 'suspended before 3.1');
    });
    it('submitted is an answer of 3.1 only', () => {
      const body = enveloped(syncAudiencesBody({ kind: 'submitted', taskId: task.taskId }, '3.1'), {
        generation: '3.1',
        context: undefined,
        nowMs: 0,
        replayed: false,
      });
      assert.equal(check('media-buy/sync-audiences-response', body) === '', !edition.name.startsWith('3.0'));
    });
  });
}
