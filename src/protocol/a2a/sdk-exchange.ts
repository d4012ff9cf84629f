import type { Task } from 'a2a-sdk-v1';
import { LegacyJsonRpcTransportHandler } from 'a2a-sdk-v1/compat/v0_3/server';
import { TaskNotFoundError, UnsupportedOperationError } from 'a2a-sdk-v1/errors';
import { JsonRpcTransportHandler, ServerCallContext } from 'a2a-sdk-v1/server';
import type { A2ARequestHandler } from 'a2a-sdk-v1/server';

import { assert, must } from '../../base/assert.ts';
import type { JsonObject } from '../../engine/types.ts';
import { rpcIdOf } from '../adcp/rpc.ts';
import type { Reply } from '../endpoint.ts';
import type { A2aBinding, NamedMethod } from './binding.ts';
import { taskEnded } from './message.ts';
import { rpcReply } from './refusal.ts';

function noTask(): never {
  throw new TaskNotFoundError(taskEnded);
}

function notOffered(): never {
  throw new UnsupportedOperationError('This agent does not offer that.');
}

const pageSizeDefault = 50;

/**
 * The SDK's request handler for one exchange. It keeps no tasks: each ends in the answer that names it, and what goes on
 * behind it is an AdCP task, which lives in the store and is polled with get_task_status.
 */
function oneExchange(task: Task | null): A2ARequestHandler {
  return {
    sendMessage: async () => must(task, () => 'a message was performed before its answer is written'),
    getTask: async () => noTask(),
    cancelTask: async () => noTask(),
    listTasks: async () => ({ tasks: [], nextPageToken: '', pageSize: pageSizeDefault, totalSize: 0 }),
    sendMessageStream: notOffered,
    resubscribe: notOffered,
    getAgentCard: async () => notOffered(),
    getAuthenticatedExtendedAgentCard: async () => notOffered(),
    createTaskPushNotificationConfig: async () => notOffered(),
    getTaskPushNotificationConfig: async () => notOffered(),
    listTaskPushNotificationConfigs: async () => notOffered(),
    deleteTaskPushNotificationConfig: async () => notOffered(),
  };
}

/** A message that the SDK's readers accept. What the caller's says was read before, strictly, and is not read twice. */
const spokenFor: Readonly<Record<A2aBinding, JsonObject>> = {
  '1.0': { messageId: 'read', role: 'ROLE_USER', parts: [] },
  '0.3': { kind: 'message', messageId: 'read', role: 'user', parts: [] },
};

/**
 * Answers a message through the official SDK, with the task that came of it where it is a call: the SDK knows how a binding writes tasks, lists and errors. It sees an
 * envelope without content, so that neither members nor odd fields can reach it. Costs a few microseconds.
 */
export async function sdkExchange(
  { binding, method }: NamedMethod,
  message: JsonObject,
  task: Task | null,
): Promise<Reply> {
  const handler = oneExchange(task);
  const transport =
    binding === '1.0' ? new JsonRpcTransportHandler(handler) : new LegacyJsonRpcTransportHandler(handler);
  const params: JsonObject = method === 'send' ? { message: spokenFor[binding] } : { id: 'any' };
  const id = rpcIdOf(message);
  const asked = { jsonrpc: '2.0', method: message['method'], id, params };
  const answer = await transport.handle(asked, new ServerCallContext({ requestedVersion: binding }));
  assert(!(Symbol.asyncIterator in answer), () => 'a method that streams was refused before');
  return rpcReply(200, answer as unknown as JsonObject);
}
