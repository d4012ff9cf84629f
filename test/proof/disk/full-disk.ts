/** R5: a disk that is full is a pause, and not an end. */
import { setTimeout as sleep } from 'node:timers/promises';

import { createDice } from '../../fuzz/dice.ts';
import { callTool } from '../../support/seller.ts';
import { upload } from '../kills/clients.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { newPlace, type Place } from './faulty-disk.ts';

const cyclesPerLook = 10;
/** Writes that succeed before there is no room, and those that fail until there is. */
const roomMin = 150;
const roomMore = 600;
const failuresMax = 60;
const patienceMs = 30_000;

interface Cycle {
  readonly fault: string | null;
  readonly refused: number;
  /** How long nobody was acknowledged. */
  readonly pauseMs: number;
}

async function fillOnce(place: Place, from: number, count: number): Promise<Cycle | 'did not start'> {
  const server = await place.start(`pwrite64:error=ENOSPC:when=${from}..${from + count}`).catch(() => null);
  // The log of before has to be read in, which writes.
  if (server === null) return 'did not start';
  let isOver = false;
  const work = place.workOn(server, () => isOver);
  const { counts } = place;
  const refusedBefore = counts.refused;
  const uploads = Promise.all(place.clients.map(async (client) => upload(client, work)));
  const end = performance.now() + patienceMs;
  let fault: string | null = null;
  let readsWhileFull = 0;
  let fullAtMs: number | null = null;
  let acknowledged = counts.acknowledged;
  try {
    for (;;) {
      if (server.child.exitCode !== null) fault = `the server ended with ${server.child.exitCode}`;
      else if (performance.now() > end) fault = fullAtMs === null ? 'the disk was never full' : 'no recovery';
      if (fault !== null) break;
      if (fullAtMs === null && counts.refused > refusedBefore) {
        fullAtMs = performance.now();
        acknowledged = counts.acknowledged;
        // What only reads is answered meanwhile.
        const tasks = await callTool(server.url, place.key, 'list_tasks', {});
        if (tasks['query_summary'] !== undefined) readsWhileFull++;
      }
      if (fullAtMs !== null && counts.acknowledged > acknowledged + 5) break;
      await sleep(10);
    }
  } finally {
    isOver = true;
    await uploads;
    await server.kill();
  }
  if (fault === null && readsWhileFull === 0) fault = 'reads were not answered while the disk was full';
  const pauseMs = fullAtMs === null ? 0 : performance.now() - fullAtMs;
  return { fault, refused: counts.refused - refusedBefore, pauseMs };
}

async function run({ count, seed, say }: ProofOptions, isCareless: boolean): Promise<ProofResult> {
  const place = await newPlace(isCareless);
  const dice = createDice(seed);
  const broken: string[] = [];
  let refused = 0;
  let atStart = 0;
  let longestMs = 0;
  let tried = 0;
  try {
    for (; tried < count && broken.length < brokenShown; tried++) {
      const cycle = await fillOnce(place, roomMin + dice.below(roomMore), 5 + dice.below(failuresMax));
      if (cycle === 'did not start') {
        atStart++;
      } else {
        if (cycle.fault !== null) broken.push(cycle.fault);
        refused += cycle.refused;
        longestMs = Math.max(longestMs, cycle.pauseMs);
      }
      const isLast = tried === count - 1;
      if (!isLast && tried % cyclesPerLook !== cyclesPerLook - 1) continue;
      broken.push(...(await place.look(isLast)));
      say(
        `${tried + 1} times full, ${place.counts.acknowledged} calls acknowledged, ${broken.length} broken`,
      );
    }
  } finally {
    await place.close();
  }
  const figures = {
    'calls acknowledged': place.counts.acknowledged,
    'refused to start': atStart,
    'calls refused': refused,
    'longest pause with recovery, ms': Math.round(longestMs),
  };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

export const fullDisk: Proof = {
  name: 'full-disk',
  promise:
    'Over a file, while the disk is full calls that write are refused whole and those that read are answered; when there is room again the server goes on without a restart, and nothing that was acknowledged is lost.',
  unit: 'times full',
  shortCount: 2,
  longCount: 100,
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
