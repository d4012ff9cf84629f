import {
  ContentTypeNotSupportedError,
  PushNotificationNotSupportedError,
  RequestMalformedError,
  TaskNotFoundError,
} from 'a2a-sdk-v1/errors';

import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import { isArray, isObject } from '../adcp/argument-reader.ts';
import type { A2aBinding } from './binding.ts';

/** What a message asks for: an operation by name, which may not exist, and its arguments. */
export interface Invocation {
  readonly skill: string;
  readonly args: JsonObject;
  readonly messageId: string;
  /** Absent: the answer starts a conversation of its own. */
  readonly contextId: string | undefined;
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** An id that may be left out; A2A 1.0 writes an absent one as an empty string too. */
function optionalId(message: JsonObject, name: string): string | undefined {
  const id = own(message, name);
  if (id === undefined || id === '') return undefined;
  if (typeof id === 'string' && id.length <= limits.protocolIdCharsMax) return id;
  throw new RequestMalformedError(
    `message.${name} must be a string of at most ${limits.protocolIdCharsMax} characters.`,
  );
}

/** The value of a data part, undefined for a text; texts are decoration. Throws for every other part. */
type ReadPart = (part: JsonObject, at: string) => Json | undefined;

function noFiles(at: string): never {
  throw new ContentTypeNotSupportedError(`${at} is a file; send one data part, and texts at most beside it.`);
}

function decorative(part: JsonObject, at: string): undefined {
  if (typeof own(part, 'text') === 'string') return undefined;
  throw new RequestMalformedError(`${at}.text must be a string.`);
}

/** A2A 1.0: the field that a part has says what it is, and it has exactly one. */
const readPart10: ReadPart = (part, at) => {
  const kinds = ['text', 'raw', 'url', 'data'].filter((name) => Object.hasOwn(part, name));
  if (kinds.length !== 1) {
    throw new RequestMalformedError(`${at} must have exactly one of text and data.`);
  }
  if (kinds[0] === 'data') return part['data'];
  return kinds[0] === 'text' ? decorative(part, at) : noFiles(at);
};

/** A2A 0.3: `kind` says what a part is. A field of another kind is refused, since members may have been taken from it. */
const readPart03: ReadPart = (part, at) => {
  const kind = own(part, 'kind');
  if (kind === 'file') return noFiles(at);
  if (kind === 'text' && !Object.hasOwn(part, 'data')) return decorative(part, at);
  if (kind === 'data' && Object.hasOwn(part, 'data')) return part['data'];
  throw new RequestMalformedError(
    `${at} must be {"kind": "data", "data": …} or {"kind": "text", "text": …}.`,
  );
};

/** AdCP's profile: `skill` and `input`, and nothing else. */
function readInvocation10(data: JsonObject, at: string): JsonObject {
  const input = own(data, 'input');
  if (!isObject(input)) throw new RequestMalformedError(`${at}.input must be an object.`);
  if (Object.keys(data).length !== 2) {
    throw new RequestMalformedError(`${at} must have exactly the members skill and input.`);
  }
  return input;
}

/** Before the profile: the guide wrote `parameters`, others `input`; a call without arguments may leave both out. */
function readInvocation03(data: JsonObject, at: string): JsonObject {
  if (Object.hasOwn(data, 'input') && Object.hasOwn(data, 'parameters')) {
    throw new RequestMalformedError(`${at} must have input or parameters, not both.`);
  }
  const name = Object.hasOwn(data, 'parameters') ? 'parameters' : 'input';
  const args = Object.hasOwn(data, name) ? data[name] : {};
  if (!isObject(args)) throw new RequestMalformedError(`${at}.${name} must be an object.`);
  return args;
}

const reading = {
  '1.0': { role: 'ROLE_USER', readPart: readPart10, readInvocation: readInvocation10 },
  '0.3': { role: 'user', readPart: readPart03, readInvocation: readInvocation03 },
} as const;

interface DataPart {
  readonly data: JsonObject;
  readonly at: string;
}

function onlyData(parts: readonly Json[], readPart: ReadPart): DataPart {
  let only: DataPart | undefined;
  for (const [position, part] of parts.entries()) {
    const at = `message.parts[${position}]`;
    if (!isObject(part)) throw new RequestMalformedError(`${at} must be an object.`);
    const data = readPart(part, at);
    if (data === undefined) continue;
    if (!isObject(data)) throw new RequestMalformedError(`${at}.data must be an object.`);
    if (only !== undefined)
      throw new RequestMalformedError('A message must have one data part, not several.');
    only = { data, at: `${at}.data` };
  }
  if (only === undefined) {
    throw new RequestMalformedError('A message needs a data part with skill and input; texts are not read.');
  }
  return only;
}

/** A channel that would stay silent is refused rather than dropped. AdCP's own webhooks are asked for in the arguments. */
function refusePush(params: JsonObject): void {
  const configuration = own(params, 'configuration');
  if (!isObject(configuration)) return;
  const names = ['taskPushNotificationConfig', 'pushNotificationConfig'];
  if (names.some((name) => (own(configuration, name) ?? null) !== null)) {
    throw new PushNotificationNotSupportedError(
      'A2A push notifications are not offered; poll get_task_status.',
    );
  }
}

/**
 * Reads what a message asks for. Source: A2A 1.0 and 0.3 message parts; AdCP a2a-profile-extension for 1.0: exactly one
 * data part, of exactly `skill` and `input`. Throws A2A's own errors, since a message that cannot be routed is no AdCP call;
 * they name places, and repeat nothing that was sent. Member arrays were taken out of the message before.
 */
export function readMessage(params: Json | undefined, binding: A2aBinding): Invocation {
  const { role, readPart, readInvocation } = reading[binding];
  const message = isObject(params) ? own(params, 'message') : undefined;
  if (!isObject(params) || !isObject(message)) {
    throw new RequestMalformedError('params.message must be an object.');
  }
  const messageId = optionalId(message, 'messageId');
  if (messageId === undefined) throw new RequestMalformedError('message.messageId is required.');
  if (own(message, 'role') !== role) throw new RequestMalformedError(`message.role must be "${role}".`);
  const parts = own(message, 'parts');
  if (!isArray(parts)) throw new RequestMalformedError('message.parts must be an array.');
  const { data, at } = onlyData(parts, readPart);
  const skill = own(data, 'skill');
  if (typeof skill !== 'string' || skill === '') {
    throw new RequestMalformedError(`${at}.skill must be the name of a skill.`);
  }
  const args = readInvocation(data, at);
  refusePush(params);
  if (optionalId(message, 'taskId') !== undefined) throw new TaskNotFoundError(taskEnded);
  return { skill, args, messageId, contextId: optionalId(message, 'contextId') };
}

/** Why no task of A2A is ever found: none outlives its exchange, so an id names nothing that could go on. */
export const taskEnded =
  'No such A2A task: each ends in the answer that names it. Poll an AdCP task with the skill get_task_status.';
