import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AppError } from '../../base/faults.ts';
import { errorFields, type Log } from '../../platform/log.ts';
import type { Admin } from './admin.ts';

/** A call of the seller's own commands is small; files travel by name. */
const bodyBytesMax = 256 * 1024;

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `admin` to the holder of the token, on a loopback port of its own that no caller is told of. */
export async function startAdminServer(admin: Admin, token: string, log: Log): Promise<AdminServer> {
  const server = createServer((request, response) => {
    void serve(admin, token, log, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  admin: Admin,
  token: string,
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  try {
    if (!isAllowed(request.headers.authorization ?? '', token)) return reply(401, { error: 'AUTH_INVALID' });
    const { name, input } = JSON.parse(await readText(request)) as { name: keyof Admin; input: never };
    if (request.method !== 'POST' || !Object.hasOwn(admin, name))
      return reply(404, { error: 'INVALID_REQUEST' });
    reply(200, { output: await admin[name](input) });
  } catch (error) {
    if (!(error instanceof AppError)) log('error', 'admin_fault', errorFields(error));
    const fault = error instanceof AppError ? error : new AppError('SERVICE_UNAVAILABLE');
    reply(400, { error: fault.code, message: fault.message, suggestion: fault.info.suggestion });
  }
}

function isAllowed(header: string, token: string): boolean {
  const offered = Buffer.from(header);
  const wanted = Buffer.from(`Bearer ${token}`);
  return offered.length === wanted.length && timingSafeEqual(offered, wanted);
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) throw new AppError('BODY_TOO_LARGE');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
