import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '../../base/clock.ts';
import type { Delivery } from './delivery.ts';
import { receiveLimits } from './receive-limits.ts';

/** What the sender gets. `hang`: nothing, until it gives up or `hangMsMax` is over. */
export type Answer =
  | 'hang'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array;
    };

/** A request that never became a delivery. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

type Bounds = Pick<typeof receiveLimits, 'bodyBytesMax' | 'headerTimeoutMs' | 'requestTimeoutMs'>;

export interface ReceiverParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly path: string;
  /** The address before the path, as senders see it; empty: what their Host header says, without TLS. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Decides what a delivery is answered. Never rejects. */
  readonly onDelivery: (delivery: Delivery) => Promise<Answer>;
  readonly onRefusal: (refusal: Refusal) => void;
  readonly limits?: { readonly [Name in keyof Bounds]?: number };
}

export interface Receiver {
  /** `http://127.0.0.1:4747/webhooks` */
  readonly url: string;
  /** Takes no more requests, and cuts those that do not end within `closeMsMax`. */
  close(): Promise<void>;
}

/** Listens for deliveries. Rejects with the error of the system when the address cannot be had. */
export async function startReceiver(parts: ReceiverParts): Promise<Receiver> {
  const limits = { ...receiveLimits, ...parts.limits };
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      // Node looks every 30 s by itself, which would make a bound of 10 s one of 40.
      connectionsCheckingInterval: 500,
    },
    (request, response) => void exchange(parts, limits.bodyBytesMax, request, response),
  );
  server.maxConnections = limits.connectionCountMax;
  reportBroken(server, parts.onRefusal);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = parts.host.includes(':') ? `[${parts.host}]` : parts.host;
  return { url: `http://${host}:${port}${parts.path}`, close: async () => closeServer(server) };
}

/** What Node itself turns away: senders that are too slow, and what is no HTTP. */
function reportBroken(server: Server, onRefusal: ReceiverParts['onRefusal']): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A sender that only went away is no news.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const { status, reason } = brokenBy[error.code ?? ''] ?? { status: 400, reason: 'It is no HTTP.' };
    onRefusal({ status, reason });
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
}

const brokenBy: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'The request did not arrive in time.' },
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'The headers are too large.' },
};

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // An answer that is on its way gets there; a sender that is left hanging is cut.
  const timer = setTimeout(() => server.closeAllConnections(), receiveLimits.closeMsMax);
  await closed;
  clearTimeout(timer);
}

async function exchange(
  parts: ReceiverParts,
  bodyBytesMax: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, reason: string): void => {
    parts.onRefusal({ status, reason });
    const allow = status === 405 ? { allow: 'POST' } : {};
    response.writeHead(status, { ...allow, 'content-type': 'text/plain', connection: 'close' });
    response.end(`${reason}\n`);
    request.resume();
  };
  const [path] = (request.url ?? '').split('?', 1);
  if (path !== parts.path) return refuse(404, `Webhooks are received at ${parts.path}.`);
  if (request.method !== 'POST') return refuse(405, 'Webhooks are sent by POST.');
  const tooLarge = `The body is larger than ${bodyBytesMax} bytes.`;
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return refuse(413, tooLarge);
  const body = await readBody(request, bodyBytesMax);
  if (body === 'gone') return;
  if (body === 'too-large') return refuse(413, tooLarge);
  write(await parts.onDelivery(deliveryOf(parts, request, body)), response);
}

async function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Uint8Array | 'too-large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) resolve('too-large');
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}

function deliveryOf(parts: ReceiverParts, request: IncomingMessage, body: Uint8Array): Delivery {
  const origin = parts.publicUrl === '' ? `http://${request.headers.host ?? ''}` : parts.publicUrl;
  return {
    method: request.method ?? '',
    url: `${origin}${request.url ?? ''}`,
    headers: Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
    ),
    rawHeaders: request.rawHeaders,
    body,
    receivedAtMs: parts.clock.now(),
  };
}

function write(answer: Answer, response: ServerResponse): void {
  if (answer !== 'hang') {
    response.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  const timer = setTimeout(() => response.destroy(), receiveLimits.hangMsMax);
  response.on('close', () => clearTimeout(timer));
}
