/** Deliveries and endpoints as the operator sees them, and what the operator can do with them. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { Script } from '../../store/script.ts';
import {
  enableEndpointRow,
  listedDeliveries,
  listedEndpoints,
  replayDelivery,
  type DeliveryFilter,
  type ListedDeliveryRow,
} from '../../store/webhook-rows.ts';
import type { Sealer } from '../seal.ts';

/** One delivery as the operator sees it. */
export interface DeliveryView extends Omit<ListedDeliveryRow, 'address' | 'accountNo'> {
  /** Without query and user, which may be secrets. */
  readonly address: string;
}

export interface EndpointView {
  readonly endpointNo: number;
  readonly accountId: string;
  readonly address: string;
  readonly state: 'ok' | 'failing' | 'disabled';
  readonly failingSince: number | null;
  readonly lastSuccessAt: number | null;
  readonly quietUntil: number | null;
  readonly waitingCount: number;
}

export interface ReplayRequest {
  /** One delivery, or all that were given up: of one endpoint, or of every one. */
  readonly deliveryNo: number | null;
  readonly endpointNo: number | null;
  readonly nowMs: number;
}

/** Scheme, host, port and path. */
function shownAddress(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

export function createWebhookOperatorScripts(sealer: Sealer) {
  const openAddress = (sealed: Uint8Array): string => shownAddress(sealer.open<string>(sealed));
  const view = ({ address, accountNo: _, ...row }: ListedDeliveryRow): DeliveryView => ({
    ...row,
    address: openAddress(address),
  });
  return {
    *deliveries(filter: DeliveryFilter): Script<readonly DeliveryView[]> {
      return (yield* listedDeliveries(filter, limits.listedDeliveryCountMax)).map(view);
    },

    *webhookEndpoints({ accountId }: { readonly accountId: string | null }): Script<readonly EndpointView[]> {
      return (yield* listedEndpoints(accountId)).map(({ address, accountNo: _, ...row }) => ({
        ...row,
        address: openAddress(address),
      }));
    },

    *replayDeliveries({ deliveryNo, endpointNo, nowMs }: ReplayRequest): Script<number> {
      const state = deliveryNo === null ? 'given_up' : null;
      const filter = { accountId: null, state, endpointNo, deliveryNo };
      const rows = yield* listedDeliveries(filter, limits.listedDeliveryCountMax);
      const [first] = rows;
      if (deliveryNo !== null && first === undefined) throw notFound('delivery', 'rollcall webhook list');
      let count = 0;
      for (const row of rows) count += yield* replayDelivery(row.accountNo, row.deliveryNo, nowMs);
      if (deliveryNo !== null && count === 0) throw notReplayable();
      return count;
    },

    *enableEndpoint({ endpointNo }: { readonly endpointNo: number; readonly nowMs: number }): Script<null> {
      const row = (yield* listedEndpoints(null)).find((one) => one.endpointNo === endpointNo);
      if (row === undefined) throw notFound('endpoint', 'rollcall webhook endpoints');
      yield* enableEndpointRow(row.accountNo, endpointNo);
      return null;
    },
  };
}

function notFound(what: string, list: string): AppError {
  return new AppError('INVALID_REQUEST', `There is no such ${what}.`, { suggestion: `See "${list}".` });
}

function notReplayable(): AppError {
  return new AppError('INVALID_REQUEST', 'That delivery cannot be sent again.', {
    suggestion:
      'Only one that was delivered or given up can, and for 30 days; one that waits is tried again by itself.',
  });
}
