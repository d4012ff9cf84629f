/** What others notice while large bodies arrive: times of small calls, delays of the server's main event loop. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { pause } from '../support/http.ts';
import { syncBody } from '../support/members.ts';
import { startOurs, startSdk, startSink, type BenchServer } from '../support/servers.ts';
import { quantile } from '../support/statistics.ts';
import { accountId, knownSeed } from '../support/world.ts';
import { upload, type Context } from '../support/context.ts';

const bodyCount = 8;
const bodyEveryMs = 100;
const probeFile = fileURLToPath(new URL('../support/probe.ts', import.meta.url));

interface Times {
  readonly get: readonly number[];
  readonly tool: readonly number[];
}

/** Probes while `work` runs. */
async function probing(server: BenchServer, key: string, work: () => Promise<void>): Promise<Times> {
  const probe = spawn(process.execPath, [probeFile, server.url, ...(key === '' ? [] : [key])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  const begun = new Promise<void>((resolve) => {
    probe.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.includes('probing\n')) resolve();
    });
  });
  const ended = once(probe, 'close');
  await Promise.race([begun, ended]);
  await work();
  probe.kill('SIGTERM');
  await ended;
  return JSON.parse(out.slice(out.indexOf('{'))) as Times;
}

export async function measureLatency(context: Context): Promise<void> {
  const { callMembers: count, rounds } = context.sizes;
  const bodies = Array.from({ length: bodyCount }, () =>
    syncBody({ accountId, ranges: [{ first: 0, count }], seed: knownSeed }),
  );
  const { dataDir, key } = await context.emptyWorld();
  const targets = [
    { server: await startSink(), key: '' },
    { server: await startSdk(), key: '' },
    { server: await startOurs(dataDir, 0), key },
  ];
  const p99: Record<string, number[]> = { sink: [], sdk: [], ours: [], 'ours tool': [] };
  const loop: Record<string, { p99: number; max: number }[]> = { sink: [], sdk: [], ours: [] };
  for (let i = 0; i <= (rounds === 1 ? 1 : 5); i++) {
    for (const { server, key: own } of targets) {
      await server.loopDelay();
      const { get, tool } = await probing(server, own, async () => {
        const calls = bodies.map(async (body, no) => {
          await pause(no * bodyEveryMs);
          await upload(server, own, body, `probe-${no}`);
        });
        await Promise.all(calls);
      });
      const delays = await server.loopDelay();
      // The first round warms up.
      if (i === 0) continue;
      p99[server.name]!.push(quantile([...get, ...tool], 0.99));
      if (tool.length > 0) p99['ours tool']!.push(quantile(tool, 0.99));
      loop[server.name]!.push(delays);
    }
    context.say(`latency: round ${i}`);
  }
  for (const { server } of targets) await server.stop();
  const shared = { unit: 'ms', peer: null, wanted: 'at most' } as const;
  const measure = 'small calls while uploads arrive, p99';
  context.row({ ...shared, measure, ours: p99['ours']!, peerName: 'bound', bound: 20 });
  context.row({
    ...{ ...shared, measure: 'event-loop delay, p99', ours: loop['ours']!.map((one) => one.p99) },
    ...{ peerName: 'bound', bound: 12 },
  });
  const median = (list: readonly number[]): string => quantile(list, 0.5).toFixed(1);
  context.note(
    `Small calls, p99 in ms: ours ${median(p99['ours']!)} (tool calls alone ${median(p99['ours tool']!)}), ` +
      `SDK ${median(p99['sdk']!)}, receive only ${median(p99['sink']!)}. Longest event-loop delay in ms: ` +
      `ours ${median(loop['ours']!.map((one) => one.max))}, SDK ${median(loop['sdk']!.map((one) => one.max))}, ` +
      `receive only ${median(loop['sink']!.map((one) => one.max))}.`,
  );
}
