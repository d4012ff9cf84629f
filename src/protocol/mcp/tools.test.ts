import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';

import { Ajv } from 'ajv';

import { operationNames } from '../adcp/operations.ts';
import { tools } from './tools.ts';

it('the schemas in tools/list compile and take a real call', () => {
  const ajv = new Ajv({ strict: false });
  assert.equal(tools.length, 6);
  for (const tool of tools) assert.equal(tool.inputSchema['additionalProperties'], true, tool.name);
  const sync = ajv.compile(
    tools.find((tool) => tool.name === 'sync_audiences')?.inputSchema ?? assert.fail(),
  );
  const add = [{ external_id: '1', hashed_email: 'a'.repeat(64) }];
  assert.ok(sync({ account: { account_id: 'a' }, audiences: [{ audience_id: 'x', add }], later: 1 }));
  assert.ok(!sync({ account: { account_id: 'a' }, audiences: [{ add }] }));
});

it('there is a tool for every operation, and hints are honest', () => {
  assert.deepEqual(
    tools.map((tool) => tool.name),
    operationNames,
  );
  const hints = Object.fromEntries(tools.map((tool) => [tool.name, tool.annotations]));
  assert.deepEqual(hints['sync_audiences'], {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: false,
  });
  assert.equal(hints['list_tasks']?.readOnlyHint, true);
});

it('definitions do not drift: agents approve what they have read', () => {
  const digest = createHash('sha256').update(JSON.stringify(tools)).digest('hex');
  assert.equal(
    digest,
    'e44b33d24ff61055fcc1ebce41df48c24aae67d3288e478f725ef638919fa8ef',
    'a deliberate change of a definition changes this digest too',
  );
});
