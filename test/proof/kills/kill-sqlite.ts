/** R1: a server over a file that is killed at any moment loses nothing and does nothing twice. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDice } from '../../fuzz/dice.ts';
import { runJson, runText, spawnServer, type ServerProcess } from '../../support/process.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import {
  account,
  converge,
  faultsOf,
  newClients,
  upload,
  WrongAnswer,
  type Client,
  type Counts,
  type Promised,
  type Work,
} from './clients.ts';

const clientCount = 4;
/** So often everything is looked at; between, only the next start has to succeed. */
const killsPerLook = 25;
const serverArgs = ['--wait-ms', '0', '--allow-network', '127.0.0.1'];

interface World {
  readonly dataDir: string;
  readonly key: string;
  readonly receiver: Receiver;
  readonly clients: readonly Client[];
  readonly counts: Counts;
  readonly promised: Promised;
}

async function newWorld(folder: string, receiver: Receiver): Promise<World> {
  const dataDir = join(folder, 'data');
  const named = ['--brand', 'proof.example', '--sandbox', '--data', dataDir];
  await runJson(['account', 'create', '--id', account.account_id, ...named]);
  const made = await runJson(['key', 'create', '--account', account.account_id, '--data', dataDir]);
  return {
    ...{ dataDir, key: String(made['key']), receiver, clients: newClients(clientCount) },
    counts: { acknowledged: 0, interrupted: 0, refused: 0, replays: 0 },
    promised: { taskIds: new Set(), operationIds: new Set() },
  };
}

/** Uploads for so long, then kills. */
async function killOnce(world: World, afterMs: number): Promise<number> {
  const { dataDir } = world;
  const began = performance.now();
  const server = await spawnServer(dataDir, serverArgs);
  const readyMs = performance.now() - began;
  let isOver = false;
  const work = workOf(world, server, () => isOver);
  const uploads = Promise.all(world.clients.map(async (client) => upload(client, work)));
  await sleep(afterMs);
  await server.kill();
  isOver = true;
  await uploads;
  return readyMs;
}

function workOf(world: World, server: ServerProcess, isOver: () => boolean): Work {
  const { key, receiver, counts, promised } = world;
  return { key, receiver, counts, promised, isOver, target: () => server.url };
}

/** Everything that must hold when the server is up again. */
async function look(world: World, isLast: boolean): Promise<readonly string[]> {
  const { dataDir, clients, key, promised, receiver } = world;
  const verified = await runText(['verify', '--data', dataDir]);
  const damaged = verified.code === 0 ? [] : [`verify: ${verified.out.trim().split('\n')[0]}`];
  const server = await spawnServer(dataDir, serverArgs);
  try {
    await converge(
      clients,
      workOf(world, server, () => false),
    );
    return [...damaged, ...(await faultsOf(server.url, { key, clients, promised, receiver, isLast }))];
  } catch (error) {
    if (error instanceof WrongAnswer) return [...damaged, error.message];
    throw error;
  } finally {
    await server.kill();
  }
}

/** Called before each kill but the first. */
type Meddle = (dataDir: string, kill: number) => void;

async function run({ count, seed, say }: ProofOptions, meddle: Meddle): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-kills-'));
  const receiver = await startReceiver();
  const dice = createDice(seed);
  const broken: string[] = [];
  const readyMs: number[] = [];
  try {
    const world = await newWorld(folder, receiver);
    for (let kill = 1; kill <= count && broken.length < brokenShown; kill++) {
      if (kill > 1) meddle(world.dataDir, kill);
      readyMs.push(await killOnce(world, 5 + dice.below(700)));
      const isLast = kill === count;
      if (!isLast && kill % killsPerLook !== 0) continue;
      broken.push(...(await look(world, isLast)));
      say(`${kill} kills, ${world.counts.acknowledged} calls acknowledged, ${broken.length} broken`);
    }
    const { acknowledged, interrupted, replays } = world.counts;
    const inOrder = readyMs.toSorted((one, other) => one - other);
    return {
      tried: readyMs.length,
      figures: {
        'calls acknowledged': acknowledged,
        'attempts broken off': interrupted,
        'answered as replays': replays,
        'events delivered': receiver.deliveries.length,
        'ready again, 99th percentile, ms': Math.round(inOrder[Math.floor(inOrder.length * 0.99)] ?? 0),
      },
      broken: broken.slice(0, brokenShown),
    };
  } finally {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk that goes back in time: what was written since is gone, as if it had never been flushed. */
function losesTheNewest(): Meddle {
  let kept = '';
  return (dataDir, kill) => {
    const copy = `${dataDir}-kept`;
    if (kill === 2) {
      cpSync(dataDir, copy, { recursive: true });
      kept = copy;
    }
    if (kill === 4 && existsSync(kept)) {
      rmSync(dataDir, { recursive: true });
      cpSync(kept, dataDir, { recursive: true });
    }
  };
}

export const killSqlite: Proof = {
  name: 'kill-sqlite',
  promise:
    'A server over a file that is killed (SIGKILL) at any moment loses no acknowledged call, keeps no refused one, does nothing twice, and tells of each outcome as one event.',
  unit: 'kills',
  shortCount: 3,
  longCount: 1_000,
  run: async (options) => run(options, () => {}),
  planted: [
    {
      name: 'the data directory of two kills ago comes back',
      count: 6,
      isSlow: true,
      run: async (options) => run(options, losesTheNewest()),
    },
  ],
};
