/** A proxy between a buyer's command and a seller: passes everything on and keeps what the buyer sent. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CaptureProxy {
  readonly url: string;
  /** Everything that went from the buyer to the seller: addresses, headers and bodies. */
  sent(): string;
  readonly callCount: () => number;
  close(): Promise<void>;
}

export async function startCaptureProxy(target: string): Promise<CaptureProxy> {
  const parts: string[] = [];
  const server = createServer((request, response) => {
    parts.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n`);
    const { hostname, port } = new URL(target);
    // The host as the buyer wrote it: an agent's card names addresses by it.
    const { url: path, method, headers } = request;
    const options = { hostname, port, path, method, headers };
    const upstream = httpRequest(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    request.on('data', (chunk: Buffer) => parts.push(chunk.toString('latin1')));
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => parts.join(''),
    callCount: () => parts.filter((part) => part.startsWith('POST ')).length,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
