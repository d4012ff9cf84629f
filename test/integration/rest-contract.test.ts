/** The OpenAPI document as a contract: it is valid itself, and the caller of the other tests notices when it is broken. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { restCaller, type RestCaller } from '../support/rest.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let caller: RestCaller;
before(async () => {
  seller = await startSeller();
  caller = await restCaller(seller.url, seller.key);
});
after(() => seller.close());

test('an answer that the document does not describe is noticed', async () => {
  const path = `/advertisers/${seller.accountId}`;
  const good = await caller.ask(path);
  const complaintOf = (body: unknown, { status = 200, method = 'GET', at = path } = {}): string =>
    caller.contract.complaint(method, at, {
      status,
      headers: good.headers,
      text: typeof body === 'string' ? body : JSON.stringify(body),
    }) ?? 'nothing';
  const { name: _, ...nameless } = good.body;
  const brand = good.body['linkedBrand'] as Fields;
  assert.equal(complaintOf(good.body), 'nothing');
  assert.match(complaintOf({ ...good.body, surprise: 1 }), /unevaluatedProperty":"surprise"/);
  assert.match(complaintOf({ ...good.body, linkedBrand: { ...brand, surprise: 1 } }), /surprise/);
  assert.match(complaintOf(nameless), /missingProperty":"name"/);
  assert.match(complaintOf({ ...good.body, sandbox: 'yes' }), /\/sandbox must be boolean/);
  assert.match(complaintOf({ ...good.body, status: 'active' }), /\/status must be equal to one of/);
  assert.match(complaintOf({ ...good.body, createdAt: 'yesterday' }), /\/createdAt must match format/);
  assert.match(complaintOf(good.body, { status: 201 }), /status 201 is not documented/);
  assert.match(complaintOf(good.body, { at: '/nowhere' }), /without an operation is answered 200/);
  assert.match(complaintOf('{}', { status: 503 }), /Retry-After is missing/);
  assert.match(complaintOf('{}', { method: 'HEAD' }), /HEAD has a body/);
  const refused = await caller.ask('/advertisers/nobody');
  assert.match(complaintOf({ ...refused.body, data: {} }, { status: 404 }), /\/data must be null/);
  assert.match(complaintOf({ ...refused.body, more: 1 }, { status: 404 }), /more/);
});

test('every example of the document is what its schema says', () => {
  let count = 0;
  const walk = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const fields = value as Fields;
    if ('schema' in fields && 'example' in fields) {
      count += 1;
      assert.equal(caller.contract.mistakeAt(`${at}/schema`, fields['example']), null, at);
    }
    for (const [name, below] of Object.entries(fields)) {
      walk(below, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  };
  walk(caller.contract.document, '');
  assert.equal(count, 20, 'requests and answers that have an example');
});

test('the hash in the examples is that of the start page’s address', () => {
  const text = JSON.stringify(caller.contract.document);
  const hashes = new Set(text.match(/\b[0-9a-f]{64}\b/g));
  assert.deepEqual([...hashes], [sha256('ada@example.com')]);
});

test('the refusal in docs/rest.md is one, and its command makes an audience that is matched', async () => {
  const page = readFileSync(new URL('../../docs/rest.md', import.meta.url), 'utf8');
  const refusal = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '') as Fields;
  assert.equal(caller.contract.mistakeAt('/components/schemas/Refusal', refusal), null);
  const body = JSON.parse(/-d '(.*?)'\n```/s.exec(page)?.[1] ?? '') as Fields;
  await seller.addUsers([{ id: 'ada', emails: ['ada@example.com'] }]);
  const home = `/advertisers/${seller.accountId}/audiences`;
  const { taskId } = await caller.read(`${home}/sync`, { body });
  const task = async (): Promise<Fields> => (await caller.read(`/tasks/${String(taskId)}`))['task'] as Fields;
  while ((await task())['retryAfterSeconds'] !== null);
  const [row] = (await caller.read(home))['audiences'] as readonly Fields[];
  assert.deepEqual([row?.['audienceId'], row?.['status'], row?.['matchedCount']], ['spring', 'READY', 1]);
});
