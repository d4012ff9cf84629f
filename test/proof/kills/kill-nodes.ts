/** R9: of three servers on one database one is killed, again and again; the others go on. */
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { createDice } from '../../fuzz/dice.ts';
import { runText, type ServerProcess } from '../../support/process.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { converge, faultsOf, newClients, upload, WrongAnswer, type Work } from './clients.ts';
import { newPlace, type Place } from './nodes.ts';

const nodeCount = 3;
const clientCount = 4;
const killsPerLook = 50;

/** Those that run now. One that was killed is started again at once, and takes part when it is ready. */
function createNodes(place: Place) {
  const running: (ServerProcess | null)[] = Array.from({ length: nodeCount }, () => null);
  const starting = new Map<number, Promise<void>>();
  let turn = 0;
  const start = (which: number): void => {
    const begun = place.start(which).then((server) => {
      running[which] = server;
      starting.delete(which);
    });
    starting.set(which, begun);
  };
  const live = (): readonly number[] => running.flatMap((server, at) => (server === null ? [] : [at]));
  return {
    live,
    startAll: async () => {
      for (const which of running.keys()) if (running[which] === null && !starting.has(which)) start(which);
      await Promise.all(starting.values());
    },
    urlInTurn: (): string | null => {
      const all = live();
      const which = all[turn++ % Math.max(1, all.length)];
      return which === undefined ? null : (running[which]?.url ?? null);
    },
    kill: async (which: number) => {
      const server = running[which];
      running[which] = null;
      await server?.kill();
      start(which);
    },
    killAll: async () => {
      await Promise.allSettled(starting.values());
      await Promise.all(running.map(async (server) => server?.kill()));
    },
  };
}

type Nodes = ReturnType<typeof createNodes>;

/** Kills one that runs, while another does; waits for that. */
async function killOne(nodes: Nodes, dice: ReturnType<typeof createDice>): Promise<void> {
  await sleep(50 + dice.below(600));
  while (nodes.live().length < 2) await sleep(20);
  const live = nodes.live();
  await nodes.kill(live[dice.below(live.length)] ?? 0);
}

async function look(
  place: Place,
  nodes: Nodes,
  work: Work,
  parts: {
    readonly clients: ReturnType<typeof newClients>;
    readonly receiver: Receiver;
    readonly isLast: boolean;
  },
): Promise<readonly string[]> {
  await nodes.startAll();
  try {
    await converge(parts.clients, work);
    const url = nodes.urlInTurn() ?? '';
    const faults = await faultsOf(url, { ...parts, key: work.key, promised: work.promised });
    const verified = await runText(['verify', '--data', place.dirs[0] ?? '']);
    return verified.code === 0 ? faults : [...faults, `verify: ${verified.out.trim().split('\n')[0]}`];
  } catch (error) {
    if (error instanceof WrongAnswer) return [error.message];
    throw error;
  }
}

/** Called after so many kills, on the database. */
type Meddle = (url: string, kill: number) => Promise<void>;

async function run({ count, seed, say }: ProofOptions, meddle: Meddle): Promise<ProofResult> {
  const place = await newPlace(nodeCount);
  const receiver = await startReceiver();
  const dice = createDice(seed);
  const nodes = createNodes(place);
  const clients = newClients(clientCount);
  const counts = { acknowledged: 0, interrupted: 0, refused: 0, replays: 0 };
  const promised = { taskIds: new Set<string>(), operationIds: new Set<string>() };
  const broken: string[] = [];
  let tried = 0;
  try {
    await nodes.startAll();
    while (tried < count && broken.length === 0) {
      let isOver = false;
      const work = {
        key: place.key,
        target: nodes.urlInTurn,
        receiver,
        counts,
        promised,
        isOver: () => isOver,
        // As much as nodes that live for seconds can match.
        pauseMs: 100,
      };
      const uploads = Promise.all(clients.map(async (client) => upload(client, work)));
      for (let kills = 0; kills < killsPerLook && tried < count; kills++, tried++) await killOne(nodes, dice);
      isOver = true;
      await uploads;
      await meddle(place.url, tried);
      broken.push(...(await look(place, nodes, work, { clients, receiver, isLast: tried === count })));
      say(
        `${tried} kills, ${counts.acknowledged} calls acknowledged, ${broken.length} broken: ${broken.join('; ')}`,
      );
    }
  } finally {
    await nodes.killAll();
    await receiver.close();
    await place.close();
  }
  const figures = {
    'calls acknowledged': counts.acknowledged,
    'attempts broken off': counts.interrupted,
    'answered as replays': counts.replays,
    'events delivered': receiver.deliveries.length,
  };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

/** An operation that was accepted is lost, with its members, as by a transaction that was acknowledged and not committed. */
async function loseOne(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A session that a crash ends is heard of by whoever asks, and must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  // What is counted later is counted from the members, and would mend it.
  for (;;) {
    const { rows } = await client.query(`SELECT 1 FROM operation WHERE state = 'pending' LIMIT 1`);
    if (rows.length === 0) break;
    await sleep(100);
  }
  const { rowCount } = await client.query(
    `UPDATE audience SET member_count = member_count - 1 WHERE member_count > 0 AND audience_no =
      (SELECT min(audience_no) FROM audience WHERE member_count > 0)`,
  );
  await client.end();
  if (rowCount !== 1) throw new Error('there is no list to lose a member of');
}

export const killNodes: Proof = {
  name: 'kill-nodes',
  promise:
    'Of three servers on one Postgres one is killed (SIGKILL) at any moment under load: its calls under way take effect once when they are sent to another, and nothing that was acknowledged is lost, counted twice or told of as two events.',
  unit: 'kills',
  shortCount: 2,
  longCount: 300,
  run: async (options) => run(options, async () => {}),
  planted: [
    {
      name: 'one member of one list is lost',
      count: 1,
      isSlow: true,
      run: async (options) => run(options, async (url) => loseOne(url)),
    },
  ],
};
