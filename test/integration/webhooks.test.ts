/** Notifications over every door, as a buyer sees them: asked for in a call, received by a server of the buyer's own. */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { limits } from '../../src/base/limits.ts';
import { sdkSchemas, validatorOf } from '../../src/protocol/adcp/testing/official-schemas.ts';
import { newBuyer, told, type Buyer, type Item } from '../support/buyer.ts';
import { doors, type Door } from '../support/doors.ts';
import { startReceiver, type Delivery, type Receiver } from '../support/receiver.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields, WireAnswer } from '../support/wire.ts';

const users = Array.from({ length: 120 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] }));
const members = (count: number): Fields[] =>
  Array.from({ length: count }, (_, i) => ({
    external_id: `m${i}`,
    hashed_email: sha256(`user${i}@example.com`),
  }));

let patient: Seller;
/** Never waits for matching, so that no answer is the outcome. */
let hasty: Seller;
let receiver: Receiver;

before(async () => {
  receiver = await startReceiver();
  patient = await startSeller();
  hasty = await startSeller({ waitMs: 0 });
  await patient.addUsers(users);
  await hasty.addUsers(users);
});
after(async () => {
  await patient.close();
  await hasty.close();
  await receiver.close();
});

const secret = 'a-shared-secret-of-thirty-two-letters-and-more';
const dataOf = (delivery: Delivery | undefined): Fields => (delivery?.json['data'] ?? {}) as Fields;

/** A fresh path at the receiver, and the registration of it in the words that every door is given. */
function hook(door: Door, more: Fields = {}): { readonly path: string; readonly config: Fields } {
  const path = `/${randomUUID()}`;
  const config = {
    url: `${receiver.url}${path}`,
    ...(door.isAdcp ? { operation_id: `op-${randomUUID()}` } : {}),
    ...more,
  };
  return { path, config };
}

/** Everything that will come has come when a later notification to the same server is there. */
async function fence(): Promise<void> {
  const door = doors[0]!;
  const { path, config } = hook(door);
  const buyer = await newBuyer(hasty, { door });
  await buyer.send({
    audiences: [{ audience_id: 'fence', add: members(1) }],
    push_notification_config: config,
  });
  await receiver.waitFor(1, path);
}

const check = validatorOf(sdkSchemas);

for (const door of doors) describe(`over ${door.name}`, () => rules(door));

