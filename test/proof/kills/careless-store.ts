/** A store over Postgres that is wrong on purpose, to see whether the proofs notice. */
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../../../src/base/faults.ts';
import { connect } from '../../../src/store/postgres/connection.ts';
import { runScript } from '../../../src/store/postgres/run-script.ts';
import type { Script } from '../../../src/store/script.ts';
import { contractScripts } from '../../../src/store/testing/contract-scripts.ts';
import type { LedgerStore } from './ledger.ts';

export type Carelessness =
  /** A commit whose answer was lost is simply run again. */
  | 'runs lost commits again'
  /** A commit is acknowledged before it is on the disk of the server. */
  | 'acknowledges before the flush';

/** In everything else it does as the product does. */
const writerLock = 'SELECT pg_advisory_xact_lock(1380147564)';
const patienceMs = 20_000;
const scripts = contractScripts as unknown as Readonly<Record<string, (input: unknown) => Script<unknown>>>;

/** Over a database that has its tables. */
export function openCarelessStore(url: string, carelessness: Carelessness): LedgerStore {
  const flushes = carelessness === 'runs lost commits again';
  let client: pg.Client | null = null;
  let tail: Promise<unknown> = Promise.resolve();

  const once = async (name: string, input: unknown): Promise<unknown> => {
    client ??= await connect(url);
    try {
      await client.query(`BEGIN; SET LOCAL synchronous_commit = ${flushes ? 'on' : 'off'}; ${writerLock}`);
      const output = await runScript(client, scripts[name]!(input));
      await client.query('COMMIT');
      return output;
    } catch (error) {
      if (error instanceof AppError) await client.query('ROLLBACK');
      throw error;
    }
  };
  const run = async (name: string, input: unknown): Promise<unknown> => {
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        return await once(name, input);
      } catch (error) {
        if (error instanceof AppError || performance.now() > until) throw error;
        void client?.end().catch(() => undefined);
        client = null;
        await sleep(20);
      }
    }
  };
  /** One after the other, as they share a connection. */
  const inTurn = async (name: string, input: unknown): Promise<unknown> => {
    const mine = tail.then(async () => run(name, input));
    tail = mine.catch(() => undefined);
    return mine;
  };
  return {
    write: inTurn as LedgerStore['write'],
    read: inTurn as LedgerStore['read'],
    close: async () => {
      await tail;
      await client?.end().catch(() => undefined);
    },
  };
}
