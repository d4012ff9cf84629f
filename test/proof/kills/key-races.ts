/** R14: the same key at two servers at the same instant is one call. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { callTool, sha256 } from '../../support/seller.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { account } from './clients.ts';
import { newPlace } from './nodes.ts';

const nodeCount = 2;
/** Races that run side by side. */
const lanes = 8;
/** Lists that the races change: an answer names all of them. */
const listCount = 8;
const racesPerLook = 200;

type Verdict = 'done' | 'replayed' | 'in flight' | 'conflict' | 'other';

interface Answer {
  readonly verdict: Verdict;
  readonly taskId: unknown;
}

async function send(
  url: string,
  key: string,
  idempotencyKey: string,
  list: number,
  member: string,
): Promise<Answer> {
  const add = [{ external_id: member, hashed_email: sha256(member) }];
  const answer = await callTool(url, key, 'sync_audiences', {
    ...{ adcp_version: '3.1', idempotency_key: idempotencyKey, account },
    audiences: [{ audience_id: `list-${list}`, add }],
  });
  const [error] = (answer['errors'] as { code: string }[] | undefined) ?? [];
  const { code } = error ?? (answer['adcp_error'] as { code: string } | undefined) ?? {};
  if (code === 'IDEMPOTENCY_CONFLICT') return { verdict: 'conflict', taskId: null };
  if (code === 'IDEMPOTENCY_IN_FLIGHT') return { verdict: 'in flight', taskId: null };
  if (code !== undefined || !Array.isArray(answer['audiences'])) return { verdict: 'other', taskId: null };
  return { verdict: answer['replayed'] === true ? 'replayed' : 'done', taskId: answer['task_id'] };
}

/** What the two answers say that cannot be. */
function faultOf(answers: readonly Answer[], isEqual: boolean): string | null {
  const verdicts = answers.map(({ verdict }) => verdict).sort();
  const said = verdicts.join(' and ');
  const allowed = isEqual ? ['done and replayed', 'done and in flight'] : ['conflict and done'];
  return allowed.includes(said) ? null : `${isEqual ? 'equal' : 'unequal'} calls: ${said}`;
}

interface Racing {
  readonly urls: readonly string[];
  readonly key: string;
  /** What the second call's key is made from the first one's. */
  readonly secondKey: (key: string) => string;
}

async function race(
  { urls, key, secondKey }: Racing,
  at: number,
): Promise<readonly [string | null, readonly Answer[]]> {
  const isEqual = at % 3 !== 2;
  const once = `race-${randomUUID()}`;
  const members = [`m-${at}`, isEqual ? `m-${at}` : `n-${at}`] as const;
  // Neither server is always the first to be asked.
  const order = at % 2 === 0 ? [0, 1] : [1, 0];
  const answers = await Promise.all(
    order.map(async (which) =>
      send(
        urls[which] ?? '',
        key,
        which === 0 ? once : secondKey(once),
        at % listCount,
        members[which] ?? '',
      ),
    ),
  );
  return [faultOf(answers, isEqual), answers];
}

async function executions(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) AS count FROM operation');
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

async function run({ count, say }: ProofOptions, secondKey: (key: string) => string): Promise<ProofResult> {
  const place = await newPlace(nodeCount);
  const servers = await Promise.all([0, 1].map(async (which) => place.start(which)));
  const racing = { urls: servers.map(({ url }) => url), key: place.key, secondKey };
  const broken: string[] = [];
  const seen: Record<Verdict, number> = { done: 0, replayed: 0, 'in flight': 0, conflict: 0, other: 0 };
  let tried = 0;
  try {
    while (tried < count && broken.length < brokenShown) {
      const until = Math.min(count, tried + racesPerLook);
      const lane = async (): Promise<void> => {
        while (tried < until) {
          const [fault, answers] = await race(racing, tried++);
          if (fault !== null) broken.push(fault);
          for (const { verdict } of answers) seen[verdict]++;
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      const executed = await executions(place.url);
      if (executed !== tried) broken.push(`${executed} executions of ${tried} keys`);
      say(`${tried} races, ${executed} executions, ${broken.length} broken`);
    }
  } finally {
    await Promise.all(servers.map(async (server) => server.kill()));
    await place.close();
  }
  const { replayed, conflict } = seen;
  const figures = { 'answered as replays': replayed, 'in flight': seen['in flight'], conflicts: conflict };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

export const keyRaces: Proof = {
  name: 'key-races',
  promise:
    'The same idempotency key at two servers at the same instant is executed once: equal calls get one outcome, of unequal ones the second is a conflict.',
  unit: 'races',
  shortCount: 200,
  longCount: 5_000,
  run: async (options) => run(options, (key) => key),
  planted: [
    {
      name: 'the second server does not know the key',
      count: 20,
      run: async (options) => run(options, (key) => `${key}-b`),
    },
  ],
};
