import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import { isArray, isObject } from '../adcp/argument-reader.ts';
import { generationOf, guessGeneration } from '../adcp/guess-generation.ts';
import { faultOf, isOperation, performOperation } from '../adcp/operations.ts';
import { isPublic } from '../adcp/operation-names.ts';
import type { AdcpOptions, OperationReply } from '../adcp/operations.ts';
import type { AnyOperation } from '../adcp/operation-names.ts';
import { defaultRelease } from '../adcp/releases.ts';
import { rpcCodes, rpcIdOf, rpcRefusal } from '../adcp/rpc.ts';
import type { RpcId } from '../adcp/rpc.ts';
import { isParseFault, refusalOfScan } from '../adcp/scan-refusal.ts';
import {
  anonymousBytesMax,
  bodyRefusal,
  callerOf,
  keyRecord,
  sealOf,
  unsignedRefusal,
} from '../auth/caller.ts';
import type { Caller } from '../auth/caller.ts';
import type { Admission, BodyEnds, Endpoint, Reply, ReplyRecord, RequestHead } from '../endpoint.ts';
import { retryAfterHeader } from '../http-status.ts';
import type { IngestedBody, IngestedCall } from '../ingest.ts';
import { isPlainCall, plainReply } from './plain-call.ts';
import type { ToolAnswer } from './plain-call.ts';
import { sdkExchange } from './sdk-exchange.ts';

interface Exchange {
  readonly options: AdcpOptions;
  readonly head: RequestHead;
  readonly caller: Caller;
}

function scanReply(exchange: Exchange, call: IngestedCall & { readonly ok: false }, ends: BodyEnds): Reply {
  const isTooMany = call.fault.kind === 'too_many_members';
  return rpcRefusal(refusalOfScan(call.fault), {
    id: null,
    generation: isTooMany ? guessGeneration(ends) : defaultRelease,
    rpcCode: isParseFault(call.fault) ? rpcCodes.parse : rpcCodes.invalidRequest,
    record: keyRecord(exchange.caller),
  });
}

/** On refusal the text is the error alone, for readers that see no structured content. */
function toolAnswer(reply: OperationReply): ToolAnswer {
  const text = JSON.stringify(reply.ok ? reply.body : { adcp_error: reply.body['adcp_error'] });
  return { text, body: reply.body, isError: !reply.ok };
}

function toolResult({ text, body, isError }: ToolAnswer): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    structuredContent: body as Record<string, unknown>,
    ...(isError ? { isError } : {}),
  };
}

interface Called {
  readonly answer: ToolAnswer;
  readonly record: ReplyRecord;
  /** When to ask again. */
  readonly hint: Readonly<Record<string, string>>;
}

async function callTool(
  exchange: Exchange,
  body: IngestedBody,
  operation: AnyOperation,
  args: JsonObject,
): Promise<Called> {
  const reply = await performOperation(exchange.options, {
    operation,
    args,
    prepared: body.audiences,
    membersDigest: body.membersDigest,
    caller: exchange.caller.known ? exchange.caller.principal : null,
  });
  const record = {
    operation,
    ...keyRecord(exchange.caller),
    ...(reply.ok ? {} : { code: reply.code }),
    ...(reply.ok || reply.unexpected === undefined ? {} : { unexpected: reply.unexpected }),
  };
  return {
    answer: toolAnswer(reply),
    record,
    hint: retryAfterHeader(reply.ok ? reply.retryAfterSeconds : null),
  };
}

function invalidMessage(exchange: Exchange, id: RpcId, says: string, suggestion: string): Reply {
  const fault = new AppError('INVALID_REQUEST', says, { suggestion });
  return rpcRefusal(fault, { id, generation: defaultRelease, record: keyRecord(exchange.caller) });
}

/**
 * Members were taken out wherever a body of any protocol may hold them. In a tool call they may lie in its arguments
 * only: anywhere else they would be taken for the members of another list.
 */
function hasStrayAudiences(message: JsonObject): boolean {
  const params = message['params'];
  return Object.hasOwn(message, 'audiences') || (isObject(params) && Object.hasOwn(params, 'message'));
}

