/** A server over a file whose calls to the disk fail, as strace makes them fail. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runJson, runText, spawnServer, type ServerProcess } from '../../support/process.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import {
  account,
  converge,
  faultsOf,
  newClients,
  WrongAnswer,
  type Client,
  type Counts,
  type Promised,
  type Work,
} from '../kills/clients.ts';

const carelessCommit = fileURLToPath(new URL('careless-commit.mjs', import.meta.url));
const serverArgs = ['--wait-ms', '0', '--allow-network', '127.0.0.1'];

export interface Place {
  readonly key: string;
  readonly clients: readonly Client[];
  readonly counts: Counts;
  readonly promised: Promised;
  /** `injection`: of strace, `fsync:error=EIO:when=20`, counted in each thread by itself. */
  start(injection: string): Promise<ServerProcess>;
  workOn(server: ServerProcess, isOver: () => boolean): Work;
  /** What does not hold on a disk that works again. */
  look(isLast: boolean): Promise<readonly string[]>;
  close(): Promise<void>;
}

const clientCount = 3;

/** `isCareless`: the server takes every commit for done. */
export async function newPlace(isCareless: boolean): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-faults-'));
  const dataDir = join(folder, 'data');
  const receiver: Receiver = await startReceiver();
  const named = ['--brand', 'proof.example', '--sandbox', '--data', dataDir];
  await runJson(['account', 'create', '--id', account.account_id, ...named]);
  const made = await runJson(['key', 'create', '--account', account.account_id, '--data', dataDir]);
  const key = String(made['key']);
  const clients = newClients(clientCount);
  const counts = { acknowledged: 0, interrupted: 0, refused: 0, replays: 0 };
  const promised = { taskIds: new Set<string>(), operationIds: new Set<string>() };
  const workOn = (server: ServerProcess, isOver: () => boolean): Work => ({
    ...{ key, receiver, counts, promised, isOver },
    target: () => (server.child.exitCode === null ? server.url : null),
  });
  return {
    ...{ key, clients, counts, promised, workOn },
    start: async (injection) => {
      const [calls = ''] = injection.split(':');
      // The server stays the process that was started; strace is a child of its own.
      const tracer = ['strace', '-D', '-f', '--seccomp-bpf', '-o', '/dev/null', '-e', `trace=${calls}`];
      return spawnServer(dataDir, serverArgs, {
        wrapper: [...tracer, '-e', `inject=${injection}`],
        environment: isCareless ? { NODE_OPTIONS: `--import=${carelessCommit}` } : {},
      });
    },
    look: async (isLast) => {
      const verified = await runText(['verify', '--data', dataDir]);
      const damaged = verified.code === 0 ? [] : [`verify: ${verified.out.trim().split('\n')[0]}`];
      const server = await spawnServer(dataDir, serverArgs);
      try {
        await converge(
          clients,
          workOn(server, () => false),
        );
        return [...damaged, ...(await faultsOf(server.url, { key, clients, promised, receiver, isLast }))];
      } catch (error) {
        if (error instanceof WrongAnswer) return [...damaged, error.message];
        throw error;
      } finally {
        await server.kill();
      }
    },
    close: async () => {
      await receiver.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
