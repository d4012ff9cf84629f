import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { Clock, Random } from '../../base/clock.ts';
import { AppError } from '../../base/faults.ts';
import { errorFields } from '../../platform/log.ts';
import type { Log, LogFields, LogLevel } from '../../platform/log.ts';
import { keyPattern } from '../../protocol/auth/key-format.ts';
import type { Door, Reply, RequestHead } from '../../protocol/endpoint.ts';
import type { Ingest } from '../../protocol/ingest.ts';
import { createBodyMemory } from './body-memory.ts';
import { createAddressOf } from './client-address.ts';
import { headOf, runExchange } from './exchange.ts';
import type { AddressOf, ExchangeParts, ExchangeResult } from './exchange.ts';
import { createHostCheck } from './host-check.ts';
import { httpLimits } from './http-limits.ts';
import type { HttpLimits } from './http-limits.ts';
import { jsonReply, plainRefusal, textReply, writeReply } from './replies.ts';

/** What the server can say of itself. */
export interface Health {
  /** Null: requests can be taken. Otherwise the reason why not, in fixed words. */
  notReady(): string | null;
}

export interface HttpServerParts {
  /** Protocols by path; no path lies below another. */
  readonly doors: readonly Door[];
  readonly ingest: Ingest;
  readonly health: Health;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits?: Partial<HttpLimits>;
  /** Frees spent buffers of bodies that stream in. */
  readonly sweep?: () => void;
  /** Host names that are served on a loopback address besides its own: that of a proxy in front. */
  readonly allowedHosts?: readonly string[];
  /** Where requests come from; their connection's address unless said. */
  readonly addressOf?: AddressOf;
  /** Addresses whose connections are those of many callers, and are bounded only with all others. */
  readonly isProxy?: (address: string) => boolean;
  /** True: there is more to do than can be done; what is not about health is put off. */
  readonly isOverloaded?: () => boolean;
  /** The server is reached by https: callers are told to stay with it. */
  readonly isHttps?: boolean;
}

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8080` */
  readonly url: string;
}

export interface HttpServer {
  /** Resolves when connections are taken. Port 0 takes a free one. Refuses with CONFIGURATION_ERROR. */
  listen(host: string, port: number): Promise<HttpAddress>;
  /**
   * Takes no new connections, lets requests under way finish for at most `graceMs`, then cuts what is left. Idle connections
   * are closed at once. May be called again.
   */
  close(graceMs: number): Promise<void>;
}

function welcomeOf(doors: readonly Door[]): string {
  const lines = [
    ...doors.map(({ path, about }) => [path, about] as const),
    ['/readyz', '200 when requests can be taken'] as const,
    ['/livez', '200 while the process runs'] as const,
  ];
  const width = Math.max(...lines.map(([path]) => path.length));
  return `Rollcall: a seller's server for customer audiences, speaking AdCP.

${lines.map(([path, about]) => `${path.padEnd(width)}  ${about}`).join('\n')}

