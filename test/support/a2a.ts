/** One HTTP request to the A2A door, and what came of it, in the shapes of either generation. */
import { randomUUID } from 'node:crypto';

import { callIn, checkExchange } from './exchange-check.ts';
import type { Fields, Target, WireAnswer, WireError } from './wire.ts';

export type Binding = '1.0' | '0.3';
export const bindings = ['1.0', '0.3'] as const;

export const profile = 'https://adcontextprotocol.org/extensions/adcp/v3';

/** What a client of the generation sends beside the message. */
export const bindingHeaders: Readonly<Record<Binding, Readonly<Record<string, string>>>> = {
  '1.0': { 'a2a-version': '1.0', 'a2a-extensions': profile },
  '0.3': {},
};

const methodNames = { '1.0': 'SendMessage', '0.3': 'message/send' } as const;

export interface A2aAnswer extends WireAnswer {
  readonly headers: Headers;
  readonly id: unknown;
  /** The task, of which A2A 1.0 says by a name that it is one. */
  readonly task: Fields | null;
  readonly state: string | null;
  readonly rpcError: { readonly code: number; readonly message: string; readonly data?: unknown } | null;
}

export function dataPart(binding: Binding, data: unknown): Fields {
  return binding === '1.0' ? { data } : { kind: 'data', data };
}

export function textPart(binding: Binding, text: string): Fields {
  return binding === '1.0' ? { text } : { kind: 'text', text };
}

export function messageOf(binding: Binding, parts: unknown, more: Fields = {}): Fields {
  const role = binding === '1.0' ? 'ROLE_USER' : 'user';
  const kind = binding === '1.0' ? {} : { kind: 'message' };
  return { ...kind, messageId: randomUUID(), role, parts, ...more };
}

export function rpcOf(method: string, params: unknown, more: Fields = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 'q-1', method, params, ...more });
}

/** The body of a call with one data part; `more` goes into the message. */
export function callText(binding: Binding, data: unknown, more: Fields = {}): string {
  return rpcOf(methodNames[binding], {
    message: messageOf(binding, [dataPart(binding, data)], more),
  });
}

export async function postA2a(
  { url, key }: Target,
  body: NonNullable<RequestInit['body']>,
  headers: Readonly<Record<string, string>>,
): Promise<A2aAnswer> {
  const response = await fetch(`${url}/a2a`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
  });
  const answer = readAnswer(response.status, response.headers, await response.text());
  const call = callIn(body);
  if (call !== null) checkExchange(call.operation, call.args, answer.content);
  return answer;
}

export async function callA2a(
  target: Target,
  binding: Binding,
  skill: string,
  input: Fields,
): Promise<A2aAnswer> {
  return postA2a(target, callText(binding, { skill, input }), bindingHeaders[binding]);
}

interface Artifact {
  readonly parts: readonly { readonly data?: Fields }[];
}

function errorIn(data: unknown): WireError | null {
  const details = Array.isArray(data)
    ? data.map((one: Fields) => one['value'] as Fields | undefined)
    : [data as Fields];
  const found = details.find((one) => one?.['adcp_error'] !== undefined);
  return (found?.['adcp_error'] as WireError | undefined) ?? null;
}

function readAnswer(httpStatus: number, headers: Headers, text: string): A2aAnswer {
  const body = JSON.parse(text) as {
    readonly id?: unknown;
    readonly result?: Fields;
    readonly error?: NonNullable<A2aAnswer['rpcError']>;
  };
  const task = (body.result?.['task'] ?? body.result ?? null) as Fields | null;
  const artifact = (task?.['artifacts'] as readonly Artifact[] | undefined)?.at(-1);
  const content = artifact?.parts.at(-1)?.data ?? null;
  const error = (content?.['adcp_error'] as WireError | undefined) ?? errorIn(body.error?.data);
  const state = (task?.['status'] as Fields | undefined)?.['state'] ?? null;
  return {
    ...{ httpStatus, headers, text, id: body.id, task, content, error },
    state: typeof state === 'string' ? state : null,
    rpcError: body.error ?? null,
    rpcCode: body.error?.code ?? null,
  };
}
