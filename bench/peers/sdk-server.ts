/**
 * What a seller gets from the official SDK: its server helper, one server object a request as its HTTP helper does,
 * its schemas enforced, its in-memory stores, and members kept in a Map. Nothing is durable.
 */
import type { AddressInfo } from 'node:net';

import { InMemoryStateStore, serve } from '@adcp/sdk/server';
import { createAdcpServer } from '@adcp/sdk/server/legacy/v5';
import { createIdempotencyStore, memoryBackend } from '@adcp/sdk/server';

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
const http = serve(
  () =>
    createAdcpServer({
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
    }),
  {
    port: 0,
    onListening: () => {
      console.log(`sdk is ready on http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    },
  },
);