Calls need an API key: Authorization: Bearer <key>. The seller gives it out with "rollcall key create".
AdCP: https://docs.adcontextprotocol.org
`;
}

/** How often Node looks for connections that are too slow; its own default of 30 s would make a bound of 10 s one of 40. */
const timeoutCheckMsMax = 1_000;

const ownPaths = ['/livez', '/readyz', '/'];

function doorOf(doors: readonly Door[], path: string): Door | undefined {
  return doors.find((door) => path === door.path || path.startsWith(`${door.path}/`));
}

/** The route that a request is logged and answered under: never the address itself, which a caller may fill at will. */
function routeOf(doors: readonly Door[], url: string | undefined): string {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  return ownPaths.includes(path) ? path : (doorOf(doors, path)?.path ?? 'other');
}

function smallReply(parts: HttpServerParts, route: string, method: string): Reply {
  if (route === 'other') {
    const doors = parts.doors.map(({ path }) => path).join(', ');
    return plainRefusal(404, `There is nothing here. Served are: ${doors}.`);
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const reply = plainRefusal(405, 'Only GET is served here.');
    return { ...reply, headers: { ...reply.headers, allow: 'GET, HEAD' } };
  }
  if (route === '/livez') return jsonReply(200, { status: 'ok' });
  if (route === '/') return textReply(200, welcomeOf(parts.doors));
  const reason = parts.health.notReady();
  return reason === null
    ? jsonReply(200, { status: 'ready' })
    : jsonReply(503, { status: 'not_ready', reason }, { 'retry-after': '1' });
}

async function answer(
  parts: HttpServerParts,
  exchangeParts: ExchangeParts,
  isHostServed: (host: string | undefined) => boolean,
  underWay: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ExchangeResult> {
  if (!isHostServed(request.headers.host)) {
    return { reply: plainRefusal(421, 'This server is not known by that Host name.'), bytesIn: 0 };
  }
  const route = routeOf(parts.doors, request.url);
  const door = doorOf(parts.doors, route);
  if (door === undefined) return { reply: smallReply(parts, route, request.method ?? ''), bytesIn: 0 };
  if (holdsKey(request.url ?? '')) {
    const says =
      'A key does not belong in an address, which is written into many logs. Send it in Authorization, and have it replaced.';
    return { reply: plainRefusal(400, says), bytesIn: 0 };
  }
  if (parts.isOverloaded?.() === true || underWay > exchangeParts.limits.requestCountMax) {
    return { reply: refusalOfOverload(door, headOf(request, exchangeParts.addressOf)), bytesIn: 0 };
  }
  return runExchange(exchangeParts, door.endpoint, request, response);
}

function refusalOfOverload({ endpoint }: Door, head: RequestHead): Reply {
  const says = 'The server has more to do than it can; come again in a moment.';
  const fault = new AppError('SERVICE_UNAVAILABLE', says, { retryAfterSeconds: 1 });
  const reply = endpoint.refuseUnseen?.(fault, head) ?? plainRefusal(503, says);
  return { ...reply, headers: { ...jsonType, ...reply.headers, 'retry-after': '1' } };
}

const jsonType = { 'content-type': 'application/json' };

/** Something that looks like one of our keys, wherever it stands in an address. */
function holdsKey(url: string): boolean {
  return url.includes('rk_') && keyPattern.test(url);
}

/** Counts connections by address, and ends those that are too many. Source: the bound on sockets of one caller. */
function boundConnections(node: Server, countMax: number, isProxy: (address: string) => boolean): void {
  const counts = new Map<string, number>();
  node.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (isProxy(address)) return;
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    });
    if (count > countMax) socket.destroy();
  });
}

/**
 * Ends an answer whose request was not read to its end. A socket closed with unread bytes resets the connection, and the caller
 * would lose the answer; so the rest is read and dropped for a while.
 */
function endAfterLinger(request: IncomingMessage, response: ServerResponse, limits: HttpLimits): void {
  let dropped = 0;
  const timer = setTimeout(finish, limits.lingerMs);
  function finish(): void {
    clearTimeout(timer);
    response.end();
  }
  request
    .on('data', (chunk: Uint8Array) => {
      dropped += chunk.length;
      if (dropped > limits.lingerBytesMax) request.destroy();
    })
    .once('end', finish)
    .once('close', finish)
    .once('error', finish);
  request.resume();
}

/** Health questions are asked every second and say nothing when they are answered. */
function levelOf(reply: Reply, route: string): LogLevel {
  if (reply.record?.unexpected !== undefined) return 'error';
  if (reply.status >= 500) return 'warn';
  if (reply.record?.isRoutine === true && reply.status < 400) return 'debug';
  return route === '/livez' || route === '/readyz' ? 'debug' : 'info';
}

function logReply(log: Log, reply: Reply, fields: LogFields & { readonly route: string }): void {
  const { unexpected, operation, code, keyId } = reply.record ?? {};
  log(levelOf(reply, fields.route), 'http_request', {
    ...fields,
    status: reply.status,
    operation,
    code,
    key_id: keyId,
    ...(unexpected === undefined ? {} : errorFields(unexpected)),
  });
}

/** What Node's parser refuses never becomes a request; it is still answered in words. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const [status, says] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'The request took too long to arrive.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'The headers of the request are too large.']
        : ['400 Bad Request', 'This is not an HTTP request that can be understood.'];
  const body = JSON.stringify({ error: { status: Number(status.slice(0, 3)), message: says } });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function newNodeServer(limits: HttpLimits): Server {
  const node = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headerTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(timeoutCheckMsMax, limits.headerTimeoutMs),
    noDelay: true,
  });
  node.maxConnections = limits.connectionCountMax;
  node.on('clientError', onClientError);
  return node;
}

async function listenOn(node: Server, host: string, port: number): Promise<HttpAddress> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const says =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken by another program; choose another with --port.`
          : `The server cannot listen on ${host}, port ${port} (${error.code ?? error.name}).`;
      reject(new AppError('CONFIGURATION_ERROR', says, { cause: error }));
    };
    node.once('error', onError);
    node.listen(port, host, () => {
      node.off('error', onError);
      resolve();
    });
  });
  const bound = node.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { host, port: bound.port, url: `http://${shown}:${bound.port}` };
}

