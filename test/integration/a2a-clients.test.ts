/** The A2A door as the official clients of both generations see it, and AdCP's own client over A2A. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { A2AClient } from '@a2a-js/sdk/client';
import type { AgentCard as AgentCard03, MessageSendParams } from '@a2a-js/sdk';
import { AgentClient } from '@adcp/sdk';
import { Role, SendMessageRequest, TaskState } from 'a2a-sdk-v1';
import type { Task } from 'a2a-sdk-v1';
import { ClientFactory } from 'a2a-sdk-v1/client';
import type { Client } from 'a2a-sdk-v1/client';
import { ExtensionSupportRequiredError, TaskNotFoundError } from 'a2a-sdk-v1/errors';

import { operationNames } from '../../src/protocol/adcp/operation-names.ts';
import { bindingHeaders, callA2a, callText, postA2a, profile } from '../support/a2a.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
before(async () => {
  seller = await startSeller({ minimumSize: 100 });
  await seller.addUsers([{ id: 'u-1', emails: ['one@example.com'] }]);
});
after(() => seller.close());

const authorization = (): Record<string, string> => ({ authorization: `Bearer ${seller.key}` });

const list = (id: string): Fields => ({
  adcp_version: '3.1',
  idempotency_key: randomUUID(),
  account: { account_id: seller.accountId },
  audiences: [
    {
      audience_id: id,
      add: [
        { external_id: '1', hashed_email: sha256('one@example.com') },
        { external_id: '2', hashed_email: sha256('two@example.com') },
      ],
    },
  ],
});

/** What every client must find in the answer to `list`. */
function assertMatched(content: unknown, id: string): void {
  const { status, audiences } = content as { readonly status: string; readonly audiences: readonly Fields[] };
  assert.equal(status, 'completed');
  const found = audiences.find((one) => one['audience_id'] === id) ?? assert.fail('the audience is listed');
  assert.deepEqual([found['action'], found['status'], found['matched_count']], ['created', 'ready', 1]);
}

describe('the official client of A2A 1.0', () => {
  let client: Client;
  const activated = () => ({ serviceParameters: { ...authorization(), 'A2A-Extensions': profile } });
  const request = (data: Fields) =>
    SendMessageRequest.fromJSON({
      message: { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text: 'decoration' }, { data }] },
    });
  const send = async (data: Fields): Promise<Task> => {
    const task = await client.sendMessage(request(data), activated());
    assert.ok('status' in task, 'a task came back');
    return task;
  };
  before(async () => {
    client = await new ClientFactory().createFromUrl(seller.url);
  });

  it('finds the card, sends a list and reads the report', async () => {
    const task = await send({ skill: 'sync_audiences', input: list('v10') });
    assert.equal(task.status?.state, TaskState.TASK_STATE_COMPLETED);
    assert.match(task.status?.timestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(task.artifacts.length, 1);
    const content = task.artifacts[0]?.parts.at(-1)?.content;
    assert.equal(content?.$case, 'data');
    assertMatched(content.value, 'v10');
  });

  it('gets an AdCP refusal as a failed task that says what to do', async () => {
    const task = await send({
      skill: 'sync_audiences',
      input: { ...list('x'), account: { account_id: 'no' } },
    });
    assert.equal(task.status?.state, TaskState.TASK_STATE_FAILED);
    assert.equal(task.status?.message?.role, Role.ROLE_AGENT);
    const content = task.artifacts[0]?.parts[0]?.content;
    assert.equal(content?.$case, 'data');
    const body = content.value as { readonly status: string; readonly adcp_error: { readonly code: string } };
    assert.deepEqual([body.status, body.adcp_error.code], ['failed', 'ACCOUNT_NOT_FOUND']);
  });

  it('is told natively that a task is unknown, and that the profile must be switched on', async () => {
    await assert.rejects(
      client.getTask({ id: randomUUID(), tenant: '', historyLength: undefined }, activated()),
      TaskNotFoundError,
    );
    await assert.rejects(
      client.sendMessage(request({ skill: 'list_accounts', input: {} }), {
        serviceParameters: authorization(),
      }),
      ExtensionSupportRequiredError,
    );
  });
});

