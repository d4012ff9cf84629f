/** Bad input at the A2A door: each fault in the shape that A2A or AdCP gives it, nothing changed, nothing repeated. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { bindingHeaders, bindings, callA2a, callText, dataPart } from '../support/a2a.ts';
import { messageOf, postA2a, profile, rpcOf, textPart } from '../support/a2a.ts';
import type { A2aAnswer, Binding } from '../support/a2a.ts';
import { errorsOf, goodMember, refusalOf, startBench, type Bench } from '../support/harmless.ts';
import { argumentsOf, generations, type Fields } from '../support/wire.ts';

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(() => bench.seller.close());

const secret = 'jane.doe@example.com';
/** A call that would change what is kept, if it were performed. */
const wipes = (): Fields => ({ account: bench.account, audiences: [{ audience_id: 'kept', delete: true }] });
const member = { external_id: 'm-2', hashed_email: 'b'.repeat(64) };
const list = { audiences: [{ audience_id: 'new', add: [member] }] };
const data = (): Fields => ({ skill: 'sync_audiences', input: wipes() });
const send = { '1.0': 'SendMessage', '0.3': 'message/send' } as const;

interface Case {
  readonly name: string;
  readonly code: number;
  readonly body: (binding: Binding) => string;
  /** Other than what a client of the generation sends. */
  readonly headers?: Record<string, string>;
  readonly only?: Binding;
  /** Absent: 200, as for every error that answers a message by its id. */
  readonly status?: number;
  readonly says?: RegExp;
}

const withParts = (binding: Binding, parts: unknown, more: Fields = {}): string =>
  rpcOf(send[binding], { message: messageOf(binding, parts, more) });
const withData = (value: () => unknown) => (binding: Binding) => callText(binding, value());
const withMessage = (more: Fields) => (binding: Binding) => callText(binding, data(), more);

const envelopes: readonly Case[] = [
  { name: 'no JSON', code: -32700, status: 400, body: () => `${secret}{` },
  { name: 'JSON that ends early', code: -32700, status: 400, body: (b) => callText(b, data()).slice(0, -3) },
  {
    name: 'a key twice',
    code: -32600,
    status: 400,
    body: (b) => callText(b, data()).replace('"skill"', '"input":{},"skill"'),
  },
  { name: 'a batch', code: -32600, body: (b) => `[${callText(b, data())}]` },
  { name: 'no object', code: -32600, body: () => `"${secret}"` },
  { name: 'no jsonrpc', code: -32600, body: (b) => callText(b, data()).replace('"jsonrpc"', '"rpc"') },
  { name: 'a method that is no text', code: -32600, body: () => '{"jsonrpc":"2.0","id":1,"method":5}' },
  { name: 'an id that is a part', code: -32600, body: (b) => callText(b, data()).replace('"q-1"', '1.5') },
  { name: 'an id that is an object', code: -32600, body: (b) => callText(b, data()).replace('"q-1"', '{}') },
  { name: 'an unknown method', code: -32601, body: () => rpcOf(secret, {}) },
  {
    name: 'a tool call of MCP',
    code: -32601,
    body: () => rpcOf('tools/call', { name: 'x', arguments: wipes() }),
  },
];