async function closeNode(node: Server, graceMs: number): Promise<void> {
  if (!node.listening) return;
  const timer = setTimeout(() => node.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    node.close(() => resolve());
    node.closeIdleConnections();
  });
  clearTimeout(timer);
}

/** One exchange, from its first byte to its log line. */
interface Finished extends ExchangeResult {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly route: string;
  readonly startedAt: number;
}

function finish(parts: HttpServerParts, limits: HttpLimits, isClosing: boolean, done: Finished): void {
  const { request, response, reply, bytesIn, requestId, route, startedAt } = done;
  const fields = { request_id: requestId, method: request.method ?? '', route };
  if (reply === null) {
    parts.log('info', 'http_request_aborted', fields);
    return;
  }
  const isUnread = !request.complete;
  const bytesOut = writeReply(response, reply, isUnread || isClosing, !isUnread);
  if (isUnread) endAfterLinger(request, response, limits);
  const durationMs = Math.round((parts.clock.monotonic() - startedAt) * 100) / 100;
  logReply(parts.log, reply, {
    ...fields,
    duration_ms: durationMs,
    bytes_in: bytesIn,
    bytes_out: bytesOut,
  });
}

/**
 * The HTTP front: bounds, routes, bodies, answers, one log line per request. It knows no protocol; endpoints answer what
 * it has read. Small requests are answered while large bodies stream in, because nothing here waits or copies twice.
 */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const limits: HttpLimits = { ...httpLimits, ...parts.limits };
  const exchangeParts: ExchangeParts = {
    ingest: parts.ingest,
    memory: createBodyMemory(limits.inFlightBytesMax, parts.sweep),
    limits,
    addressOf: parts.addressOf ?? createAddressOf([]),
  };
  const node = newNodeServer(limits);
  boundConnections(node, limits.connectionCountPerAddressMax, parts.isProxy ?? (() => false));
  let underWay = 0;
  let isHostServed: (host: string | undefined) => boolean = () => true;
  let isClosing = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = parts.clock.monotonic();
    const requestId = parts.random.uuid();
    const route = routeOf(parts.doors, request.url);
    response.setHeader('x-request-id', requestId);
    if (parts.isHttps === true) response.setHeader('strict-transport-security', 'max-age=31536000');
    response.on('error', () => undefined);
    underWay += 1;
    const { reply, bytesIn } = await answer(
      parts,
      exchangeParts,
      isHostServed,
      underWay,
      request,
      response,
    ).finally(() => (underWay -= 1));
    finish(parts, limits, isClosing, { request, response, reply, bytesIn, requestId, route, startedAt });
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    handle(request, response).catch((error: unknown) => {
      parts.log('error', 'http_request_failed', errorFields(error));
      request.destroy();
    });
  }
  node.on('request', onRequest);
  // With this listener Node leaves it to us to ask for the body, so a refusal comes before the body is sent.
  node.on('checkContinue', onRequest);

  return {
    listen(host, port) {
      isHostServed = createHostCheck(host, parts.allowedHosts ?? []);
      return listenOn(node, host, port);
    },
    close(graceMs) {
      isClosing = true;
      return closeNode(node, graceMs);
    },
  };
}
