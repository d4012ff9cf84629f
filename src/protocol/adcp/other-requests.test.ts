import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { readListAccounts, readSyncAccounts } from './accounts-request.ts';
import { readCapabilitiesFilter } from './capabilities.ts';
import { echoableContext, checkContext } from './envelope.ts';
import { RequestFault } from './issues.ts';
import { readGetTask, readListTasks } from './tasks-request.ts';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestFault) return `${error.info.field} ${error.issues[0]?.keyword}`;
    if (error instanceof AppError) return `${error.code} ${error.info.field}`;
    throw error;
  }
  return 'accepted';
}

describe('list_accounts', () => {
  it('reads everything, with defaults', () => {
    assert.deepEqual(readListAccounts({ later: 1 }), { pageSize: 50, cursor: null });
    const args = {
      account: { account_id: 'a' },
      status: 'active',
      sandbox: true,
      pagination: { max_results: 7, cursor: 'c' },
    };
    assert.deepEqual(readListAccounts(args), {
      pageSize: 7,
      cursor: 'c',
      account: { kind: 'id', accountId: 'a' },
      status: 'active',
      sandbox: true,
    });
  });
  it('refuses wrong values by field', () => {
    const table: [JsonObject, string][] = [
      [{ status: 'open' }, 'status enum'],
      [{ sandbox: 1 }, 'sandbox type'],
      [{ pagination: [] }, 'pagination type'],
      [{ pagination: { max_results: 0 } }, 'pagination.max_results minimum'],
      [{ pagination: { max_results: 101 } }, 'pagination.max_results maximum'],
      [{ pagination: { max_results: 1.5 } }, 'pagination.max_results type'],
      [{ pagination: { cursor: 1 } }, 'pagination.cursor type'],
    ];
    for (const [args, expected] of table)
      assert.equal(
        refusal(() => readListAccounts(args)),
        expected,
      );
  });
});

describe('sync_accounts', () => {
  const key = { idempotency_key: 'x'.repeat(16) };
  const pair = { brand: { domain: 'acme.example' }, operator: 'agency.example' };
  const read = (...accounts: JsonObject[]): unknown => readSyncAccounts({ ...key, accounts }, '3.1');

  it('reads both modes and warns of what is not used', () => {
    const call = readSyncAccounts(
      {
        ...key,
        accounts: [
          { ...pair, billing: 'operator', payment_terms: 'net_30', notification_configs: [] },
          { account: { account_id: 'a' } },
        ],
        dry_run: true,
      },
      '3.1',
    );
    assert.deepEqual(call, {
      requestKey: key.idempotency_key,
      deleteMissing: false,
      dryRun: true,
      accounts: [
        {
          reference: {
            kind: 'natural',
            brandDomain: 'acme.example',
            brandId: null,
            operator: 'agency.example',
            sandbox: false,
          },
          mode: 'provision',
          billing: 'operator',
        },
        { reference: { kind: 'id', accountId: 'a' }, mode: 'settings', billing: null },
      ],
      warnings: [['payment_terms is not used by this seller.'], []],
      callback: null,
    });
  });
  it('refuses wrong values by field', () => {
    assert.equal(
      refusal(() => readSyncAccounts({ accounts: [] }, '3.1')),
      'idempotency_key required',
    );
    assert.equal(
      refusal(() => readSyncAccounts(key, '3.1')),
      'accounts required',
    );
    assert.equal(
      refusal(() => read(pair)),
      'accounts[0].billing required',
    );
    assert.equal(
      refusal(() => read({ ...pair, billing: 'nobody' })),
      'accounts[0].billing enum',
    );
    assert.equal(
      refusal(() => read({ billing: 'agent' })),
      'accounts[0].brand required',
    );
    assert.equal(
      refusal(() => read({ account: { account_id: 'a' }, operator: 'b.example' })),
      'accounts[0].operator not',
    );
    assert.equal(
      refusal(() => readSyncAccounts({ ...key, accounts: ['x'] }, '3.1')),
      'accounts[0] type',
    );
    const config = { notification_configs: [{ subscriber_id: 's' }] };
    assert.equal(
      refusal(() => read({ ...pair, billing: 'agent', ...config })),
      'UNSUPPORTED_FEATURE accounts[0].notification_configs',
    );
  });
});

describe('tasks', () => {
  it('reads get_task_status', () => {
    assert.deepEqual(readGetTask({ task_id: 't', include_result: true }), {
      taskId: 't',
      account: undefined,
      includeResult: true,
    });
    assert.equal(
      refusal(() => readGetTask({})),
      'task_id required',
    );
    assert.equal(
      refusal(() => readGetTask({ task_id: 't', include_result: 'yes' })),
      'include_result type',
    );
  });
  it('reads list_tasks', () => {
    assert.deepEqual(readListTasks({}), {
      filter: {},
      sortField: 'created_at',
      sortDirection: 'desc',
      pageSize: 50,
      cursor: null,
    });
    const filters = {
      status: 'completed',
      task_types: ['sync_audiences'],
      created_after: '1970-01-01T00:00:01Z',
      updated_before: '1970-01-01T02:00:00+02:00',
      task_ids: ['t'],
      has_webhook: false,
    };
    assert.deepEqual(readListTasks({ filters, sort: { field: 'status', direction: 'asc' } }), {
      filter: {
        statuses: ['completed'],
        taskTypes: ['sync_audiences'],
        createdAfterMs: 1000,
        updatedBeforeMs: 0,
        taskIds: ['t'],
        hasWebhook: false,
      },
      sortField: 'status',
      sortDirection: 'asc',
      pageSize: 50,
      cursor: null,
    });
  });
  it('refuses wrong values by field', () => {
    const table: [JsonObject, string][] = [
      [{ filters: { status: 'a', statuses: ['b'] } }, 'filters.status not'],
      [{ filters: { statuses: [] } }, 'filters.statuses minItems'],
      [{ filters: { created_after: 'yesterday' } }, 'filters.created_after format'],
      [{ filters: { created_after: '2026-01-01' } }, 'filters.created_after format'],
      [{ filters: { created_after: '2026-13-01T00:00:00Z' } }, 'filters.created_after format'],
      [{ sort: { field: 'name' } }, 'sort.field enum'],
      [{ sort: { direction: 'up' } }, 'sort.direction enum'],
    ];
    for (const [args, expected] of table)
      assert.equal(
        refusal(() => readListTasks(args)),
        expected,
      );
  });
});

describe('context and filters', () => {
  it('a context is echoed as it is, or refused, never dropped', () => {
    const context = { a: [1, { b: null }], __x: 'é' };
    assert.deepEqual(echoableContext({ context }), context);
    assert.equal(echoableContext({}), undefined);
    const large = { context: { a: 'x'.repeat(16 * 1024) } };
    assert.equal(echoableContext(large), undefined);
    assert.equal(
      refusal(() => checkContext(large)),
      'context maxLength',
    );
    assert.equal(
      refusal(() => checkContext({ context: 'x' })),
      'context type',
    );
    assert.equal(
      refusal(() => checkContext({ context: null })),
      'context type',
    );
  });
  it('capabilities take a filter of protocols', () => {
    assert.deepEqual(readCapabilitiesFilter({ protocols: ['media_buy'] }), ['media_buy']);
    assert.equal(
      refusal(() => readCapabilitiesFilter({ protocols: 'x' })),
      'protocols type',
    );
  });
});