const messages: readonly Case[] = [
  { name: 'no params', code: -32602, body: (b) => rpcOf(send[b], undefined) },
  { name: 'no message', code: -32602, body: (b) => rpcOf(send[b], {}) },
  { name: 'no messageId', code: -32602, body: withMessage({ messageId: undefined }) },
  { name: 'an agent’s message', code: -32602, body: withMessage({ role: 'ROLE_AGENT' }) },
  { name: 'no parts', code: -32602, body: (b) => withParts(b, undefined) },
  { name: 'an empty list of parts', code: -32602, body: (b) => withParts(b, []) },
  { name: 'text alone', code: -32602, body: (b) => withParts(b, [textPart(b, `sync ${secret}`)]) },
  {
    name: 'a part that is no object',
    code: -32602,
    body: (b) => withParts(b, [dataPart(b, data()), secret]),
  },
  {
    name: 'two data parts',
    code: -32602,
    body: (b) => withParts(b, [dataPart(b, data()), dataPart(b, data())]),
  },
  { name: 'data that is no object', code: -32602, body: withData(() => [data()]) },
  { name: 'no skill', code: -32602, body: withData(() => ({ input: wipes() })) },
  { name: 'a skill that is no text', code: -32602, body: withData(() => ({ skill: 5, input: wipes() })) },
  {
    name: 'an unknown skill',
    code: -32602,
    body: withData(() => ({ skill: 'delete_everything', input: wipes() })),
    says: /sync_audiences/,
  },
  {
    name: 'an input that is no object',
    code: -32602,
    body: withData(() => ({ ...data(), input: [wipes()] })),
  },
  {
    name: 'no input',
    code: -32602,
    only: '1.0',
    body: withData(() => ({ skill: 'get_adcp_capabilities' })),
    says: /input/,
  },
  {
    name: 'parameters under the profile',
    code: -32602,
    only: '1.0',
    body: withData(() => ({ skill: 'sync_audiences', parameters: wipes() })),
    says: /input/,
  },
  {
    name: 'a third member under the profile',
    code: -32602,
    only: '1.0',
    body: withData(() => ({ ...data(), x: 1 })),
  },
  {
    name: 'input and parameters',
    code: -32602,
    only: '0.3',
    body: withData(() => ({ ...data(), parameters: list })),
  },
  {
    name: 'a text with data beside it',
    code: -32602,
    body: (b) => withParts(b, [dataPart(b, data()), { ...textPart(b, 'x'), data: { input: list } }]),
  },
  { name: 'a part of no kind', code: -32602, only: '0.3', body: (b) => withParts(b, [{ data: data() }]) },
  {
    name: 'a file',
    code: -32005,
    body: (b) => withParts(b, [b === '1.0' ? { url: 'https://x.example/f' } : { kind: 'file', file: null }]),
  },
  {
    name: 'a task to go on with',
    code: -32001,
    body: withMessage({ taskId: 't-1' }),
    says: /get_task_status/,
  },
  { name: 'a contextId that is no text', code: -32602, body: withMessage({ contextId: { a: secret } }) },
  { name: 'a contextId without end', code: -32602, body: withMessage({ contextId: 'x'.repeat(1_025) }) },
  {
    name: 'push notifications of A2A',
    code: -32003,
    body: (b) => {
      const config = { url: 'https://buyer.example/hook' };
      const name = b === '1.0' ? 'taskPushNotificationConfig' : 'pushNotificationConfig';
      const message = messageOf(b, [dataPart(b, data())]);
      return rpcOf(send[b], { message, configuration: { [name]: config } });
    },
  },
  {
    name: 'audiences at the root of the body',
    code: -32602,
    body: (b) => callText(b, data()).replace('{', `{"audiences":${JSON.stringify(list.audiences)},`),
  },
  {
    name: 'arguments of MCP beside the message',
    code: -32602,
    body: (b) => rpcOf(send[b], { message: messageOf(b, [dataPart(b, data())]), arguments: list }),
  },
];

const heads: readonly Case[] = [
  {
    name: 'no version',
    code: -32009,
    only: '1.0',
    headers: { 'a2a-extensions': profile },
    body: withMessage({}),
  },
  {
    name: 'another version',
    code: -32009,
    headers: { 'a2a-version': '2.0', 'a2a-extensions': profile },
    body: withMessage({}),
  },
  {
    name: 'the version of the other',
    code: -32009,
    only: '0.3',
    headers: bindingHeaders['1.0'],
    body: withMessage({}),
  },
  { name: 'no profile', code: -32008, only: '1.0', headers: { 'a2a-version': '1.0' }, body: withMessage({}) },
  {
    name: 'another profile',
    code: -32008,
    only: '1.0',
    headers: { 'a2a-version': '1.0', 'a2a-extensions': `${profile}.1, https://x.example` },
    body: withMessage({}),
  },
  {
    name: 'a body that is not JSON by its type',
    code: -32005,
    headers: { ...bindingHeaders['1.0'], 'content-type': 'text/plain' },
    body: withMessage({}),
  },
];

const methods: readonly Case[] = [
  ...(
    [
      ['SendStreamingMessage', '1.0', -32004],
      ['SubscribeToTask', '1.0', -32004],
      ['CreateTaskPushNotificationConfig', '1.0', -32003],
      ['GetExtendedAgentCard', '1.0', -32004],
      ['GetTask', '1.0', -32001],
      ['CancelTask', '1.0', -32001],
      ['message/stream', '0.3', -32004],
      ['tasks/resubscribe', '0.3', -32004],
      ['tasks/pushNotificationConfig/set', '0.3', -32003],
      ['agent/getAuthenticatedExtendedCard', '0.3', -32007],
      ['tasks/get', '0.3', -32001],
      ['tasks/cancel', '0.3', -32001],
    ] as const
  ).map(([method, only, code]) => ({
    name: method,
    code,
    only,
    body: () => rpcOf(method, { id: secret, ...list }),
  })),
  { name: 'a task without an id', code: -32602, only: '1.0', body: () => rpcOf('GetTask', {}) },
  {
    name: 'a task whose id is no text',
    code: -32602,
    only: '0.3',
    body: () => rpcOf('tasks/get', { id: {} }),
  },
];

