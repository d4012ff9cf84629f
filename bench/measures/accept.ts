/** One call of 100,000 members at a time: accepted durably, and matched inline, beside the SDK and the floor. */
import { contentOf, pause, send } from '../support/http.ts';
import { syncBody, type SyncBody } from '../support/members.ts';
import { startOurs, startSdk, startSink, type BenchServer } from '../support/servers.ts';
import { quantile } from '../support/statistics.ts';
import { accountId, knownSeed, truthOf } from '../support/world.ts';
import { upload, type Context } from '../support/context.ts';

interface Candidate {
  readonly name: string;
  readonly start: () => Promise<{ readonly server: BenchServer; readonly key: string }>;
  readonly body: SyncBody;
  readonly audience: (call: number) => string;
  readonly matches: boolean;
}
interface Samples {
  readonly ms: number[];
  readonly peak: number[];
  /** Processor time a call, with what goes on behind its answer. */
  readonly cpu: number[];
  readonly loopMax: number[];
}

/** Longer than a match takes, so that the final answer is always the one measured. */
const inlineWaitMs = 20_000;

async function candidatesOf(context: Context): Promise<readonly Candidate[]> {
  const { callMembers: count, bigMembers } = context.sizes;
  const body = syncBody({ accountId, ranges: [{ first: 0, count }], seed: knownSeed });
  const half = count / 2;
  const ranges = [
    { first: 0, count: half },
    { first: bigMembers + 50_000_000, count: count - half },
  ];
  const into = syncBody({ accountId, ranges, seed: 'changed' });
  const big = await context.bigWorld();
  const fresh = (call: number): string => `new-${process.pid}-${call}`;
  const shared = { body, audience: fresh, matches: false };
  const ours = async (waitMs: number): Promise<{ server: BenchServer; key: string }> => {
    return { server: await startOurs(big.dataDir, waitMs), key: big.key };
  };
  return [
    { ...shared, name: 'sink', start: async () => ({ server: await startSink(), key: '' }) },
    { ...shared, name: 'sdk', start: async () => ({ server: await startSdk(), key: '' }) },
    {
      ...shared,
      name: 'ours, empty',
      start: async () => {
        const { dataDir, key } = await context.emptyWorld();
        return { server: await startOurs(dataDir, 0), key };
      },
    },
    { name: 'ours, big', start: async () => ours(0), body: into, audience: () => 'big', matches: false },
    { ...shared, name: 'ours, ready', start: async () => ours(inlineWaitMs), matches: true },
  ];
}

let nextCall = 0;

const openTasks = Buffer.from(
  JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: {
      name: 'list_tasks',
      arguments: { adcp_version: '3.0', filters: { statuses: ['submitted', 'working'] } },
    },
  }),
);

/** Until nothing that was sent before is still being matched. */
async function untilSettled(server: BenchServer, key: string): Promise<void> {
  if (server.name !== 'ours') return;
  for (;;) {
    const { tasks } = contentOf(await send(`${server.url}/mcp`, 'POST', openTasks, key));
    if (!Array.isArray(tasks)) throw new Error('list_tasks lists tasks');
    if (tasks.length === 0) return;
    await pause(20);
  }
}

async function round(context: Context, candidate: Candidate, samples: Samples): Promise<void> {
  const { warmUps, samples: sampleCount, pauseMs, callMembers } = context.sizes;
  const { server, key } = await candidate.start();
  for (let call = 0; call < warmUps + sampleCount; call++) {
    const audienceId = candidate.audience(nextCall++);
    const cpuBefore = server.cpuMs();
    const { ms, audience } = await upload(server, key, candidate.body, audienceId);
    if (call >= warmUps) samples.ms.push(ms);
    // A fresh server reads a big audience from disk once; that is not what a call costs.
    if (call === warmUps - 1) await untilSettled(server, key);
    if (candidate.matches) {
      const found = Object.fromEntries(
        (audience?.match_breakdown ?? []).map((row) => [row.id_type, row.matched]),
      );
      const { members, emails, phones } = truthOf(callMembers);
      const isTrue =
        audience?.status === 'ready' &&
        audience.matched_count === members &&
        found['hashed_email'] === emails &&
        found['hashed_phone'] === phones;
      if (!isTrue) throw new Error(`not the counts that the graph holds: ${JSON.stringify(audience)}`);
      context.answer('matched', { members: audience.matched_count, ...found });
    }
    // Time for what goes on behind an answer, and for everybody's garbage.
    await pause(pauseMs);
    if (call >= warmUps) samples.cpu.push(server.cpuMs() - cpuBefore);
  }
  samples.peak.push(server.peakMegabytes());
  samples.loopMax.push((await server.loopDelay()).max);
  await server.stop();
}

export async function measureAccept(context: Context): Promise<void> {
  const candidates = await candidatesOf(context);
  const all = new Map<string, Samples>(
    candidates.map(({ name }) => [name, { ms: [], cpu: [], peak: [], loopMax: [] }]),
  );
  for (let i = 0; i < context.sizes.rounds; i++) {
    for (const candidate of candidates) await round(context, candidate, all.get(candidate.name)!);
    context.say(`accept: round ${i + 1} of ${context.sizes.rounds}`);
  }
  const of = (name: string): Samples => all.get(name)!;
  const shared = { unit: 'ms', wanted: 'at most' } as const;
  const sdk = { peerName: 'official SDK in memory', peer: of('sdk').ms };
  context.row({
    ...shared,
    ...sdk,
    measure: 'accept into an empty audience',
    ours: of('ours, empty').ms,
    bound: 0.25,
  });
  context.row({
    ...shared,
    ...sdk,
    measure: 'accept into a big audience',
    ours: of('ours, big').ms,
    bound: 0.25,
  });
  context.row({
    ...{ ...shared, measure: 'accept into an empty audience', ours: of('ours, empty').ms },
    ...{ peerName: 'receive only', peer: of('sink').ms, bound: 4 },
  });
  context.row({
    ...shared,
    ...sdk,
    measure: 'upload to ready, inline',
    ours: of('ours, ready').ms,
    bound: 0.5,
  });
  context.row({
    ...{ measure: 'peak memory during accepts', unit: 'MB', ours: of('ours, empty').peak },
    ...{ peerName: 'official SDK in memory', peer: of('sdk').peak, bound: 0.5, wanted: 'at most' },
  });
  const cpu = [...all].map(([name, { cpu: list }]) => `${name} ${quantile(list, 0.5)}`);
  context.note(`Processor time a call in ms (all threads, matching included): ${cpu.join(', ')}.`);
  context.answer('accepted', context.sizes.callMembers);
}
