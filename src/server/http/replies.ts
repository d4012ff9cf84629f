import type { ServerResponse } from 'node:http';

import type { Reply } from '../../protocol/endpoint.ts';

export function jsonReply(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function textReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** A plain HTTP refusal, with what to do about it. */
export function plainRefusal(status: number, message: string): Reply {
  return jsonReply(status, { error: { status, message } });
}

/**
 * Writes an answer. `ends` false leaves its end to the caller, who has already everything that it will get. Returns
 * the bytes of the body.
 */
export function writeReply(response: ServerResponse, reply: Reply, closes: boolean, ends: boolean): number {
  const bytes = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, {
    // What is public and the same for everybody says so itself.
    'cache-control': 'no-store',
    ...reply.headers,
    ...(reply.status === 204 ? {} : { 'content-length': String(bytes.length) }),
    'x-content-type-options': 'nosniff',
    ...(closes ? { connection: 'close' } : {}),
  });
  if (ends) response.end(bytes);
  else if (bytes.length > 0) response.write(bytes);
  else response.flushHeaders();
  return bytes.length;
}
