import {
  ContentTypeNotSupportedError,
  ExtendedAgentCardNotConfiguredError,
  ExtensionSupportRequiredError,
  PushNotificationNotSupportedError,
  RequestMalformedError,
  UnsupportedOperationError,
  VersionNotSupportedError,
} from 'a2a-sdk-v1/errors';

import type { Random } from '../../base/clock.ts';
import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import { isArray, isObject } from '../adcp/argument-reader.ts';
import { generationOf, guessGeneration } from '../adcp/guess-generation.ts';
import { faultOf, isOperation, performOperation, servedOperations } from '../adcp/operations.ts';
import { isPublic } from '../adcp/operation-names.ts';
import type { AdcpOptions } from '../adcp/operations.ts';
import { defaultRelease } from '../adcp/releases.ts';
import { rpcCodes, rpcIdOf } from '../adcp/rpc.ts';
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
import type { IngestedBody, RefusedBody } from '../ingest.ts';
import { adcpExtension, extensionsHeader, isActivated, methodOf, namedBinding, wordsOf } from './binding.ts';
import type { A2aBinding, A2aMethod, NamedMethod } from './binding.ts';
import { cardReply, isDoor } from './card-endpoint.ts';
import type { CardOptions } from './card-endpoint.ts';
import { readMessage } from './message.ts';
import type { Invocation } from './message.ts';
import { faultReply, nativeReply, rpcError } from './refusal.ts';
import type { RefusalFacts } from './refusal.ts';
import { sdkExchange } from './sdk-exchange.ts';
import { taskOf } from './task.ts';

export interface A2aOptions extends AdcpOptions, CardOptions {
  readonly random: Pick<Random, 'uuid'>;
}

interface Exchange {
  readonly options: A2aOptions;
  readonly head: RequestHead;
  readonly caller: Caller;
}

function scanReply(exchange: Exchange, call: RefusedBody, ends: BodyEnds): Reply {
  const isTooMany = call.fault.kind === 'too_many_members';
  const code = isTooMany ? rpcCodes.invalidParams : rpcCodes.invalidRequest;
  return faultReply(refusalOfScan(call.fault), {
    id: null,
    binding: wordsOf(exchange.head),
    generation: isTooMany ? guessGeneration(ends) : defaultRelease,
    rpcCode: isParseFault(call.fault) ? rpcCodes.parse : code,
    record: keyRecord(exchange.caller),
  });
}

/** Throws when the head does not fit the method's binding. Sources: A2A 1.0, versioning and extensions; AdCP a2a-profile-extension. */
function checkHead(head: RequestHead, binding: A2aBinding): void {
  if (namedBinding(head) !== binding) {
    throw new VersionNotSupportedError(
      'Send A2A-Version: 1.0 with SendMessage, and 0.3 or no such header with message/send; no others are served.',
    );
  }
  if (binding === '1.0' && !isActivated(head)) {
    throw new ExtensionSupportRequiredError(`Send the header A2A-Extensions: ${adcpExtension}.`);
  }
}

/** Throws for a method that this agent does not offer, and for a task's id that is none. */
function checkMethod({ binding, method }: NamedMethod, params: JsonObject): void {
  const offered = {
    send: () => undefined,
    list: () => undefined,
    get: () => requireTaskId(params),
    cancel: () => requireTaskId(params),
    stream: () =>
      refuse(new UnsupportedOperationError('Streaming is not offered; send the message plainly.')),
    push: () =>
      refuse(
        new PushNotificationNotSupportedError(
          'A2A push notifications are not offered; poll get_task_status.',
        ),
      ),
    card: () =>
      refuse(
        binding === '1.0'
          ? new UnsupportedOperationError('There is no other card than the public one.')
          : new ExtendedAgentCardNotConfiguredError('There is no other card than the public one.'),
      ),
  } as const satisfies Record<A2aMethod, () => undefined>;
  offered[method]();
}

function refuse(error: Error): never {
  throw error;
}

function requireTaskId(params: JsonObject): undefined {
  const id = Object.hasOwn(params, 'id') ? params['id'] : undefined;
  if (typeof id === 'string' && id !== '') return undefined;
  throw new RequestMalformedError('params.id must be the id of a task.');
}

/**
 * Members were taken out wherever a body of any protocol may hold them. Here they may lie in the arguments of the one data
 * part only: anywhere else they would be taken for the members of another list.
 */
function refuseStrayAudiences(message: JsonObject, params: JsonObject): void {
  if (!Object.hasOwn(message, 'audiences') && !Object.hasOwn(params, 'arguments')) return;
  throw new RequestMalformedError('audiences belongs in the data part, below input.');
}

/** What a message asks for, or the error that says why it asks for nothing; looked at before anybody may act on it. */
type Read =
  { readonly ok: true; readonly invocation: Invocation } | { readonly ok: false; readonly error: unknown };

function tryRead(message: JsonObject, params: JsonObject, binding: A2aBinding): Read {
  try {
    refuseStrayAudiences(message, params);
    return { ok: true, invocation: readMessage(params, binding) };
  } catch (error) {
    return { ok: false, error };
  }
}