describe('the official client of A2A 0.3', () => {
  let client: A2AClient;
  before(async () => {
    client = await A2AClient.fromCardUrl(`${seller.url}/.well-known/agent-card.json`, {
      fetchImpl: async (url, init) =>
        fetch(url, {
          ...init,
          headers: { ...(init?.headers as Record<string, string>), ...authorization() },
        }),
    });
  });
  const send = async (data: Record<string, unknown>) => {
    const params: MessageSendParams = {
      message: { kind: 'message', messageId: randomUUID(), role: 'user', parts: [{ kind: 'data', data }] },
      configuration: { blocking: true },
    };
    const answer = await client.sendMessage(params);
    assert.ok('result' in answer && answer.result.kind === 'task', JSON.stringify(answer));
    return answer.result;
  };

  it('sends a list as {skill, parameters} and as {skill, input}, and reads the report', async () => {
    for (const name of ['parameters', 'input']) {
      const task = await send({ skill: 'sync_audiences', [name]: list(name) });
      assert.equal(task.status.state, 'completed');
      const part = task.artifacts?.[0]?.parts.at(-1);
      assert.equal(part?.kind, 'data');
      assertMatched(part.data, name);
      assert.equal(task.artifacts?.[0]?.metadata, undefined, 'nothing goes on behind this answer');
    }
  });

  it('gets an AdCP refusal as a failed task, and a routing problem as an error', async () => {
    const task = await send({
      skill: 'sync_audiences',
      input: { ...list('x'), account: { account_id: 'no' } },
    });
    assert.equal(task.status.state, 'failed');
    const unknown = await client.getTask({ id: randomUUID() });
    assert.ok('error' in unknown);
    assert.equal(unknown.error.code, -32001);
  });

  it('finds what its own types ask of a card', async () => {
    const card: AgentCard03 = await client.getAgentCard();
    assert.deepEqual([card.protocolVersion, card.preferredTransport], ['0.3.0', 'JSONRPC']);
    assert.equal(card.url, `${seller.url}/a2a`);
    assert.deepEqual(
      card.skills.map(({ id }) => id),
      operationNames,
    );
    assert.deepEqual(card.security, [{ bearer: [] }]);
    const scheme = card.securitySchemes?.['bearer'];
    assert.deepEqual([scheme?.type, scheme?.type === 'http' && scheme.scheme], ['http', 'bearer']);
  });
});

