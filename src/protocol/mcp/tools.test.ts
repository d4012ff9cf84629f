import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { operationNames } from '../adcp/operation-names.ts';
import { tools } from './tools.ts';

it('the schemas in tools/list compile and take a real call', () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: true, strictTuples: true });
  formats.default(ajv);
  assert.equal(tools.length, 12);
  for (const tool of tools) {
    assert.equal(tool.inputSchema['additionalProperties'], true, tool.name);
    ajv.compile(tool.inputSchema);
  }
  const sync = ajv.compile(
    tools.find((tool) => tool.name === 'sync_audiences')?.inputSchema ?? assert.fail(),
  );
  const add = [{ external_id: '1', hashed_email: 'a'.repeat(64) }];
  assert.ok(sync({ account: { account_id: 'a' }, audiences: [{ audience_id: 'x', add }], later: 1 }));
  assert.ok(!sync({ account: { account_id: 'a' }, audiences: [{ add }] }));
  const [{ hashed_email } = assert.fail()] = add;
  const entry = (side: object): unknown => ({
    account: { account_id: 'a' },
    audiences: [{ audience_id: 'x', ...side }],
  });
  assert.ok(sync(entry({ remove: [{ hashed_email }] })), 'a removal may name identifiers alone');
  assert.ok(!sync(entry({ add: [{ hashed_email }] })));
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
    '0f588fa3340248bfef1cf7a101d6681ecfd4303a31efd1d8e865a2471c5dddf8',
    'a deliberate change of a definition changes this digest too',
  );
});
