/** One call of 100,000 members at a time: accepted durably, and matched inline, beside the SDK and the floor; over every door. */
import { syncBody, type SyncBody } from '../support/members.ts';
import { startOurs, startSdk, startSink, type BenchServer } from '../support/servers.ts';
import type { BenchDoor } from '../support/doors.ts';
import { quantile } from '../support/statistics.ts';
import { accountId, knownSeed } from '../support/world.ts';
import type { Context } from '../support/context.ts';
import { roundsOf, type Candidate } from './accept-rounds.ts';

/** Longer than a match takes, so that the final answer is always the one measured. */
const inlineWaitMs = 20_000;

interface Bodies {
  readonly fresh: SyncBody;
  readonly into: SyncBody;
}

/** A whole call for a new audience, and one of which half is in the big audience already. */
function bodiesOf(context: Context, door: BenchDoor): Bodies {
  const { callMembers: count, bigMembers } = context.sizes;
  const half = count / 2;
  const ranges = [
    { first: 0, count: half },
    { first: bigMembers + 50_000_000, count: count - half },
  ];
  return {
    fresh: syncBody({ accountId, ranges: [{ first: 0, count }], seed: knownSeed, door }),
    into: syncBody({ accountId, ranges, seed: 'changed', door }),
  };
}

const fresh = (call: number): string => `new-${process.pid}-${call}`;

function peers({ fresh: body }: Bodies): readonly Candidate[] {
  const shared = { body, audience: fresh, matches: false };
  return [
    { ...shared, name: 'sink', start: async () => ({ server: await startSink(), key: '' }) },
    { ...shared, name: 'sdk', start: async () => ({ server: await startSdk(), key: '' }) },
  ];
}

/** Our own, by door; `ready` only where an answer may wait for matching. */
async function ours(context: Context, door: BenchDoor, bodies: Bodies): Promise<readonly Candidate[]> {
  const big = await context.bigWorld();
  const inBig = async (waitMs: number): Promise<{ server: BenchServer; key: string }> => {
    return { server: await startOurs(big.dataDir, waitMs), key: big.key };
  };
  const shared = { body: bodies.fresh, audience: fresh, matches: false };
  const all: readonly Candidate[] = [
    {
      ...shared,
      name: `${door}, empty`,
      start: async () => {
        const { dataDir, key } = await context.emptyWorld();
        return { server: await startOurs(dataDir, 0), key };
      },
    },
    {
      ...shared,
      name: `${door}, big`,
      start: async () => inBig(0),
      body: bodies.into,
      audience: () => 'big',
    },
    { ...shared, name: `${door}, ready`, start: async () => inBig(inlineWaitMs), matches: true },
  ];
  return door === 'REST' ? all.slice(0, 2) : all;
}

export async function measureAccept(context: Context): Promise<void> {
  const bodies = bodiesOf(context, 'MCP');
  const candidates = [...peers(bodies), ...(await ours(context, 'MCP', bodies))];
  const of = await roundsOf(context, 'accept', candidates);
  const shared = { unit: 'ms', wanted: 'at most' } as const;
  const sdk = { peerName: 'official SDK in memory', peer: of('sdk').ms };
  context.row({
    ...shared,
    ...sdk,
    measure: 'accept into an empty audience',
    ours: of('MCP, empty').ms,
    bound: 0.25,
  });
  context.row({
    ...shared,
    ...sdk,
    measure: 'accept into a big audience',
    ours: of('MCP, big').ms,
    bound: 0.25,
  });
  context.row({
    ...{ ...shared, measure: 'accept into an empty audience', ours: of('MCP, empty').ms },
    ...{ peerName: 'receive only', peer: of('sink').ms, bound: 4 },
  });
  context.row({
    ...shared,
    ...sdk,
    measure: 'upload to ready, inline',
    ours: of('MCP, ready').ms,
    bound: 0.5,
  });
  context.row({
    ...{ measure: 'peak memory during accepts', unit: 'MB', ours: of('MCP, empty').peak },
    ...{ peerName: 'official SDK in memory', peer: of('sdk').peak, bound: 0.5, wanted: 'at most' },
  });
  const cpu = candidates.map(({ name }) => `${name} ${quantile(of(name).cpu, 0.5)}`);
  context.note(`Processor time a call in ms (all threads, matching included): ${cpu.join(', ')}.`);
  context.answer('accepted', context.sizes.callMembers);
}

/** The same ratios over the other doors, beside the same peers. */
export async function measureDoors(context: Context): Promise<void> {
  const doors = ['A2A 1.0', 'A2A 0.3', 'REST'] as const;
  const candidates = [...peers(bodiesOf(context, 'MCP'))];
  for (const door of doors) candidates.push(...(await ours(context, door, bodiesOf(context, door))));
  const of = await roundsOf(context, 'doors', candidates);
  const shared = { unit: 'ms', wanted: 'at most' } as const;
  const sdk = { peerName: 'official SDK in memory', peer: of('sdk').ms };
  const floor = { peerName: 'receive only', peer: of('sink').ms };
  for (const door of doors) {
    const [empty, big] = [of(`${door}, empty`).ms, of(`${door}, big`).ms];
    context.row({ ...shared, ...sdk, measure: `${door}: accept, empty audience`, ours: empty, bound: 0.25 });
    context.row({ ...shared, ...sdk, measure: `${door}: accept, big audience`, ours: big, bound: 0.25 });
    context.row({ ...shared, ...floor, measure: `${door}: accept, empty audience`, ours: empty, bound: 4 });
    if (door === 'REST') continue;
    const ready = of(`${door}, ready`).ms;
    context.row({ ...shared, ...sdk, measure: `${door}: upload to ready, inline`, ours: ready, bound: 0.5 });
  }
}
