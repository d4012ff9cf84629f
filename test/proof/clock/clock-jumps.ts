/** R8: the wall clock of a server is set back and forth under load. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDice, type Dice } from '../../fuzz/dice.ts';
import { runJson, spawnServer } from '../../support/process.ts';
import { startReceiver, type Delivery, type Receiver } from '../../support/receiver.ts';
import { callTool, sha256 } from '../../support/seller.ts';
import { account, converge, faultsOf, newClients, upload, WrongAnswer, type Work } from '../kills/clients.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
/** How wrong the clock is from then on: summer time, time zones taken for UTC, a leap year, a battery that is empty. */
const offsetsMs = [
  ...[0, -2 * hour, hour, -hour, 3 * day, 400 * day, -3 * day, -365 * day],
  ...[20 * hour, 366 * day, -9 * hour, 61_000, -61_000, 45 * minute, 6 * day],
];
const clientCount = 3;
const jumpsPerLook = 10;
/** Source: docs/webhooks.md, the first wait of a retry, with its jitter and some time to notice it. */
const [retryMsMin, retryMsMax] = [4_400, 40_000];
/** Younger than this a key is known, whatever the clock did between. Source: docs/mcp.md, keys live a day. */
const keyMsMin = 23 * hour;

interface Attempts {
  readonly times: number[];
  readonly isRefusedOnce: boolean;
}

/** A receiver that refuses the first attempt of some events, and knows by a steady clock when each came. */
async function startStrictReceiver(dice: Dice) {
  const attempts = new Map<string, Attempts>();
  const answer = ({ json }: Delivery): number => {
    const key = String(json['idempotency_key']);
    const known = attempts.get(key) ?? { times: [], isRefusedOnce: dice.chance(0.3) };
    attempts.set(key, known);
    known.times.push(performance.now());
    return known.isRefusedOnce && known.times.length === 1 ? 503 : 204;
  };
  const receiver = await startReceiver((delivery, response) => {
    response.writeHead(answer(delivery)).end();
  });
  return { receiver, attempts };
}

