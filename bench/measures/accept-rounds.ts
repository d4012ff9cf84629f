/** Rounds of single calls of 100,000 members: every candidate by turns, each in a fresh server. */
import { contentOf, doorHeaders } from '../support/doors.ts';
import { pause, send } from '../support/http.ts';
import type { SyncBody } from '../support/members.ts';
import type { BenchServer } from '../support/servers.ts';
import { truthOf } from '../support/world.ts';
import { upload, type Context } from '../support/context.ts';

export interface Candidate {
  readonly name: string;
  readonly start: () => Promise<{ readonly server: BenchServer; readonly key: string }>;
  readonly body: SyncBody;
  readonly audience: (call: number) => string;
  readonly matches: boolean;
  /** Processor time in ms so far of a database server that it works with. */
  readonly databaseCpuMs?: () => number;
}
export interface Samples {
  readonly ms: number[];
  readonly peak: number[];
  /** Processor time a call, with what goes on behind its answer. */
  readonly cpu: number[];
  /** The same of the database server. */
  readonly databaseCpu: number[];
  readonly loopMax: number[];
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
    const { tasks } = contentOf(
      'MCP',
      await send(`${server.url}/mcp`, 'POST', openTasks, { key, headers: doorHeaders.MCP }),
    );
    if (!Array.isArray(tasks)) throw new Error('list_tasks lists tasks');
    if (tasks.length === 0) return;
    await pause(20);
  }
}

async function round(context: Context, candidate: Candidate, samples: Samples): Promise<void> {
  const { warmUps, samples: sampleCount, pauseMs, callMembers } = context.sizes;
  const { server, key } = await candidate.start();
  const { databaseCpuMs = () => 0 } = candidate;
  for (let call = 0; call < warmUps + sampleCount; call++) {
    const audienceId = candidate.audience(nextCall++);
    const cpuBefore = server.cpuMs();
    const databaseBefore = databaseCpuMs();
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
    if (call < warmUps) continue;
    samples.cpu.push(server.cpuMs() - cpuBefore);
    samples.databaseCpu.push(databaseCpuMs() - databaseBefore);
  }
  samples.peak.push(server.peakMegabytes());
  samples.loopMax.push((await server.loopDelay()).max);
  await server.stop();
}

/** The samples of every candidate, by its name. */
export async function roundsOf(
  context: Context,
  what: string,
  candidates: readonly Candidate[],
): Promise<(name: string) => Samples> {
  const all = new Map<string, Samples>(
    candidates.map(({ name }) => [name, { ms: [], cpu: [], databaseCpu: [], peak: [], loopMax: [] }]),
  );
  for (let i = 0; i < context.sizes.rounds; i++) {
    for (const candidate of candidates) await round(context, candidate, all.get(candidate.name)!);
    context.say(`${what}: round ${i + 1} of ${context.sizes.rounds}`);
  }
  return (name) => all.get(name)!;
}