for (const [group, cases] of Object.entries({ envelopes, messages, heads, methods })) {
  describe(`bad input over A2A: ${group}`, () => {
    for (const one of cases) {
      for (const binding of bindings.filter((each) => (one.only ?? each) === each)) {
        test(`${one.name} (${binding})`, async () => {
          const headers = one.headers ?? bindingHeaders[binding];
          const answer = await bench.expectHarmless(
            async () => postA2a(bench.target, one.body(binding), headers),
            [secret, member.hashed_email],
          );
          assert.equal(answer.rpcError?.code, one.code, answer.text);
          assert.equal(answer.httpStatus, one.status ?? 200);
          assert.match(answer.rpcError.message, /^[\p{L}].{8,}[.]$/su, 'the message is a sentence');
          assert.match(answer.rpcError.message, one.says ?? /./);
          await bench.expectAlive();
        });
      }
    }
  });
}

/** A call that was refused as AdCP refuses: an ended task with the error inside. */
function failedTask(answer: A2aAnswer, binding: Binding): ReturnType<typeof refusalOf> {
  assert.equal(answer.state, binding === '1.0' ? 'TASK_STATE_FAILED' : 'failed', answer.text);
  assert.equal(answer.content?.['status'], 'failed');
  return refusalOf(answer);
}

for (const binding of bindings) {
  describe(`refusals of AdCP over A2A ${binding}`, () => {
    const call = async (skill: string, input: Fields): Promise<A2aAnswer> =>
      bench.expectHarmless(async () => callA2a(bench.target, binding, skill, input), [secret]);

    test('an unknown account, an unserved release, a credential, a webhook', async () => {
      const refused = async (more: Fields) =>
        failedTask(await call('sync_audiences', argumentsOf('3.1', { ...wipes(), ...more })), binding).code;
      assert.equal(await refused({ account: { account_id: 'nobody' } }), 'ACCOUNT_NOT_FOUND');
      assert.equal(await refused({ adcp_version: '99.0' }), 'VERSION_UNSUPPORTED');
      assert.equal(await refused({ ext: { api_key: secret } }), 'CREDENTIAL_IN_ARGS');
      const push_notification_config = { url: 'https://127.0.0.2/hook', operation_id: 'op-1' };
      assert.equal(await refused({ push_notification_config }), 'INVALID_REQUEST');
    });

    test('a bad hash fails its audience, in the words of each generation', async () => {
      const words = { legacy: 'INVALID_HASH_FORMAT', '3.0': 'INVALID_REQUEST', '3.1': 'INVALID_REQUEST' };
      for (const generation of generations) {
        const bad = { ...goodMember, hashed_email: 'A'.repeat(63) };
        const audiences = [{ audience_id: 'kept', add: [goodMember, bad] }];
        const fields = argumentsOf(generation, { account: bench.account, audiences });
        const answer = await call('sync_audiences', fields);
        const [error] = errorsOf(answer);
        assert.equal(error?.code, words[generation]);
        assert.equal(error.field, 'audiences[0].add[1].hashed_email');
        assert.equal(answer.state, binding === '1.0' ? 'TASK_STATE_COMPLETED' : 'completed');
      }
    });

    test('too many members are refused in the words of the caller', async () => {
      const audiences = [{ audience_id: 'kept', add: Array.from({ length: 100_001 }, () => ({})) }];
      for (const [generation, word] of Object.entries({
        legacy: 'CALL_TOO_LARGE',
        '3.1': 'INVALID_REQUEST',
      })) {
        const fields = argumentsOf(generation as 'legacy' | '3.1', { account: bench.account, audiences });
        const answer = await call('sync_audiences', fields);
        assert.deepEqual(
          [answer.httpStatus, answer.error?.code, answer.error?.field],
          [413, word, 'audiences'],
        );
      }
    });

    test('a stranger is answered 401 whatever it sends, and by a body of any size', async () => {
      const modern = { skill: 'sync_audiences', input: argumentsOf('3.1', wipes()) };
      const stranger = { ...bench.target, key: null };
      const bodies = [
        callText(binding, modern),
        rpcOf('tasks/get', {}),
        rpcOf(send[binding], {}),
        rpcOf('x', {}),
      ];
      for (const body of [...bodies, ' '.repeat(100_000)]) {
        const answer = await bench.expectHarmless(
          async () => postA2a(stranger, body, bindingHeaders[binding]),
          [secret],
        );
        assert.deepEqual([answer.httpStatus, answer.rpcError?.code], [401, -32028], body.slice(0, 80));
        assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="rollcall"');
        assert.equal(answer.error?.code, 'AUTH_MISSING');
      }
    });
  });
}
