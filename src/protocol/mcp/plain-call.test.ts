import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '../../engine/types.ts';
import { isPlainCall, plainReply, type ToolAnswer } from './plain-call.ts';
import { sdkExchange } from './sdk-exchange.ts';

const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const call = (change: JsonObject = {}, params: JsonObject = {}): JsonObject => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name: 'list_tasks', arguments: { filters: {} }, ...params },
  ...change,
});

async function bySdk(
  given: Readonly<Record<string, string | undefined>>,
  message: JsonObject,
  answer: ToolAnswer,
): Promise<{ status: number; body: string | null; type: string | undefined }> {
  const { text, body, isError } = answer;
  const reply = await sdkExchange({ version: '1', testScenarios: [] }, given, message, async () => ({
    content: [{ type: 'text', text }],
    structuredContent: body as Record<string, unknown>,
    ...(isError ? { isError } : {}),
  }));
  return { status: reply.status, body: reply.body, type: reply.headers['content-type'] };
}

const bodies: readonly JsonObject[] = [
  { status: 'completed', audiences: [{ audience_id: 'é "quoted" \\ \n\u2028', uploaded_count: 1 }] },
  { status: 'completed', context: { deep: [null, true, 1.5e300, { isError: false, content: 'x' }] } },
  {},
];
const refused = { status: 'failed', adcp_error: { code: 'INVALID_REQUEST', message: 'no' } };

test('a plain call is answered with the bytes that the official SDK would send', async () => {
  const messages = [call(), call({ id: 'a "b"' }), call({ id: -3 }), call({ id: 'x' }, { arguments: {} })];
  const answers: readonly ToolAnswer[] = [
    ...bodies.map((body) => ({ body, text: JSON.stringify(body), isError: false })),
    { body: refused, text: JSON.stringify({ adcp_error: refused.adcp_error }), isError: true },
  ];
  for (const message of messages) {
    assert.ok(isPlainCall(headers, message));
    for (const answer of answers) {
      const reply = plainReply(message['id'], answer);
      const plain = { status: reply.status, body: reply.body, type: reply.headers['content-type'] };
      assert.deepEqual(plain, await bySdk(headers, message, answer));
    }
  }
});

test('headers with which a call is plain are headers that the SDK serves', async () => {
  const answer = { body: {}, text: '{}', isError: false };
  const given: readonly Record<string, string | undefined>[] = [
    { 'content-type': 'application/json; charset=utf-8', accept: undefined },
    { 'content-type': 'Application/JSON', accept: '*/*', 'mcp-protocol-version': '2025-06-18' },
    { 'content-type': 'application/json', accept: 'application/json', 'mcp-session-id': 'any' },
  ];
  for (const one of given) {
    assert.ok(isPlainCall(one, call()));
    assert.equal((await bySdk(one, call(), answer)).status, 200);
  }
});

test('whatever is unusual is left to the SDK', () => {
  const unusual: readonly (readonly [Record<string, string | undefined>, JsonObject])[] = [
    [{ ...headers, accept: 'text/html' }, call()],
    [{ ...headers, 'content-type': undefined }, call()],
    [{ ...headers, 'content-type': 'text/plain' }, call()],
    [{ ...headers, 'content-type': 'application/json-seq' }, call()],
    [{ ...headers, 'mcp-protocol-version': '1999-01-01' }, call()],
    ...(
      [{ jsonrpc: '1.0' }, { id: null }, { id: 1.5 }, { extra: 1 }, { method: 'tools/list' }] as Json[]
    ).map((change) => [headers, call(change as JsonObject)] as const),
    ...([{ _meta: {} }, { task: {} }, { name: 5 }, { arguments: [] }, { arguments: null }] as Json[]).map(
      (params) => [headers, call({}, params as JsonObject)] as const,
    ),
    [headers, call({ params: [] })],
  ];
  for (const [given, message] of unusual) {
    assert.equal(isPlainCall(given, message), false, JSON.stringify([given, message]));
  }
});
