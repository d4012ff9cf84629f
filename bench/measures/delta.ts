/** 100,000 members, half of them there already with other hashes, into a big audience with exact counts. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { pause } from '../support/http.ts';
import { syncBody } from '../support/members.ts';
import { startOurs, startRows } from '../support/servers.ts';
import { accountId } from '../support/world.ts';
import { upload, type Context } from '../support/context.ts';

const inlineWaitMs = 20_000;
/** Checkpoints and merges that a delta caused count as written by it. */
const settleMs = 1_500;

export async function measureDelta(context: Context): Promise<void> {
  const { callMembers: count, bigMembers, rounds, warmUps, pauseMs } = context.sizes;
  const half = count / 2;
  const world = await context.bigWorld();
  const rowsDir = join(context.directory, 'rows');
  await mkdir(rowsDir, { recursive: true });
  const rows = { server: await startRows(rowsDir, bigMembers), key: '' };
  context.say('delta: rows are there');
  const ours = { server: await startOurs(world.dataDir, inlineWaitMs), key: world.key };
  const ms: Record<string, number[]> = { ours: [], rows: [] };
  const bytes: Record<string, number[]> = { ours: [], rows: [] };
  const totals: Record<string, number> = {};
  // New ids in every run: a kept directory has those of the runs before.
  let nextNew = bigMembers + (Math.floor(Date.now() / 1000) % 400) * 100_000;
  const calls = warmUps + (rounds === 1 ? 1 : 5);
  for (let call = 0; call < calls; call++) {
    const existing = { first: (call * half * 7) % (bigMembers - half), count: half };
    const body = syncBody({
      ...{ accountId, seed: `delta ${nextNew}` },
      ranges: [existing, { first: nextNew, count: count - half }],
    });
    nextNew += count - half;
    for (const { server, key } of [ours, rows]) {
      const before = server.writtenBytes();
      const { ms: took, audience } = await upload(server, key, body, 'big');
      await pause(pauseMs === 0 ? 0 : settleMs);
      const total = audience?.total_uploaded_count ?? Number.NaN;
      const grown = total - (totals[server.name] ?? total - (count - half));
      if (grown !== count - half) throw new Error(`${server.name} counted ${grown} new members`);
      totals[server.name] = total;
      if (call < warmUps) continue;
      ms[server.name]!.push(took);
      bytes[server.name]!.push((server.writtenBytes() - before) / 1e6);
    }
  }
  await ours.server.stop();
  await rows.server.stop();
  context.answer('new members of a delta', count - half);
  const shared = { measure: 'delta into a big audience, exact counts', peerName: 'tuned rows in SQLite' };
  context.row({
    ...shared,
    unit: 'ms',
    ours: ms['ours']!,
    peer: ms['rows']!,
    bound: 0.12,
    wanted: 'at most',
  });
  context.row({
    ...shared,
    unit: 'MB',
    ours: bytes['ours']!,
    peer: bytes['rows']!,
    bound: 0.05,
    wanted: 'at most',
  });
}
