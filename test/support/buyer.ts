/** A buyer with an account of its own on a running seller, for tests that read like the contract. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { noteCanary } from './canaries.ts';
import { mcp, type Door } from './doors.ts';
import type { Seller } from './seller.ts';
import type { Fields, WireAnswer } from './wire.ts';

export interface Item {
  readonly audience_id: string;
  readonly action: string;
  readonly status?: string;
  readonly uploaded_count?: number;
  readonly total_uploaded_count?: number;
  readonly matched_count?: number;
  readonly effective_match_rate?: number;
  readonly minimum_size?: number;
  readonly match_breakdown?: readonly {
    readonly id_type: string;
    readonly submitted: number;
    readonly matched: number;
    readonly match_rate: number;
  }[];
  readonly errors?: readonly {
    readonly code: string;
    readonly message: string;
    readonly field?: string;
    readonly details?: Fields;
  }[];
  readonly ext?: { readonly rollcall: Fields };
}

export interface Buyer {
  readonly accountId: string;
  readonly key: string;
  /** sync_audiences as a caller of 3.1 with a fresh key, unless the fields say otherwise. */
  send(fields?: Fields): Promise<WireAnswer>;
  /** The same, when it must succeed: the audiences of the answer. */
  sync(fields?: Fields): Promise<readonly Item[]>;
  /** The first audience of a sync of one. */
  one(audience: Fields): Promise<Item>;
  /** A caller of the older page: no version, no key. */
  legacy(fields?: Fields): Promise<WireAnswer>;
  /** An audience as discovery shows it once nothing of it is being matched. */
  settled(audienceId: string): Promise<Item>;
  call(tool: string, fields: Fields): Promise<WireAnswer>;
}

let number = 0;
const settleMsMax = 20_000;

export interface BuyerOptions {
  readonly sandbox?: boolean;
  /** The way in; MCP unless said. */
  readonly door?: Door;
}

export async function newBuyer(
  seller: Seller,
  { sandbox = true, door = mcp }: BuyerOptions = {},
): Promise<Buyer> {
  number += 1;
  const accountId = `acct_buyer_${number}`;
  const { admin } = seller.admin;
  await admin.createAccount({
    accountId,
    brandDomain: `brand${number}.example`,
    brandId: null,
    operator: 'agency.example',
    sandbox,
    name: null,
  });
  const { key } = await admin.createKey({ accountIds: [accountId], name: accountId, expiresAtMs: null });
  noteCanary('key', key);
  const call = async (tool: string, fields: Fields): Promise<WireAnswer> =>
    door.call({ url: seller.url, key }, tool, fields);
  const account = { account_id: accountId };
  const send = async (fields: Fields = {}): Promise<WireAnswer> =>
    call('sync_audiences', {
      adcp_version: '3.1',
      idempotency_key: `key-${randomUUID()}`,
      account,
      ...fields,
    });
  const sync = async (fields: Fields = {}): Promise<readonly Item[]> => {
    const answer = await send(fields);
    assert.equal(answer.content?.['status'], 'completed', answer.text);
    return answer.content['audiences'] as Item[];
  };
  return {
    accountId,
    key,
    call,
    send,
    sync,
    legacy: async (fields = {}) => call('sync_audiences', { account, ...fields }),
    one: async (audience) => (await sync({ audiences: [audience] }))[0]!,
    settled: async (audienceId) => {
      const end = performance.now() + settleMsMax;
      for (;;) {
        const item = (await sync()).find((one) => one.audience_id === audienceId);
        assert.ok(item !== undefined, 'the audience is listed');
        if (item.status !== 'processing') return item;
        assert.ok(performance.now() < end, 'matching ends');
        await sleep(5);
      }
    },
  };
}

/** What a test of counts compares: action, status and numbers as far as they are published. */
export function told(item: Item | undefined): readonly unknown[] {
  assert.ok(item !== undefined);
  return [item.action, item.status, item.total_uploaded_count, item.matched_count];
}

/** Rows of a match report as `type: matched/submitted`. */
export function rowsOf(item: Item): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (item.match_breakdown ?? []).map((row) => [row.id_type, `${row.matched}/${row.submitted}`]),
  );
}
