/**
 * What a seller gets from the official SDK: its server helper, one server object a request as its HTTP helper does,
 * its schemas enforced, its in-memory stores, and members kept in a Map. Nothing is durable.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createIdempotencyStore, InMemoryStateStore, memoryBackend } from '@adcp/sdk/server';
import { createAdcpServer } from '@adcp/sdk/server/legacy/v5';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

interface Member {
  readonly external_id?: string;
}
interface Audience {
  readonly audience_id: string;
  readonly add?: readonly Member[];
  readonly remove?: readonly Member[];
}

const audiences = new Map<string, Map<string, Member>>();
const idempotency = createIdempotencyStore({ backend: memoryBackend(), ttlSeconds: 86_400 });
const stateStore = new InMemoryStateStore();

function syncOne({ audience_id, add = [], remove = [] }: Audience): Record<string, unknown> {
  const isNew = !audiences.has(audience_id);
  const members = audiences.get(audience_id) ?? new Map<string, Member>();
  audiences.set(audience_id, members);
  for (const member of add) members.set(member.external_id ?? '', member);
  for (const member of remove) members.delete(member.external_id ?? '');
  return {
    audience_id,
    action: isNew ? 'created' : 'updated',
    status: 'processing',
    uploaded_count: add.length,
    total_uploaded_count: members.size,
  };
}

const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
function createAgent(): ReturnType<typeof createAdcpServer> {
  return createAdcpServer({
    name: 'bench peer',
    version: '1.0.0',
    logger: quiet,
    stateStore,
    idempotency,
    resolveSessionKey: () => 'bench',
    validation: { requests: 'strict', responses: 'strict' },
    eventTracking: {
      // The helper's types know every field of a request; only these are used.
      syncAudiences: async (request) =>
        ({ audiences: ((request.audiences ?? []) as readonly Audience[]).map(syncOne) }) as never,
    },
  });
}

/**
 * The cycle of the SDK's own `serve`: an agent and a transport for every request. Only the body is read here,
 * because there it may have 4 MB at most.
 */
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const agent = createAgent();
  const transport = new StreamableHTTPServerTransport({});
  try {
    await agent.connect(transport as never);
    await transport.handleRequest(request, response, body);
  } finally {
    await agent.close();
  }
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
// Longer than other servers take their turn, so that a connection is never closed under a call.
server.keepAliveTimeout = 300_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`sdk is ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
