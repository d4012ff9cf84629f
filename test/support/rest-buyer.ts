/** A buyer who speaks REST, with an account of its own on a running seller. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { newBuyer, type Buyer } from './buyer.ts';
import { restCaller, type RestAnswer, type RestCaller } from './rest.ts';
import type { Seller } from './seller.ts';
import type { Fields } from './wire.ts';

export interface RestTask {
  readonly taskId: string;
  readonly status: string;
  readonly resourceId: string | null;
  readonly error: { readonly code: string; readonly field?: string; readonly details?: Fields } | null;
  readonly response: { readonly audiences: readonly Fields[]; readonly [name: string]: unknown } | null;
  readonly metadata: {
    readonly audiencesMatched: number;
    readonly audiencesToMatch: number;
    readonly membersMatched: number;
    readonly membersToMatch: number;
    readonly nextRunAt: string | null;
    readonly expectedAt: string | null;
  };
  readonly retryAfterSeconds: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RestRow {
  readonly audienceId: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly consentBasis: string | null;
  readonly status: string;
  readonly deleted: boolean;
  readonly uploadedCount: number | null;
  readonly matchedCount: number | null;
  readonly lastOperationStatus: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RestBuyer {
  readonly buyer: Buyer;
  readonly rest: RestCaller;
  /** `/advertisers/{id}` of its own account. */
  readonly home: string;
  /** A sync as it is answered. */
  send(body: Fields, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>;
  /** The task of a sync that must be accepted, at its end. */
  sync(...audiences: readonly Fields[]): Promise<RestTask>;
  task(taskId: unknown): Promise<RestTask>;
  /** The task once it is over. */
  ended(taskId: unknown): Promise<RestTask>;
  rows(query?: string): Promise<readonly RestRow[]>;
  row(audienceId: string): Promise<RestRow>;
}

const endMsMax = 30_000;

export async function newRestBuyer(seller: Seller, options: { sandbox?: boolean } = {}): Promise<RestBuyer> {
  const buyer = await newBuyer(seller, options);
  const rest = await restCaller(seller.url, buyer.key);
  const home = `/advertisers/${buyer.accountId}`;
  const send: RestBuyer['send'] = async (body, headers = {}) =>
    rest.ask(`${home}/audiences/sync`, { body, headers });
  const task: RestBuyer['task'] = async (taskId) =>
    (await rest.read(`/tasks/${String(taskId)}`))['task'] as RestTask;
  const ended: RestBuyer['ended'] = async (taskId) => {
    const end = performance.now() + endMsMax;
    for (;;) {
      const found = await task(taskId);
      if (found.retryAfterSeconds === null) return found;
      assert.ok(performance.now() < end, 'the task ends');
      await sleep(5);
    }
  };
  const rows: RestBuyer['rows'] = async (query = '') =>
    (await rest.read(`${home}/audiences${query}`))['audiences'] as readonly RestRow[];
  return {
    ...{ buyer, rest, home, send, task, ended, rows },
    sync: async (...audiences) => {
      const { httpStatus, text, body } = await send({ audiences });
      assert.equal(httpStatus, 202, text);
      return ended(body['taskId']);
    },
    row: async (audienceId) =>
      (await rows('?take=100')).find((row) => row.audienceId === audienceId) ??
      assert.fail(`${audienceId} is not listed`),
  };
}

/** What a test of counts compares. */
export function shownOf(row: RestRow): readonly unknown[] {
  return [row.status, row.uploadedCount, row.matchedCount, row.lastOperationStatus];
}
