/** The check that every AdCP exchange of the other tests goes through: it can fail, and it looks at all that is served. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { operationNames } from '../../src/protocol/adcp/operation-names.ts';
import { callA2a } from '../support/a2a.ts';
import { newBuyer, type Buyer } from '../support/buyer.ts';
import {
  answerMistake,
  argumentMistake,
  callIn,
  checkExchange,
  responseSchemas,
} from '../support/exchange-check.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { argumentsOf, generations, rpcText, type Fields } from '../support/wire.ts';

let seller: Seller;
let buyer: Buyer;
before(async () => {
  seller = await startSeller();
  buyer = await newBuyer(seller);
});
after(() => seller.close());

const member = { external_id: 'a', hashed_email: sha256('a') };

test('every operation has a response schema of AdCP and an input schema of ours', () => {
  assert.deepEqual(Object.keys(responseSchemas), [...operationNames]);
  for (const name of operationNames) assert.notEqual(argumentMistake(name, 5), '', 'arguments are an object');
});

test('the input schemas in tools/list are JSON Schema 2020-12 by the letter', async () => {
  const response = await fetch(`${seller.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${buyer.key}`,
    },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  });
  const { result } = (await response.json()) as {
    readonly result: { readonly tools: readonly { readonly name: string; readonly inputSchema: Fields }[] };
  };
  assert.deepEqual(
    result.tools.map(({ name }) => name),
    [...operationNames],
  );
  const ajv = new Ajv2020({ strict: true, strictTypes: true, strictTuples: true });
  formats.default(ajv);
  for (const { name, inputSchema } of result.tools) {
    assert.ok(ajv.validateSchema(inputSchema), `${name}: ${ajv.errorsText()}`);
    ajv.compile(inputSchema);
  }
  assert.throws(() => ajv.compile({ type: 'object', propertis: {} }), /unknown keyword/);
});

test('an answer that AdCP does not say, and arguments that no schema says, are noticed', async () => {
  const args = argumentsOf('3.1', {
    account: { account_id: buyer.accountId },
    audiences: [{ audience_id: 'a', add: [member] }],
  });
  const { content } = await buyer.call('sync_audiences', args);
  assert.ok(content !== null);
  checkExchange('sync_audiences', args, content);
  const [item] = content['audiences'] as readonly Fields[];
  const sabotaged: readonly Fields[] = [
    { ...content, audiences: [{ ...item, action: 'done' }] },
    { ...content, audiences: [{ ...item, status: 'READY' }] },
    { ...content, audiences: [{ ...item, matched_count: '1' }] },
    { ...content, audiences: [{ ...item, effective_match_rate: 2 }] },
    { ...content, audiences: [{ ...item, audience_id: undefined }] },
    { ...content, audiences: undefined },
    { ...content, adcp_version: '3.0', audiences: [{ ...item, status: 'suspended' }] },
  ];
  for (const answer of sabotaged) {
    assert.notEqual(answerMistake('sync_audiences', answer), '', JSON.stringify(answer));
    assert.throws(() => checkExchange('sync_audiences', args, answer), /AdCP does not say/);
  }
  const refused = { status: 'failed', adcp_error: { code: 'X', message: 'm', recovery: 'correctable' } };
  assert.equal(answerMistake('list_tasks', refused), '');
  const wordless = { ...refused, adcp_error: { code: 'X' } };
  assert.throws(() => checkExchange('list_tasks', {}, wordless), /AdCP does not say/);
  const bad = { ...args, audiences: [{ audience_id: 'a', add: [{ hashed_email: 'A' }] }] };
  assert.throws(() => checkExchange('sync_audiences', bad, content), /its input schema does not say/);
});

test('every operation is looked at, over MCP and A2A, for every generation', async () => {
  const target = { url: seller.url, key: buyer.key };
  const account = { account_id: buyer.accountId };
  await buyer.one({ audience_id: 'a', add: [member] });
  const listed = await buyer.call('list_tasks', { adcp_version: '3.1' });
  const [first] = listed.content?.['tasks'] as readonly Fields[];
  const brand = { domain: 'declared.example' };
  const purchase = {
    ...{ brand, start_time: 'asap', end_time: '2096-01-01T00:00:00Z' },
    packages: [{ product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 5 }],
  };
  const calls: [string, Fields][] = [
    ['get_adcp_capabilities', {}],
    ['list_accounts', { pagination: { max_results: 1 } }],
    ['sync_accounts', { accounts: [{ brand, operator: 'agency.example', billing: 'operator' }] }],
    ['sync_audiences', { account }],
    ['get_task_status', { task_id: first?.['task_id'], include_result: true }],
    ['list_tasks', { filters: { statuses: ['completed'] }, sort: { field: 'created_at', direction: 'asc' } }],
  ];
  const bought = await buyer.call('create_media_buy', {
    ...purchase,
    idempotency_key: 'bought-for-this-check',
    account,
  });
  const media_buy_ids = [bought.content?.['media_buy_id']];
  calls.push(
    ['get_products', { buying_mode: 'wholesale', account }],
    ['list_creative_formats', {}],
    ['create_media_buy', { ...purchase, account }],
    ['update_media_buy', { media_buy_id: media_buy_ids[0], paused: true, account }],
    ['get_media_buys', { media_buy_ids }],
    ['get_media_buy_delivery', { media_buy_ids }],
  );
  assert.deepEqual(
    calls.map(([name]) => name),
    [...operationNames],
  );
  for (const generation of generations) {
    for (const [name, fields] of calls) {
      const args = argumentsOf(generation, fields);
      const needsKey =
        ['sync_accounts', 'create_media_buy', 'update_media_buy'].includes(name) && generation === 'legacy';
      const { content, text } = await buyer.call(name, args);
      assert.ok(content !== null && (needsKey || content['adcp_error'] === undefined), text);
      if (generation === 'legacy') continue;
      for (const binding of ['1.0', '0.3'] as const) {
        const over = await callA2a(target, binding, name, argumentsOf(generation, fields));
        assert.ok(over.content !== null && over.content['adcp_error'] === undefined, over.text);
      }
    }
  }
});

test('a call is found in the bodies of both doors', () => {
  assert.deepEqual(callIn(rpcText('list_tasks', { a: 1 })), { operation: 'list_tasks', args: { a: 1 } });
  const message = { parts: [{ text: 'x' }, { data: { skill: 'list_tasks', input: { a: 1 } } }] };
  assert.deepEqual(callIn(JSON.stringify({ params: { message } })), {
    operation: 'list_tasks',
    args: { a: 1 },
  });
  for (const body of [
    '',
    'x',
    '[]',
    '{}',
    '{"params":5}',
    '{"params":{"message":{"parts":[5]}}}',
    new Uint8Array(3),
  ]) {
    assert.equal(callIn(body), null);
  }
});
