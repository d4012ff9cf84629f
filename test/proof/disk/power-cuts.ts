/** R3: the power goes at any moment, and any sector that was not flushed is lost or kept. */
import { createDice } from '../../fuzz/dice.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { createExaminer } from './examine.ts';
import { createDisk } from './images.ts';
import { record, type DiskEvent } from './record.ts';

/** Cuts of one recording, before another is made. */
const cutsPerRecording = 1_000;
/** Long enough that the log is moved into the database on the way, short enough that both are small. */
const callsPerRecording = 80;
/** So often the blocks are read as well. */
const cutsPerReading = 25;

interface Plan {
  readonly isRelaxed: boolean;
  /** An acknowledgement is taken to have come so many flushes earlier. */
  readonly earlyBy: number;
}

/** Acknowledgements moved to before the flush that they waited for. */
function withEarlyAcks(events: readonly DiskEvent[], earlyBy: number): readonly DiskEvent[] {
  if (earlyBy === 0) return events;
  const moved: DiskEvent[] = [];
  const syncs: number[] = [];
  for (const event of events) {
    if (event.kind === 'ack') {
      const at = syncs.at(-earlyBy) ?? 0;
      moved.splice(at, 0, event);
      for (const [index, sync] of syncs.entries()) if (sync >= at) syncs[index] = sync + 1;
      continue;
    }
    if (event.kind === 'sync') syncs.push(moved.length);
    moved.push(event);
  }
  return moved;
}

/** Places in the recording, after the first acknowledgement, in their order. */
function placesOf(events: readonly DiskEvent[], count: number, seed: number): readonly number[] {
  const dice = createDice(seed);
  const first = events.findIndex(({ kind }) => kind === 'ack');
  return Array.from({ length: count }, () => first + 1 + dice.below(events.length - first)).sort(
    (one, other) => one - other,
  );
}

interface Tally {
  tried: number;
  lost: number;
  corrupt: number;
  acknowledged: number;
  readonly broken: string[];
}

async function cutOneRecording(
  { isRelaxed, earlyBy }: Plan,
  count: number,
  seed: number,
  tally: Tally,
): Promise<void> {
  const events = withEarlyAcks(await record(callsPerRecording, isRelaxed), earlyBy);
  const acknowledged: string[] = [];
  const disk = createDisk();
  const examiner = createExaminer();
  const dice = createDice(seed + 1);
  let next = 0;
  try {
    for (const place of placesOf(events, count, seed)) {
      for (; next < place; next++) {
        const event = events[next]!;
        if (event.kind === 'ack') acknowledged.push(event.name);
        else disk.apply(event);
      }
      const readsBlocks = tally.tried++ % cutsPerReading === 0;
      const faults = examiner.examine(disk.afterPowerCut(dice), acknowledged, readsBlocks);
      if (faults.some((fault) => fault.startsWith('lost'))) tally.lost++;
      if (faults.some((fault) => fault.startsWith('corrupt'))) tally.corrupt++;
      tally.broken.push(...faults.map((fault) => `at event ${place} of ${events.length}: ${fault}`));
    }
    tally.acknowledged += acknowledged.length;
  } finally {
    examiner.close();
  }
}

async function run({ count, seed, say }: ProofOptions, plan: Plan): Promise<ProofResult> {
  const tally: Tally = { tried: 0, lost: 0, corrupt: 0, acknowledged: 0, broken: [] };
  for (let recording = 0; tally.tried < count; recording++) {
    const cuts = Math.min(cutsPerRecording, count - tally.tried);
    await cutOneRecording(plan, cuts, seed + recording * 1_000, tally);
    say(`${tally.tried} cuts, ${tally.lost} with losses, ${tally.corrupt} corrupt`);
  }
  const figures = {
    'acknowledged calls in the recordings': tally.acknowledged,
    'cuts with losses': tally.lost,
    'cuts with damage': tally.corrupt,
  };
  return { tried: tally.tried, figures, broken: tally.broken.slice(0, brokenShown) };
}

export const powerCuts: Proof = {
  name: 'power-cuts',
  promise:
    'Over a file, power that goes at any moment, with each 512-byte sector that was not flushed lost or kept by chance, loses no acknowledged call and damages nothing.',
  unit: 'cuts',
  shortCount: 100,
  longCount: 20_000,
  run: async (options) => run(options, { isRelaxed: false, earlyBy: 0 }),
  planted: [
    {
      name: 'synchronous=NORMAL, the negative control',
      count: 30,
      run: async (options) => run(options, { isRelaxed: true, earlyBy: 0 }),
    },
    {
      name: 'acknowledged two flushes too early',
      count: 30,
      run: async (options) => run(options, { isRelaxed: false, earlyBy: 2 }),
    },
  ],
};
