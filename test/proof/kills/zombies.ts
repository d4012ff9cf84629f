/** R10: a process that stood still until another had its work writes nothing of it when it wakes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { systemClock } from '../../../src/platform/clock.ts';
import { openPostgresStore } from '../../../src/store/postgres/open-store.ts';
import { startPostgres } from '../../../src/store/testing/postgres-server.ts';
import { createDice } from '../../fuzz/dice.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { zombieScripts } from './zombie-scripts.ts';

const child = fileURLToPath(new URL('zombie-child.ts', import.meta.url));
const workerUrl = new URL('zombie-store-worker.ts', import.meta.url);
/** A server's is fifteen seconds. */
const leaseMs = 400;
const patienceMs = 20_000;

interface Worker {
  readonly process: ChildProcess;
  /** How often it began. */
  begun: number;
}

function startWorker(url: string, how: string): Worker {
  const process_ = spawn(process.execPath, [child, url, String(leaseMs), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const worker: Worker = { process: process_, begun: 0 };
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    worker.begun += text.split('begun').length - 1;
  });
  return worker;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} takes too long`);
    await sleep(5);
  }
}

/** The one that works stands still until the other does, and a little longer; gives who works then. */
async function standStill(working: Worker, waiting: Worker, moreMs: number): Promise<void> {
  const before = waiting.begun;
  working.process.kill('SIGSTOP');
  await until(() => waiting.begun > before, 'taking over');
  await sleep(moreMs);
  working.process.kill('SIGCONT');
}

/** Writes that came after one under a newer lease. */
const staleSql = `SELECT count(*) AS rows, count(*) FILTER (WHERE matched_at < newest) AS stale FROM (SELECT matched_at,
  max(matched_at) OVER (ORDER BY sample_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS newest FROM latency_sample) t`;

async function run({ count, seed, say }: ProofOptions, how: string): Promise<ProofResult> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  // The tables.
  const fatal = (): void => {};
  await (
    await openPostgresStore({ url, workerUrl, scripts: zombieScripts, clock: systemClock, fatal })
  ).close();
  const dice = createDice(seed);
  let [working, waiting] = [startWorker(url, how), startWorker(url, how)];
  const client = new pg.Client({ connectionString: url });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  let tried = 0;
  try {
    await client.connect();
    await until(() => working.begun + waiting.begun > 0, 'beginning');
    if (waiting.begun > 0) [working, waiting] = [waiting, working];
    for (; tried < count; tried++) {
      await sleep(20 + dice.below(60));
      await standStill(working, waiting, dice.below(60));
      [working, waiting] = [waiting, working];
      if (tried % 50 === 49) say(`${tried + 1} times`);
    }
    await sleep(200);
    const { rows } = await client.query<{ rows: string; stale: string }>(staleSql);
    const stale = Number(rows[0]?.stale);
    return {
      tried,
      figures: { writes: Number(rows[0]?.rows), 'stale writes': stale },
      broken: stale === 0 ? [] : Array.from({ length: Math.min(stale, brokenShown) }, () => 'a stale write'),
    };
  } finally {
    for (const { process: one } of [working, waiting]) {
      one.kill('SIGCONT');
      one.kill('SIGKILL');
      if (one.exitCode === null && one.signalCode === null) await once(one, 'exit');
    }
    await client.end();
    await postgres.destroy();
  }
}

export const zombies: Proof = {
  name: 'zombies',
  promise:
    'A process that stands still (SIGSTOP) until another has taken over its work, and wakes in the middle of a write, changes nothing under the lease that it lost.',
  unit: 'zombies',
  shortCount: 4,
  longCount: 500,
  run: async (options) => run(options, 'careful'),
  planted: [
    {
      name: 'writes do not name their lease',
      count: 12,
      run: async (options) => run(options, 'careless'),
    },
  ],
};
