/** Passes a delivery on to the developer's own server, which whoever started the program has named. */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';

import type { Delivery } from './delivery.ts';
import { receiveLimits } from './receive-limits.ts';

/** What the developer's server said. `fault`: it said nothing, and why; the status is the one that stands for it. */
export interface Forwarded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly fault: string | null;
}

/** Headers about one connection, which another one has of its own. Source: RFC 9110 7.6.1. */
const hopByHop = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer'],
  ...['expect', 'content-length'],
]);

/**
 * Sends the same bytes with the same headers, Host included: what verifies here has to verify there. The path and
 * the query are those of `target`. Never rejects: what fails is 502, what takes longer than `timeoutMs` 504.
 */
export async function forward(
  delivery: Delivery,
  target: URL,
  timeoutMs: number = receiveLimits.forwardMsMax,
): Promise<Forwarded> {
  return new Promise((resolve) => {
    const request = open(delivery, target);
    const timer = setTimeout(() => {
      resolve(silent(504, `it did not answer in ${timeoutMs / 1000} s`));
      request.destroy();
    }, timeoutMs);
    const end = (forwarded: Forwarded): void => {
      clearTimeout(timer);
      resolve(forwarded);
    };
    request.on('error', (error: NodeJS.ErrnoException) => end(silent(502, reasonOf(error))));
    request.on('response', (response) => readAnswer(request, response, end));
    request.end(delivery.body);
  });
}

function open(delivery: Delivery, target: URL): ClientRequest {
  const options = {
    method: delivery.method,
    headers: [
      ...passedOn(delivery.rawHeaders),
      // A sender of HTTP/1.0 may leave it out; HTTP/1.1, which is spoken here, may not.
      ...(delivery.headers['host'] === undefined ? ['Host', target.host] : []),
      ...['Content-Length', String(delivery.body.byteLength)],
    ],
    agent: false,
  } as const;
  if (target.protocol === 'http:') return httpRequest(target, options);
  // Without a name of its own the certificate would be looked for under the name that the sender called.
  const isAddress = isIP(target.hostname.replaceAll(/[[\]]/g, '')) !== 0;
  return httpsRequest(target, { ...options, servername: isAddress ? '' : target.hostname });
}

function passedOn(raw: readonly string[]): readonly string[] {
  return raw.filter((_, at) => !hopByHop.has((raw[at - (at % 2)] ?? '').toLowerCase()));
}

function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  end: (forwarded: Forwarded) => void,
): void {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  response.on('data', (part: Uint8Array) => {
    bytes += part.byteLength;
    if (bytes <= receiveLimits.forwardAnswerBytesMax) parts.push(part);
    else request.destroy();
  });
  // Whatever went wrong, `close` follows.
  response.on('error', () => {});
  response.on('close', () => {
    if (bytes > receiveLimits.forwardAnswerBytesMax) end(silent(502, 'its answer is too large'));
    else if (!response.complete) end(silent(502, 'it broke off its answer'));
    else {
      const headers = passedBack(response.headers);
      end({ status: response.statusCode ?? 502, headers, body: Buffer.concat(parts), fault: null });
    }
  });
}

/** What a sender of webhooks looks at. */
function passedBack(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['content-type', 'www-authenticate', 'retry-after'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

function reasonOf({ code }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND') return 'there is no such host';
  return `the connection failed${code === undefined ? '' : ` (${code})`}`;
}

function silent(status: number, fault: string): Forwarded {
  return { status, headers: {}, body: new Uint8Array(), fault };
}