function rules(door: Door): void {
  const send = async (
    seller: Seller,
    config: Fields,
    fields: Fields = {},
  ): Promise<readonly [Buyer, WireAnswer]> => {
    const buyer = await newBuyer(seller, { door });
    const audiences = [{ audience_id: 'a', name: 'A', add: members(3) }];
    return [buyer, await buyer.send({ audiences, push_notification_config: config, ...fields })];
  };

  test('the outcome is sent once, says what a poll and discovery say, and what was registered comes back', async () => {
    const token = 'a-token-that-the-buyer-made-up';
    const { path, config } = hook(door, { token });
    const [buyer, answer] = await send(hasty, config, door.isAdcp ? { context: { trace: 'x1' } } : {});
    const [delivery] = await receiver.waitFor(1, path);
    assert.match(String(delivery?.headers['content-type']), /^application\/json/);
    const now = await buyer.settled('a');
    if (!door.isAdcp) {
      const { audiences, ...data } = dataOf(delivery);
      assert.equal(delivery?.json['type'], 'audience_sync.completed');
      assert.deepEqual(
        [data['status'], data['token'], data['accountId']],
        ['completed', token, buyer.accountId],
      );
      const [item] = audiences as readonly Fields[];
      assert.deepEqual([item?.['status'], item?.['matchedCount']], [now.status, now.matched_count]);
      assert.ok((delivery?.body.length ?? 0) <= limits.restCallbackBytesMax);
      return;
    }
    assert.equal(answer.content?.['status'], 'submitted', answer.text);
    const { json } = delivery!;
    assert.equal(check('core/mcp-webhook-payload', json), '');
    assert.deepEqual(
      [json['task_id'], json['task_type'], json['status']],
      [answer.content['task_id'], 'sync_audiences', 'completed'],
    );
    assert.deepEqual(
      [json['operation_id'], json['token'], json['context']],
      [config['operation_id'], token, { trace: 'x1' }],
    );
    const polled = await buyer.call('get_task_status', {
      task_id: answer.content['task_id'],
      include_result: true,
    });
    assert.equal(polled.content?.['has_webhook'], true);
    assert.deepEqual(json['result'], polled.content?.['result']);
    const [item] = (json['result'] as { readonly audiences: readonly Item[] }).audiences;
    assert.deepEqual(told(item), ['created', 'ready', 3, 3]);
    assert.deepEqual(told(now), ['unchanged', 'ready', 3, 3]);
  });

  test('a replay of the call notifies nobody again', async () => {
    const { path, config } = hook(door);
    const idempotency_key = `replay-${randomUUID()}`;
    const [buyer] = await send(hasty, config, { idempotency_key });
    await receiver.waitFor(1, path);
    const audiences = [{ audience_id: 'a', name: 'A', add: members(3) }];
    const again = await buyer.send({ idempotency_key, audiences, push_notification_config: config });
    assert.equal(again.content?.['replayed'], true, again.text);
    await fence();
    assert.equal(receiver.at(path).length, 1);
  });

  test('an address that may not be called, and half a registration, are refused by name; nothing is accepted', async () => {
    const bad: readonly (readonly [Fields, RegExp])[] = [
      [{ url: 'https://169.254.169.254/latest' }, /url$/],
      [{ url: 'http://93.184.216.34/' }, /url$/],
      [{ url: 'https://user:word@93.184.216.34/' }, /url$/],
      [{ url: 'ftp://93.184.216.34/' }, /url$/],
      [{ url: 'nowhere' }, /url$/],
      [{ authentication: { schemes: ['Basic'], credentials: secret } }, /authentication\.schemes(\[0\])?$/],
      [
        { authentication: { schemes: ['Bearer'], credentials: 'canary-short' } },
        /authentication\.credentials$/,
      ],
    ];
    for (const [more, field] of bad) {
      const [buyer, answer] = await send(hasty, hook(door, more).config);
      assert.equal(answer.error?.code, 'INVALID_REQUEST', answer.text);
      assert.match(String(answer.error.field), field);
      assert.doesNotMatch(answer.text, /169\.254|93\.184|canary|Basic|user:word/);
      assert.deepEqual(await buyer.sync(), []);
    }
  });

  test('the older schemes: the same bytes under HMAC, or a bearer token; never a signature beside them', async () => {
    const authentication = (scheme: string): Fields => ({ schemes: [scheme], credentials: secret });
    const hmac = hook(door, { authentication: authentication('HMAC-SHA256') });
    await send(hasty, hmac.config);
    const [signed] = await receiver.waitFor(1, hmac.path);
    const stamp = String(signed?.headers['x-adcp-timestamp']);
    const expected = createHmac('sha256', secret).update(`${stamp}.`).update(signed!.body).digest('hex');
    assert.equal(signed?.headers['x-adcp-signature'], `sha256=${expected}`);
    assert.ok(Math.abs(Number(stamp) - Date.now() / 1000) < 300);
    const bearer = hook(door, { authentication: authentication('Bearer') });
    await send(hasty, bearer.config);
    const [carried] = await receiver.waitFor(1, bearer.path);
    assert.equal(carried?.headers.authorization, `Bearer ${secret}`);
    for (const one of [signed, carried]) assert.equal(one.headers['signature'], undefined);
  });

  if (!door.isAdcp) return;

  test('an answer that is the outcome is all there is', async () => {
    const { path, config } = hook(door);
    const [, answer] = await send(patient, config);
    assert.equal(answer.content?.['status'], 'completed', answer.text);
    await fence();
    assert.equal(receiver.at(path).length, 0);
  });

  test('callers of 3.0 are told processing, and the outcome follows all the same', async () => {
    const { path, config } = hook(door);
    const { operation_id: _, ...without } = config;
    const [, answer] = await send(hasty, without, { adcp_version: '3.0' });
    const [item] = answer.content?.['audiences'] as readonly Item[];
    assert.deepEqual([answer.content?.['status'], item?.status], ['completed', 'processing']);
    const [delivery] = await receiver.waitFor(1, path);
    assert.equal(check('core/mcp-webhook-payload', delivery?.json), '');
    const [end] = (delivery?.json['result'] as { readonly audiences: readonly Item[] }).audiences;
    assert.deepEqual(told(end), ['created', 'ready', 3, 3]);
  });

  test('a registration of 3.1 without an operation_id is refused by name', async () => {
    const { operation_id: _, ...without } = hook(door).config;
    const [, answer] = await send(hasty, without);
    assert.deepEqual(
      [answer.error?.code, answer.error?.field],
      ['INVALID_REQUEST', 'push_notification_config.operation_id'],
    );
  });

  test('discovery and sync_accounts are answered at once, so that their channel stays silent', async () => {
    const { path, config } = hook(door);
    const buyer = await newBuyer(hasty, { door });
    const discovered = await buyer.send({ push_notification_config: config });
    assert.equal(discovered.content?.['status'], 'completed', discovered.text);
    const account = {
      brand: { domain: 'webhooks.example' },
      operator: 'agency.example',
      billing: 'operator',
      sandbox: true,
    };
    const accounts = await buyer.call('sync_accounts', {
      adcp_version: '3.1',
      idempotency_key: `key-${randomUUID()}`,
      accounts: [account],
      push_notification_config: config,
    });
    assert.equal(accounts.content?.['status'], 'completed', accounts.text);
    const refused = await buyer.call('sync_accounts', {
      adcp_version: '3.1',
      idempotency_key: `key-${randomUUID()}`,
      accounts: [account],
      push_notification_config: { ...config, url: 'https://10.0.0.1/' },
    });
    assert.equal(refused.error?.field, 'push_notification_config.url', refused.text);
    await fence();
    assert.equal(receiver.at(path).length, 0);
  });
}

test('what was promised before a restart is sent after it', async () => {
  const down = await startReceiver((_, response) => void response.writeHead(503).end());
  const { port } = new URL(down.url);
  const seller = await startSeller({ waitMs: 0 });
  const buyer = await newBuyer(seller);
  await buyer.send({
    audiences: [{ audience_id: 'a', add: members(3) }],
    push_notification_config: { url: `${down.url}/x`, operation_id: 'op-1' },
  });
  const [first] = await down.waitFor(1, '/x');
  await seller.restart();
  const [, second] = await down.waitFor(2, '/x');
  assert.ok(Number(port) > 0);
  assert.deepEqual(second?.body, first?.body, 'the same bytes, and the same idempotency key');
  assert.notEqual(second?.headers['signature-input'], first?.headers['signature-input'], 'signed anew');
  await seller.close();
  await down.close();
});
