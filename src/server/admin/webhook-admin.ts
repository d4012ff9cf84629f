/** What the operator sees and does of notifications. */
import { systemClock } from '../../platform/clock.ts';
import type { DeliveryView, EndpointView } from '../../service/webhooks/operator-scripts.ts';
import { makeSigningKey, signsAfterMs, type SigningKeyView } from '../../service/webhooks/signing-keys.ts';
import type { Store } from '../../store/store.ts';
import type { DeliveryFilter } from '../../store/webhook-rows.ts';
import type { Scripts } from '../scripts.ts';

export interface WebhookAdmin {
  /** The newest first, at most as many as limits.listedDeliveryCountMax. */
  listDeliveries(input: DeliveryFilter): Promise<readonly DeliveryView[]>;
  /** Sends again, with the same key and bytes and a fresh horizon: one delivery, or all that were given up. Gives how many. */
  replayDeliveries(input: {
    readonly deliveryNo: number | null;
    readonly endpointNo: number | null;
  }): Promise<number>;
  listWebhookEndpoints(input: { readonly accountId: string | null }): Promise<readonly EndpointView[]>;
  enableWebhookEndpoint(input: { readonly endpointNo: number }): Promise<null>;
  listSigningKeys(input: object): Promise<readonly SigningKeyView[]>;
  /** Makes a new key. `now`: it signs at once; `revoke`: the others are gone at once, because they were stolen. */
  rotateSigningKey(input: {
    readonly now: boolean;
    readonly revoke: boolean;
  }): Promise<readonly SigningKeyView[]>;
}

export function createWebhookAdmin(store: Store<Scripts>, wake: () => void): WebhookAdmin {
  return {
    listDeliveries: async (filter) => store.read('deliveries', filter),
    replayDeliveries: async (request) => {
      // Each transaction takes a bounded number, and finds what the ones before it left.
      let count = 0;
      let taken: number;
      do {
        taken = await store.write('replayDeliveries', { ...request, nowMs: systemClock.now() });
        count += taken;
        if (taken > 0) wake();
      } while (request.deliveryNo === null && taken > 0);
      return count;
    },
    listWebhookEndpoints: async (input) => store.read('webhookEndpoints', input),
    enableWebhookEndpoint: async (input) => {
      await store.write('enableEndpoint', { ...input, nowMs: systemClock.now() });
      wake();
      return null;
    },
    listSigningKeys: async () => store.read('listSigningKeys', {}),
    rotateSigningKey: async ({ now, revoke }) => {
      const nowMs = systemClock.now();
      const signsFrom = nowMs + (now ? 0 : signsAfterMs);
      await store.write('rotateSigningKey', { key: makeSigningKey(), nowMs, signsFrom, revokes: revoke });
      return store.read('listSigningKeys', {});
    },
  };
}
