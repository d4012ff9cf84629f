/** Isolation: a statement on a tenant's table that does not say whose rows it means is a leak waiting for a bug. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { migrations } from './migrations/index.ts';
import { migrate } from './sqlite/migrate.ts';
import { repositoryStatements } from './testing/repository-statements.ts';

const tenantTables = [
  'audience',
  'operation',
  'member_block',
  'hidden_piece',
  'matched_set',
  'task',
  'task_part',
  'idempotency',
  'forwarding',
  'forward_operation',
  'sales_agent',
  'syndication',
  'webhook_endpoint',
  'webhook_delivery',
  'media_buy',
  'media_package',
  'package_audience',
  'package_delivery',
];

/** Statements of our own work, which no caller reaches with a choice of rows: file and constant, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'audience-rows.ts stale': 'finds what a change of the graph affects, for the matching job',
  'hidden-piece-rows.ts anywhere': 'finds what a merge or a deletion left to erase, for the sweeper',
  'operation-rows.ts pending': 'finds the work that waits, for our own runs of matching',
  'operation-rows.ts waiting': 'how much waits in all, for our own runs and the operator',
  'operation-rows.ts listParked': 'what the operator sees, over all accounts',
  'operation-rows.ts removeSettled': 'housekeeping by age over all accounts',
  'task-rows.ts findOwn': 'by the caller, whose tasks on all its accounts these are',
  'task-rows.ts listOwn': 'by the caller, whose tasks on all its accounts these are',
  'impression-rows.ts packages': 'the seller’s own ad server reports for every account',
  'decision-rows.ts inPackages': 'what packages of all accounts lean on, for our own decisions',
  'task-rows.ts removeOld': 'housekeeping by age over all accounts',
  'idempotency-rows.ts remove': 'housekeeping by age over all accounts',
  'webhook-rows.ts dueEndpointsSql': 'finds whose turn it is, for our own delivery',
  'webhook-rows.ts anyUnfinishedSql': 'whether there is anything to deliver, for our own start',
  'webhook-rows.ts listDeliveriesSql': 'what the operator sees, over all accounts or one',
  'webhook-rows.ts listEndpointsSql': 'what the operator sees, over all accounts or one',
  'webhook-rows.ts moveDeliveries': 'the clock was set, for all that wait',
  'webhook-rows.ts moveEndpoints': 'the clock was set, for all that wait',
  'webhook-rows.ts blankBodies': 'housekeeping by age over all accounts',
  'webhook-rows.ts forgetDeliveries': 'housekeeping by age over all accounts',
  'buy-rows.ts taken': 'whether a test may choose an id, over all callers',
  'package-rows.ts everyPackage': 'for our own decisions, over all accounts',
  'package-rows.ts everyAudience': 'for our own decisions, over all accounts',
  'verify-rows.ts liveOfAll': 'what the operator verifies, over all accounts',
  'verify-rows.ts ownerless': 'what the operator verifies, over all accounts',
  'forwarding-rows.ts accounts': 'finds whose audiences are pushed, for our own job',
  'forwarding-rows.ts ids': 'whether anybody forwards, for our own threads',
  'operation-rows.ts anyLost': 'finds work of processes that ended, for those that live',
  'operation-rows.ts adoptLost': 'takes up work of processes that ended',
  'hidden-piece-rows.ts releaseLost': 'gives up what processes that ended were writing',
};

const { files, statements } = repositoryStatements();

test('every statement of the repositories is understood by the schema', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, 0);
  assert.ok(files.length >= 8 && statements.length >= 40, 'the repositories were found');
  for (const { name, sql } of statements) assert.doesNotThrow(() => db.prepare(sql), name);
  db.close();
});

test('a statement on a tenant’s table names the account', () => {
  const unused = new Set(Object.keys(exceptions));
  let looked = 0;
  for (const { name, sql } of statements) {
    const touched = tenantTables.filter((table) =>
      new RegExp(`\\b(?:FROM|INTO|UPDATE|JOIN) ${table}\\b`).test(sql),
    );
    if (touched.length === 0) continue;
    looked++;
    if (unused.delete(name)) continue;
    const says = sql.startsWith('INSERT') ? /\(\s*account_no\b|\baccount_no,/ : /\baccount_no = \?/;
    assert.match(sql, says, name);
  }
  assert.ok(looked >= 20, 'tenant statements were found');
  assert.deepEqual([...unused], [], 'the list of exceptions only holds what is there');
});
