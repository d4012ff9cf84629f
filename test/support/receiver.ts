/** A buyer's own endpoint: an HTTP server on loopback that keeps what it was sent. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  /** `http://127.0.0.1:4711` */
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** Deliveries below a path. */
  at(path: string): readonly Delivery[];
  /** Resolves when so many have come below the path; throws when they do not. */
  waitFor(count: number, path: string): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

const waitMsMax = 30_000;

/** `answer` decides on a delivery; it is 204 unless said. */
export async function startReceiver(
  answer: (delivery: Delivery, response: ServerResponse) => void = (_, response) =>
    void response.writeHead(204).end(),
): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const delivery: Delivery = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        json: JSON.parse(body.toString('utf8')) as Delivery['json'],
      };
      deliveries.push(delivery);
      answer(delivery, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (path: string): readonly Delivery[] => deliveries.filter((one) => one.path.startsWith(path));
  return {
    url,
    deliveries,
    at,
    async waitFor(count, path) {
      const end = performance.now() + waitMsMax;
      while (at(path).length < count) {
        if (performance.now() > end) throw new Error(`${at(path).length} of ${count} deliveries at ${path}`);
        await sleep(5);
      }
      return at(path);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