function faultsOfAttempts(attempts: ReadonlyMap<string, Attempts>): readonly string[] {
  const all = [...attempts.values()];
  const isWrong = ({ times, isRefusedOnce }: Attempts): boolean => times.length > (isRefusedOnce ? 2 : 1);
  const waits = all.flatMap(({ times: [first, second] }) => (second === undefined ? [] : [second - first!]));
  const told: readonly (readonly [number, string])[] = [
    [all.filter(isWrong).length, 'events were sent again though they were taken'],
    [waits.filter((ms) => ms < retryMsMin).length, 'retries came before their time'],
    [waits.filter((ms) => ms > retryMsMax).length, 'retries came long after their time'],
  ];
  return told.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

/** One call that was made once, and is sent again after each step with its key. */
class KeptCall {
  readonly #audienceId: string;
  readonly #args: Record<string, unknown>;
  #madeAtOffsetMs: number | null = null;

  constructor(place: number) {
    const add = [{ external_id: 'kept', hashed_email: sha256(`kept-${place}`) }];
    this.#audienceId = `kept-${place}`;
    const audiences = [{ audience_id: this.#audienceId, add }];
    this.#args = { adcp_version: '3.1', idempotency_key: `key-${randomUUID()}`, account, audiences };
  }

  /** What is wrong with the answer. */
  async send(url: string, key: string, offsetMs: number): Promise<readonly string[]> {
    const answer = await callTool(url, key, 'sync_audiences', this.#args);
    const [error] = (answer['errors'] as { code: string }[] | undefined) ?? [];
    if (this.#madeAtOffsetMs === null) {
      this.#madeAtOffsetMs = offsetMs;
      return error === undefined ? [] : [`a first call was refused: ${error.code}`];
    }
    if (answer['replayed'] === true) return [];
    if (error?.code !== 'IDEMPOTENCY_EXPIRED') return ['a call was done again under its key'];
    return offsetMs - this.#madeAtOffsetMs < keyMsMin ? ['a key expired before its time'] : [];
  }

  async delete(url: string, key: string): Promise<void> {
    const audiences = [{ audience_id: this.#audienceId, delete: true }];
    const call = { adcp_version: '3.1', idempotency_key: `key-${randomUUID()}`, account, audiences };
    await callTool(url, key, 'sync_audiences', call);
  }
}

interface Machine {
  readonly dataDir: string;
  readonly key: string;
  readonly setClock: (offsetMs: number) => void;
  readonly environment: Readonly<Record<string, string>>;
}

async function newMachine(folder: string, isSteady: boolean): Promise<Machine> {
  const dataDir = join(folder, 'data');
  const named = ['--brand', 'proof.example', '--sandbox', '--data', dataDir];
  await runJson(['account', 'create', '--id', account.account_id, ...named]);
  const forever = ['--days', '0', '--data', dataDir];
  const made = await runJson(['key', 'create', '--account', account.account_id, ...forever]);
  const file = join(folder, 'offset');
  const setClock = (offsetMs: number): void => {
    writeFileSync(`${file}.new`, String(offsetMs));
    renameSync(`${file}.new`, file);
  };
  setClock(0);
  const preload = `--import ${new URL('set-clock.ts', import.meta.url).href}`;
  const environment = { NODE_OPTIONS: preload, PROOF_CLOCK_FILE: file };
  const flaw = isSteady ? {} : { PROOF_CLOCK_STEADY: 'no' };
  return { dataDir, key: String(made['key']), setClock, environment: { ...environment, ...flaw } };
}

interface World {
  readonly url: string;
  readonly machine: Machine;
  readonly receiver: Receiver;
  readonly attempts: ReadonlyMap<string, Attempts>;
  readonly dice: Dice;
}

const idle = { acknowledged: 0, interrupted: 0, refused: 0, replays: 0 };

/** So many steps under load; then everything is looked at. */
async function round(
  world: World,
  {
    steps,
    clients,
    counts,
    isLast,
  }: {
    readonly steps: number;
    readonly clients: ReturnType<typeof newClients>;
    readonly counts: typeof idle;
    readonly isLast: boolean;
  },
  kept: KeptCall,
): Promise<readonly string[]> {
  const { url, machine, receiver, attempts, dice } = world;
  const { key } = machine;
  const promised = { taskIds: new Set<string>(), operationIds: new Set<string>() };
  let isOver = false;
  const work: Work = { key, target: () => url, receiver, counts, promised, isOver: () => isOver };
  const uploads = Promise.all(clients.map(async (client) => upload(client, work)));
  const faults: string[] = [];
  let offsetMs = 0;
  for (let step = 0; step < steps; step++) {
    await sleep(300 + dice.below(1_200));
    faults.push(...(await kept.send(url, key, offsetMs)));
    offsetMs = dice.of(offsetsMs);
    machine.setClock(offsetMs);
  }
  await sleep(500);
  faults.push(...(await kept.send(url, key, offsetMs)));
  await kept.delete(url, key);
  isOver = true;
  await uploads;
  await converge(clients, work);
  faults.push(...(await faultsOf(url, { key, clients, promised, receiver, isLast })));
  machine.setClock(0);
  return [...faults, ...faultsOfAttempts(attempts)];
}

async function run({ count, seed, say }: ProofOptions, isSteady: boolean): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-clock-'));
  const dice = createDice(seed);
  const { receiver, attempts } = await startStrictReceiver(dice);
  const machine = await newMachine(folder, isSteady);
  const { environment } = machine;
  const serverArgs = ['--wait-ms', '0', '--allow-network', '127.0.0.1'];
  const server = await spawnServer(machine.dataDir, serverArgs, { environment });
  const world = { url: server.url, machine, receiver, attempts, dice };
  const clients = newClients(clientCount);
  const counts = { ...idle };
  const broken: string[] = [];
  let tried = 0;
  try {
    while (tried < count && broken.length === 0) {
      const steps = Math.min(jumpsPerLook, count - tried);
      tried += steps;
      broken.push(
        ...(await round(world, { steps, clients, counts, isLast: tried === count }, new KeptCall(tried))),
      );
      say(`${tried} steps, ${counts.acknowledged} calls acknowledged, ${broken.length} broken`);
    }
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
    broken.push(error.message);
  } finally {
    await server.kill();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const retried = [...attempts.values()].filter(({ times }) => times.length > 1).length;
  const figures = {
    'calls acknowledged': counts.acknowledged,
    'events delivered': attempts.size,
    'events tried again': retried,
  };
  return { tried, figures, broken: broken.slice(0, brokenShown) };
}

export const clockJumps: Proof = {
  name: 'clock-jumps',
  promise:
    'A wall clock that is set back and forth by anything from a minute to a year under load loses nothing, does nothing twice, lets no key expire early, and neither holds retries up nor sends them all at once.',
  unit: 'steps of the clock',
  shortCount: 5,
  longCount: 400,
  run: async (options) => run(options, true),
  planted: [
    {
      name: 'measured time jumps with the clock, so that nobody notices',
      count: 40,
      isSlow: true,
      run: async (options) => run(options, false),
    },
  ],
};
