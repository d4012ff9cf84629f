/** A buyer of media: the calls of media buys, with what every call needs. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { Buyer } from './buyer.ts';
import type { Fields, WireAnswer } from './wire.ts';

const dayMs = 24 * 3_600_000;
export const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

/** A package of what every seller sells. */
export const line = { product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 100 };

export interface MediaBuyer extends Buyer {
  create(what?: Fields): Promise<WireAnswer>;
  update(mediaBuyId: string, what: Fields): Promise<WireAnswer>;
  /** The buy as it is read. */
  read(mediaBuyId: string): Promise<Fields>;
}

export function mediaBuyer(buyer: Buyer): MediaBuyer {
  const fresh = (): Fields => ({
    adcp_version: '3.1',
    idempotency_key: `key-${randomUUID()}`,
    account: { account_id: buyer.accountId },
  });
  return {
    ...buyer,
    create: async (what = {}) =>
      buyer.call('create_media_buy', {
        ...{ ...fresh(), brand: { domain: 'acme.example' } },
        ...{ start_time: 'asap', end_time: inDays(30), packages: [line], ...what },
      }),
    update: async (mediaBuyId, what) =>
      buyer.call('update_media_buy', { ...fresh(), media_buy_id: mediaBuyId, ...what }),
    read: async (mediaBuyId) => {
      const { content } = await buyer.call('get_media_buys', { media_buy_ids: [mediaBuyId] });
      const [buy] = content?.['media_buys'] as readonly Fields[];
      assert.ok(buy !== undefined, 'the buy is there');
      return buy;
    },
  };
}

export const idOf = ({ content }: WireAnswer): string => String(content?.['media_buy_id']);
export const packagesOf = (fields: Fields | null): readonly Fields[] =>
  fields?.['packages'] as readonly Fields[];
