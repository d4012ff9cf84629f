/** A proxy in front of one seller, which counts what passes and fails on purpose. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FlakyProxy {
  readonly url: string;
  /** External ids of all members that were passed on. */
  readonly passed: Set<string>;
  /** Member calls that were passed on, and that were failed, by kind. */
  readonly counts: Record<'passed' | 'error' | 'dropped_before' | 'dropped_after' | 'too_large', number>;
  /** Every answer of the seller to a member call is told here before it is passed on. */
  onPassed: () => Promise<void>;
  target: string;
  fails: boolean;
  close(): Promise<void>;
}

/** What becomes of each member call, over and over: half of them fail. */
const fates = ['error', 'passed', 'dropped_before', 'passed', 'dropped_after', 'passed'] as const;

export async function startFlakyProxy(target: string, memberCountMax: number): Promise<FlakyProxy> {
  let memberCalls = 0;
  const server = createServer((incoming, response) => {
    void serve(incoming, response).catch(() => response.destroy());
  });
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    const ids = [...body.toString('utf8').matchAll(/"external_id":"([^"]*)"/g)].map(([, id]) => id ?? '');
    if (ids.length === 0) return forward(incoming, response, body, false);
    if (ids.length > memberCountMax) {
      proxy.counts.too_large += 1;
      response.writeHead(413).end();
      return;
    }
    const fate = proxy.fails ? fates[memberCalls++ % fates.length]! : 'passed';
    proxy.counts[fate] += 1;
    if (fate === 'error') response.writeHead(500).end('{"error":"on purpose"}');
    else if (fate === 'dropped_before') incoming.socket.destroy();
    else {
      await forward(incoming, response, body, fate === 'dropped_after');
      for (const id of ids) proxy.passed.add(id);
      await proxy.onPassed();
    }
  };
  const forward = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    drops: boolean,
  ): Promise<void> => {
    const { port } = new URL(proxy.target);
    await new Promise<void>((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
          agent: false,
        },
        (answer) => {
          if (drops) {
            answer.resume().on('end', () => {
              incoming.socket.destroy();
              resolve();
            });
            return;
          }
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response).on('finish', resolve).on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FlakyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: new Set(),
    counts: { passed: 0, error: 0, dropped_before: 0, dropped_after: 0, too_large: 0 },
    onPassed: async () => undefined,
    target,
    fails: true,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