describe('the client of AdCP over A2A', () => {
  const agent = () =>
    new AgentClient({
      id: 'seller',
      name: 'seller',
      agent_uri: `${seller.url}/a2a`,
      protocol: 'a2a',
      auth_token: seller.key,
    });

  it('asks what is offered, sends a list and reads the report', async () => {
    const client = agent();
    const offered = await client.getAdcpCapabilities({});
    assert.ok(offered.success, offered.error);
    const { adcp_version: _version, ...request } = list('adcp');
    const answer = await client.executeTask<Fields>('sync_audiences', request);
    assert.ok(answer.success, answer.error);
    assertMatched(answer.data, 'adcp');
  });

  it('takes a refusal for a failure, and leaves its code where the task has it', async () => {
    const { adcp_version: _version, ...request } = list('x');
    const answer = await agent().executeTask('sync_audiences', { ...request, account: { account_id: 'no' } });
    assert.deepEqual([answer.success, answer.status], [false, 'failed']);
    // The client unwraps only completed tasks, so the AdCP error stays inside; see docs/internals/gotchas.md.
    assert.equal(answer.adcpError, undefined);
    assert.match(JSON.stringify(answer.data), /"adcp_error":\{"code":"ACCOUNT_NOT_FOUND"/);
  });
});

it('100,000 members are one call, and one more is refused whole', async () => {
  const add = Array.from({ length: 100_001 }, (_, row) => ({
    external_id: `crm-${row}`,
    hashed_email: sha256(`p${row}@example.com`),
  }));
  const call = (id: string, count: number): Fields => ({
    ...list(id),
    audiences: [{ audience_id: id, add: add.slice(0, count) }],
  });
  const full = await callA2a(seller, '1.0', 'sync_audiences', call('full', 100_000));
  const [item] = full.content?.['audiences'] as readonly Fields[];
  assert.deepEqual([item?.['audience_id'], item?.['total_uploaded_count']], ['full', 100_000], full.text);
  for (const binding of ['1.0', '0.3'] as const) {
    const refused = await callA2a(seller, binding, 'sync_audiences', call('over', 100_001));
    assert.deepEqual([refused.httpStatus, refused.rpcError?.code, refused.id], [413, -32602, null]);
    assert.equal(refused.error?.code, 'INVALID_REQUEST');
    assert.equal(refused.error.details?.['legacy_code'], 'CALL_TOO_LARGE');
  }
});

it('callers of the older page need neither version nor key, nor ids of members', async () => {
  for (const [binding, name] of [
    ['1.0', 'input'],
    ['0.3', 'parameters'],
  ] as const) {
    const audiences = [{ audience_id: `page-${name}`, add: [{ hashed_email: sha256('one@example.com') }] }];
    const args = { account: { account_id: seller.accountId }, audiences };
    const text = callText(binding, { skill: 'sync_audiences', [name]: args });
    const { content } = await postA2a(seller, text, bindingHeaders[binding]);
    const [item] = content?.['audiences'] as readonly Fields[];
    assert.deepEqual([item?.['action'], item?.['matched_count']], ['created', 1]);
    assert.equal(content?.['adcp_version'], undefined, 'the page knows no versions');
    const modern = { ...args, adcp_version: '3.0', idempotency_key: randomUUID() };
    const strict = await callA2a(seller, binding, 'sync_audiences', modern);
    assert.equal(strict.content?.['adcp_version'], '3.0');
    const [failed] = strict.content['audiences'] as readonly Fields[];
    assert.equal(failed?.['action'], 'failed');
  }
});

it('a conversation keeps its name, and one call with its key is one call over both protocols', async () => {
  const args = list('both');
  const text = callText('1.0', { skill: 'sync_audiences', input: args }, { contextId: 'talk-1' });
  const first = await postA2a(seller, text, bindingHeaders['1.0']);
  assert.equal(first.task?.['contextId'], 'talk-1');
  assert.equal(first.headers.get('a2a-extensions'), profile);
  const again = await callA2a(seller, '0.3', 'sync_audiences', args);
  const overMcp = await seller.call('sync_audiences', args);
  const { timestamp: _at, ...answer } = first.content ?? {};
  for (const { timestamp: _then, ...replay } of [again.content ?? {}, overMcp]) {
    assert.deepEqual(replay, { ...answer, replayed: true });
  }
});

it('an AdCP task is polled with a new message, whatever the A2A task was', async () => {
  const { content } = await callA2a(seller, '1.0', 'list_tasks', {});
  const [task] = content?.['tasks'] as readonly Fields[];
  const polled = await callA2a(seller, '1.0', 'get_task_status', { task_id: task?.['task_id'] });
  assert.deepEqual([polled.state, polled.content?.['task_id']], ['TASK_STATE_COMPLETED', task?.['task_id']]);
});

it('behind a proxy the card has the public address, and its name is served', async () => {
  const proxied = await startSeller({ publicUrl: 'https://ads.example' });
  const { hostname, port } = new URL(proxied.url);
  const ask = async (host: string): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const path = '/.well-known/agent-card.json';
      get({ host: hostname, port, path, headers: { host } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      }).on('error', reject);
    });
  const { status, text } = await ask('ads.example');
  assert.equal(status, 200);
  assert.equal((JSON.parse(text) as Fields)['url'], 'https://ads.example/a2a');
  assert.equal((await ask('other.example')).status, 421);
  await proxied.close();
});
