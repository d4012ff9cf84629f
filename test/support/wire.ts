/** A caller that speaks raw HTTP: it can send what no client would, and sees every byte of the answer. */
import { randomUUID } from 'node:crypto';

import { noteOutput, noteRequest } from './canaries.ts';
import { callIn, checkExchange } from './exchange-check.ts';

/** The generations of callers that are served, by the word of an answer's version. */
export const generations = ['3.0', '3.1', 'legacy'] as const;
export type Generation = (typeof generations)[number];

export type Fields = Record<string, unknown>;

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly recovery: string;
  readonly field?: string;
  readonly suggestion?: string;
  readonly details?: Fields;
}

export interface WireAnswer {
  readonly httpStatus: number;
  readonly text: string;
  /** The tool's answer, or null where no tool was reached. */
  readonly content: Fields | null;
  /** The error of the whole call, wherever the protocol puts it. */
  readonly error: WireError | null;
  readonly rpcCode: number | null;
  readonly headers?: Headers;
}

export interface Target {
  readonly url: string;
  readonly key: string | null;
}

/** Adds what a caller of this generation sends by itself: nothing, or a version and a fresh key. */
export function argumentsOf(generation: Generation, fields: Fields): Fields {
  if (generation === 'legacy') return fields;
  return { adcp_version: generation, idempotency_key: `key-${randomUUID()}`, ...fields };
}

export function rpcText(tool: string, args: unknown): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: tool, arguments: args },
  });
}

export async function post(
  { url, key }: Target,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    duplex: 'half',
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
  } as RequestInit);
  noteRequest(body);
  const text = await response.text();
  noteOutput('answer', text);
  const answer = { ...readAnswer(response.status, text), headers: response.headers };
  const call = callIn(body);
  if (call !== null) checkExchange(call.operation, call.args, answer.content);
  return answer;
}

export async function callRaw(target: Target, tool: string, args: unknown): Promise<WireAnswer> {
  return post(target, rpcText(tool, args));
}

function readAnswer(httpStatus: number, text: string): WireAnswer {
  const body = JSON.parse(text) as {
    readonly result?: { readonly structuredContent?: Fields };
    readonly error?: { readonly code: number; readonly data?: { readonly adcp_error?: WireError } };
  };
  const content = body.result?.structuredContent ?? null;
  const error = body.error?.data?.adcp_error ?? (content?.['adcp_error'] as WireError | undefined) ?? null;
  return { httpStatus, text, content, error, rpcCode: body.error?.code ?? null };
}

/** An answer without the one thing that differs between equal answers. */
export function withoutTime(text: string): string {
  return text.replaceAll(/\\?"timestamp\\?":\\?"[^"\\]*\\?",?/g, '');
}