async function answerToolCall(exchange: Exchange, body: IngestedBody, message: JsonObject): Promise<Reply> {
  const id = rpcIdOf(message);
  const params = message['params'];
  const name = isObject(params) ? params['name'] : undefined;
  const given = isObject(params) && Object.hasOwn(params, 'arguments') ? params['arguments'] : {};
  const args = isObject(given) ? given : undefined;
  const unsigned = unsignedRefusal(
    exchange.caller,
    exchange.options.signatures,
    typeof name === 'string' ? name : '',
    args,
  );
  if (unsigned !== null)
    return rpcRefusal(unsigned, { id, generation: defaultRelease, record: keyRecord(exchange.caller) });
  const { build } = exchange.options;
  const isOpen = isOperation(name, build) && isPublic(name);
  if (!isOpen && !exchange.caller.known) {
    const generation =
      args === undefined ? defaultRelease : generationOf(typeof name === 'string' ? name : '', args);
    return rpcRefusal(exchange.caller.fault, { id, generation });
  }
  if (args === undefined) {
    return invalidMessage(
      exchange,
      id,
      'params.arguments must be an object.',
      'Send {} for a call without arguments.',
    );
  }
  if (hasStrayAudiences(message)) {
    return invalidMessage(exchange, id, 'audiences belongs in params.arguments.', 'Move it there.');
  }
  const { headers } = exchange.head;
  if (isOperation(name, build) && isPlainCall(headers, message)) {
    const { answer, record, hint } = await callTool(exchange, body, name, args);
    const reply = plainReply(id, answer);
    return { ...reply, headers: { ...reply.headers, ...hint }, record };
  }
  let record: ReplyRecord = keyRecord(exchange.caller);
  let hint: Called['hint'] = {};
  const reply = await sdkExchange(build, headers, message, async () => {
    if (!isOperation(name, build)) return null;
    const called = await callTool(exchange, body, name, args);
    ({ record, hint } = called);
    return toolResult(called.answer);
  });
  return { ...reply, headers: { ...reply.headers, ...hint }, record };
}

async function answerMessage(exchange: Exchange, body: IngestedBody): Promise<Reply> {
  const message: Json = body.skeleton;
  if (isArray(message)) {
    // Dropped from MCP with 2025-06-18; and the members of several calls could not be told apart.
    return invalidMessage(
      exchange,
      null,
      'Batches are not served.',
      'Send one JSON-RPC message in a request.',
    );
  }
  if (!isObject(message)) {
    return invalidMessage(
      exchange,
      null,
      'The body is not a JSON-RPC message.',
      'Send a JSON-RPC 2.0 object.',
    );
  }
  if (message['method'] === 'tools/call') return answerToolCall(exchange, body, message);
  const reply = await sdkExchange(exchange.options.build, exchange.head.headers, message, async () => null);
  return { ...reply, record: keyRecord(exchange.caller) };
}

/** There are no sessions to listen to or to end. MCP streamable HTTP: a server without them answers 405. */
const notAllowed: Reply = {
  status: 405,
  headers: { 'content-type': 'application/json', allow: 'POST' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32000, message: 'This server keeps no sessions; use POST.' },
  }),
};

async function admit(options: AdcpOptions, head: RequestHead): Promise<Admission> {
  if (head.method !== 'POST') return { admitted: false, reply: notAllowed };
  let caller: Caller;
  try {
    caller = await callerOf(options, head);
  } catch (error) {
    const fault = faultOf(error);
    const record = error === fault ? {} : { unexpected: error };
    return { admitted: false, reply: rpcRefusal(fault, { id: null, generation: defaultRelease, record }) };
  }
  const exchange: Exchange = { options, head, caller };
  return {
    admitted: true,
    bodyBytesMax: caller.known ? limits.requestBytesMax : anonymousBytesMax,
    ...sealOf(caller),
    answer: async (call, ends) => (call.ok ? answerMessage(exchange, call) : scanReply(exchange, call, ends)),
    refuse(fault) {
      const said = bodyRefusal(caller, fault);
      return rpcRefusal(said, { id: null, generation: defaultRelease, record: keyRecord(caller) });
    },
  };
}

/**
 * AdCP over MCP: streamable HTTP without sessions, JSON answers, one message in a request. initialize, tools/list and the
 * public tool need no key; every other tool call without a good key is answered 401 before anything is done.
 */
export function createMcpEndpoint(options: AdcpOptions): Endpoint {
  return {
    envelope: 'mcp',
    admit: (head) => admit(options, head),
    refuseUnseen: (fault) => rpcRefusal(fault, { id: null, generation: defaultRelease }),
  };
}
