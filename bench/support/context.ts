/** What every measure is given: sizes, directories made once, and where its rows go. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { contentOf, doorPath, restAudiences } from './doors.ts';
import { send, type AudienceAnswer } from './http.ts';
import { paddedAudience, syncBody, type SyncBody } from './members.ts';
import { startOurs, type BenchServer } from './servers.ts';
import { spreadOf, type Spread } from './statistics.ts';
import { accountId, knownSeed, makeWorld, type World } from './world.ts';

export interface Sizes {
  readonly callMembers: number;
  readonly smallMembers: number;
  readonly users: number;
  readonly bigMembers: number;
  readonly rounds: number;
  readonly warmUps: number;
  readonly samples: number;
  readonly windowMs: number;
  readonly pauseMs: number;
}

export const fullSizes: Sizes = {
  ...{ callMembers: 100_000, smallMembers: 1_000, users: 10_000_000, bigMembers: 10_000_000 },
  // A fresh server compiles its hot code during its first half dozen calls.
  ...{ rounds: 3, warmUps: 6, samples: 4, windowMs: 3_000, pauseMs: 150 },
};
export const smokeSizes: Sizes = {
  ...{ callMembers: 400, smallMembers: 50, users: 2_000, bigMembers: 1_200 },
  ...{ rounds: 1, warmUps: 1, samples: 1, windowMs: 150, pauseMs: 0 },
};

/** One line of the table. */
export interface Row {
  readonly measure: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly peerName: string;
  /** Null: the bound is on our figure itself. */
  readonly peer: Spread | null;
  readonly ratio: number;
  readonly bound: number;
  readonly wanted: 'at most' | 'at least';
  readonly isReached: boolean;
}

export interface Context {
  readonly sizes: Sizes;
  readonly directory: string;
  /** A directory with a graph of `users` and an audience `big` of `bigMembers`; made at the first call. */
  bigWorld(): Promise<World>;
  emptyWorld(): Promise<World>;
  row(
    row: Omit<Row, 'ratio' | 'isReached' | 'ours' | 'peer'> & {
      ours: readonly number[];
      peer: readonly number[] | null;
    },
  ): void;
  /** Something every server must agree on, or that follows from the inputs alone. */
  answer(name: string, value: unknown): void;
  note(text: string): void;
  say(text: string): void;
}

export interface Collected {
  readonly rows: Row[];
  readonly answers: Record<string, unknown>;
  readonly notes: string[];
}

export function createContext(
  sizes: Sizes,
  directory: string,
  say: (text: string) => void,
): { context: Context; collected: Collected } {
  const collected: Collected = { rows: [], answers: {}, notes: [] };
  let big: Promise<World> | null = null;
  let emptyCount = 0;
  const context: Context = {
    sizes,
    directory,
    say,
    bigWorld: async () => (big ??= makeBigWorld(sizes, join(directory, 'big'), say)),
    emptyWorld: async () => makeWorld(join(directory, `empty-${process.pid}-${emptyCount++}`), 0, 0),
    row({ ours, peer, ...rest }) {
      const own = spreadOf(ours);
      const other = peer === null ? null : spreadOf(peer);
      const ratio = other === null ? own.median : own.median / other.median;
      const isReached = rest.wanted === 'at most' ? ratio <= rest.bound : ratio >= rest.bound;
      collected.rows.push({ ...rest, ours: own, peer: other, ratio, isReached });
    },
    answer: (name, value) => {
      collected.answers[name] = value;
    },
    note: (text) => collected.notes.push(text),
  };
  return { context, collected };
}

async function makeBigWorld(sizes: Sizes, dataDir: string, say: Context['say']): Promise<World> {
  const record = join(dataDir, 'bench-world.json');
  const kept = await readFile(record, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as World;
  await mkdir(dataDir, { recursive: true });
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);
  const world = await makeWorld(dataDir, sizes.users, sizes.callMembers);
  say(`graph of ${world.graphEntries} entries made in ${seconds()} s`);
  const server = await startOurs(dataDir, 30_000);
  for (let first = 0; first < sizes.bigMembers; first += sizes.callMembers) {
    const count = Math.min(sizes.callMembers, sizes.bigMembers - first);
    await upload(
      server,
      world.key,
      syncBody({ accountId, ranges: [{ first, count }], seed: knownSeed }),
      'big',
    );
  }
  await server.stop();
  say(`audience of ${sizes.bigMembers} members there after ${seconds()} s`);
  await writeFile(record, JSON.stringify(world));
  return world;
}

/** One call; gives the time and what the answer says. Every server must have counted the members sent. */
export async function upload(
  server: BenchServer,
  key: string,
  body: SyncBody,
  audienceId: string,
): Promise<{ readonly ms: number; readonly audience: AudienceAnswer | null }> {
  const headers = body.aim(audienceId);
  const url = `${server.url}${doorPath(body.door, accountId)}`;
  const answer = await send(url, 'POST', body.bytes, { key, headers }).catch((cause: unknown) => {
    throw new Error(`${server.name} broke a call off: ${server.log()}`, { cause });
  });
  if (server.name === 'sink') return { ms: answer.ms, audience: null };
  const audiences =
    body.door === 'REST'
      ? await restAudiences(server.url, key, answer)
      : (contentOf(body.door, answer)['audiences'] as readonly AudienceAnswer[]);
  // An answer may list the account's other audiences too.
  const named = audiences.filter((one) => one.audience_id.startsWith(paddedAudience(audienceId)));
  const [audience] = named;
  if (audience === undefined || named.some(({ action }) => action === 'failed')) {
    throw new Error(`a measured call was not accepted: ${answer.text.slice(0, 600)}`);
  }
  const taken = named.reduce((sum, one) => sum + (one.uploaded_count ?? 0), 0);
  if (taken !== body.count) throw new Error(`${server.name} took ${taken} members`);
  return { ms: answer.ms, audience };
}
