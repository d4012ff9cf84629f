/** R6: a flush that fails is never papered over. */
import { once } from 'node:events';

import { createDice } from '../../fuzz/dice.ts';
import type { ServerProcess } from '../../support/process.ts';
import { upload } from '../kills/clients.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { newPlace, type Place } from './faulty-disk.ts';

/** The flush that fails is one of the first so many of its thread. */
const flushCountMax = 40;
const faultsPerLook = 10;
/** A server whose disk never fails in this time ran out of flushes: nothing was tried. */
const patienceMs = 20_000;
/** The promise is one second, on a machine that does nothing else. */
const slowestEndMs = 5_000;

interface Ended {
  readonly code: number | null;
  /** Between the last acknowledgement and the end. */
  readonly afterMs: number;
}

async function untilEnd(server: ServerProcess): Promise<number | null> {
  if (server.child.exitCode !== null) return server.child.exitCode;
  const patience = setTimeout(() => server.child.kill('SIGKILL'), patienceMs);
  const [code] = (await once(server.child, 'exit')) as [number | null];
  clearTimeout(patience);
  return code;
}

async function failOnce(place: Place, flush: number): Promise<Ended | 'did not start'> {
  const server = await place.start(`fsync,fdatasync:error=EIO:when=${flush}`).catch(() => null);
  if (server === null) return 'did not start';
  let isOver = false;
  let heardMs = performance.now();
  const work = place.workOn(server, () => isOver);
  const before = place.counts.acknowledged;
  let seen = before;
  const watch = setInterval(() => {
    if (place.counts.acknowledged > seen) heardMs = performance.now();
    seen = place.counts.acknowledged;
  }, 10);
  const uploads = Promise.all(place.clients.map(async (client) => upload(client, work)));
  const code = await untilEnd(server);
  const afterMs = performance.now() - heardMs;
  isOver = true;
  await uploads;
  clearInterval(watch);
  return { code, afterMs };
}

async function run({ count, seed, say }: ProofOptions, isCareless: boolean): Promise<ProofResult> {
  const place = await newPlace(isCareless);
  const dice = createDice(seed);
  const broken: string[] = [];
  let atStart = 0;
  let slowestMs = 0;
  let tried = 0;
  try {
    for (; tried < count && broken.length < brokenShown; tried++) {
      const ended = await failOnce(place, 1 + dice.below(flushCountMax));
      if (ended === 'did not start') atStart++;
      else {
        slowestMs = Math.max(slowestMs, ended.afterMs);
        if (ended.code === null || ended.code === 0)
          broken.push(`the server went on, or ended with ${ended.code}`);
        else if (ended.afterMs > slowestEndMs)
          broken.push(`the server ended ${ended.afterMs.toFixed(0)} ms later`);
      }
      const isLast = tried === count - 1;
      if (!isLast && tried % faultsPerLook !== faultsPerLook - 1) continue;
      broken.push(...(await place.look(isLast)));
      say(
        `${tried + 1} failed flushes, ${place.counts.acknowledged} calls acknowledged, ${broken.length} broken`,
      );
    }
  } finally {
    await place.close();
  }
  const figures = {
    'calls acknowledged': place.counts.acknowledged,
    'refused to start': atStart,
    'slowest end after the last acknowledgement, ms': Math.round(slowestMs),
  };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

export const failedSync: Proof = {
  name: 'failed-sync',
  promise:
    'Over a file, a flush (fsync) that fails ends the server with an error, nothing is acknowledged after it, and the next start has everything that was.',
  unit: 'failed flushes',
  shortCount: 2,
  longCount: 200,
  run: async (options) => run(options, false),
  planted: [
    {
      name: 'a commit that failed is taken for done',
      count: 1,
      isSlow: true,
      run: async (options) => run(options, true),
    },
  ],
};
