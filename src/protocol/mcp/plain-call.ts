import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';

import type { Json, JsonObject } from '../../engine/types.ts';
import { isObject } from '../adcp/argument-reader.ts';
import type { Reply } from '../endpoint.ts';

/** A tool's result before it is written: `body` is the structured content. */
export interface ToolAnswer {
  /** The text part, as JSON. The same string as the body's own JSON on success. */
  readonly text: string;
  readonly body: JsonObject;
  readonly isError: boolean;
}

type Headers = Readonly<Record<string, string | undefined>>;

const messageKeys = new Set(['jsonrpc', 'id', 'method', 'params']);
const paramKeys = new Set(['name', 'arguments']);

/** Answers here are always JSON, so a caller that takes JSON is served, whether or not it names event streams. */
export function takesJson(accept: string): boolean {
  return /application\/(json|\*)|\*\/\*/.test(accept);
}

function hasPlainHeaders(headers: Headers): boolean {
  const { accept, 'content-type': type, 'mcp-protocol-version': version } = headers;
  return (
    (accept === undefined || takesJson(accept)) &&
    /^application\/json\s*(;|$)/i.test(type ?? '') &&
    (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version))
  );
}

/**
 * Whether a message is a tool call of the plain kind, in which the official SDK has nothing left to decide: good headers, a
 * JSON-RPC request with an id, a name and arguments, and nothing besides. Nearly all calls are. Its answer can be
 * written directly, which saves the SDK's server, transport, web request and five validations: two thirds of what
 * an accept of 1,000 members costs on the main thread. Anything else is the SDK's to judge.
 */
export function isPlainCall(headers: Headers, message: JsonObject): boolean {
  if (!hasPlainHeaders(headers) || !Object.keys(message).every((key) => messageKeys.has(key))) return false;
  const { jsonrpc, id, method, params } = message;
  return (
    jsonrpc === '2.0' &&
    (typeof id === 'string' || Number.isSafeInteger(id)) &&
    method === 'tools/call' &&
    isObject(params) &&
    Object.keys(params).every((key) => paramKeys.has(key)) &&
    typeof params['name'] === 'string' &&
    (params['arguments'] === undefined || isObject(params['arguments']))
  );
}

/** The bytes that the SDK would send. */
export function plainReply(id: Json | undefined, { text, body, isError }: ToolAnswer): Reply {
  const structured = isError ? JSON.stringify(body) : text;
  const content = `[{"type":"text","text":${JSON.stringify(text)}}]`;
  const result = `{"content":${content},"structuredContent":${structured}${isError ? ',"isError":true' : ''}}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`,
  };
}