async function answerSend(
  exchange: Exchange,
  body: IngestedBody,
  message: JsonObject,
  named: NamedMethod,
  { skill, args, contextId }: Invocation,
): Promise<Reply> {
  const { options, caller } = exchange;
  if (!isOperation(skill, options.build)) {
    const names = servedOperations(options.build).join(', ');
    throw new RequestMalformedError(`There is no such skill; there are ${names}.`);
  }
  const reply = await performOperation(options, {
    operation: skill,
    args,
    prepared: body.audiences,
    membersDigest: body.membersDigest,
    caller: caller.known ? caller.principal : null,
  });
  const record: ReplyRecord = {
    operation: skill,
    ...keyRecord(caller),
    ...(reply.ok ? {} : { code: reply.code }),
    ...(reply.ok || reply.unexpected === undefined ? {} : { unexpected: reply.unexpected }),
  };
  const facts = { binding: named.binding, contextId, clock: options.clock, random: options.random };
  const answer = await sdkExchange(named, message, taskOf(reply, facts));
  const hint = retryAfterHeader(reply.ok ? reply.retryAfterSeconds : null);
  return { ...answer, headers: { ...answer.headers, ...hint }, record };
}

/** The header that says which extension an answer follows. */
function activated(reply: Reply, binding: A2aBinding): Reply {
  if (binding === '0.3') return reply;
  return { ...reply, headers: { ...reply.headers, [extensionsHeader]: adcpExtension } };
}

async function answerMethod(
  exchange: Exchange,
  body: IngestedBody,
  message: JsonObject,
  named: NamedMethod,
): Promise<Reply> {
  const { head, caller } = exchange;
  const { binding, method } = named;
  const how: RefusalFacts = { id: rpcIdOf(message), binding, record: keyRecord(caller) };
  const params = isObject(message['params']) ? message['params'] : {};
  const read = method === 'send' ? tryRead(message, params, binding) : null;
  const invocation = read?.ok === true ? read.invocation : undefined;
  const skill = invocation?.skill ?? '';
  const unsigned = unsignedRefusal(caller, exchange.options.signatures, skill, invocation?.args);
  if (unsigned !== null) return faultReply(unsigned, { ...how, generation: defaultRelease });
  const isOpen = isOperation(skill, exchange.options.build) && isPublic(skill);
  if (!isOpen && !caller.known) {
    const generation = invocation === undefined ? defaultRelease : generationOf(skill, invocation.args);
    return faultReply(caller.fault, { ...how, generation });
  }
  try {
    checkHead(head, binding);
    checkMethod(named, params);
    if (read?.ok === false) throw read.error;
    if (invocation !== undefined) {
      return activated(await answerSend(exchange, body, message, named, invocation), binding);
    }
    return activated({ ...(await sdkExchange(named, message, null)), record: keyRecord(caller) }, binding);
  } catch (error) {
    return nativeReply(error, how);
  }
}

async function answerBody(exchange: Exchange, body: IngestedBody): Promise<Reply> {
  const message = body.skeleton;
  const how = { binding: wordsOf(exchange.head), record: keyRecord(exchange.caller) };
  if (isArray(message)) {
    // A2A has none; and the members of several calls could not be told apart.
    return rpcError(rpcCodes.invalidRequest, 'Batches are not served.', { ...how, id: null });
  }
  if (!isObject(message)) {
    return rpcError(rpcCodes.invalidRequest, 'The body is not a JSON-RPC 2.0 object.', { ...how, id: null });
  }
  const id = rpcIdOf(message);
  const name = message['method'];
  const isId = message['id'] === undefined || message['id'] === id;
  if (message['jsonrpc'] !== '2.0' || typeof name !== 'string' || !isId) {
    const says = 'jsonrpc must be "2.0", method a string, id a string or a whole number.';
    return rpcError(rpcCodes.invalidRequest, says, { ...how, id });
  }
  const named = methodOf(name);
  if (named === null) {
    const { caller } = exchange;
    if (!caller.known) return faultReply(caller.fault, { ...how, id, generation: defaultRelease });
    return rpcError(rpcCodes.methodNotFound, 'A2A has no such method; try SendMessage.', { ...how, id });
  }
  return answerMethod(exchange, body, message, named);
}

const jsonTypes = ['application/json', 'application/a2a+json'];

/** A body of another type is not read. Without a type it is taken for JSON. */
function isJson(head: RequestHead): boolean {
  const type = (head.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' || jsonTypes.includes(type);
}

async function admit(options: A2aOptions, head: RequestHead): Promise<Admission> {
  const binding = wordsOf(head);
  const how = { id: null, binding, generation: defaultRelease };
  if (head.method !== 'POST' || !isDoor(options, head))
    return { admitted: false, reply: cardReply(options, head) };
  if (!isJson(head)) {
    const error = new ContentTypeNotSupportedError('Send Content-Type: application/json.');
    return { admitted: false, reply: nativeReply(error, how) };
  }
  let caller: Caller;
  try {
    caller = await callerOf(options, head);
  } catch (error) {
    const fault = faultOf(error);
    const record = error === fault ? {} : { unexpected: error };
    return { admitted: false, reply: faultReply(fault, { ...how, record }) };
  }
  const exchange: Exchange = { options, head, caller };
  return {
    admitted: true,
    bodyBytesMax: caller.known ? limits.requestBytesMax : anonymousBytesMax,
    ...sealOf(caller),
    answer: async (call, ends) => (call.ok ? answerBody(exchange, call) : scanReply(exchange, call, ends)),
    refuse: (fault) => faultReply(bodyRefusal(caller, fault), { ...how, record: keyRecord(caller) }),
  };
}

/**
 * AdCP over A2A: JSON-RPC, one message in a request, both versions of A2A at one path. Every call is answered by a task
 * that has ended. The public skill needs no key; everything else without a good key is answered 401 before anything is done.
 */
export function createA2aEndpoint(options: A2aOptions): Endpoint {
  return {
    envelope: 'a2a',
    admit: (head) => admit(options, head),
    refuseUnseen: (fault, head) =>
      faultReply(fault, { id: null, binding: wordsOf(head), generation: defaultRelease }),
  };
}
