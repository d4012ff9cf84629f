/** Servers under measurement, each a process of its own, and what the system says of them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BenchServer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** The end of what it wrote to stderr, and how the process ended if it did. */
  log(): string;
  /** Highest resident memory so far, in MB. */
  peakMegabytes(): number;
  /** Processor time of all its threads so far, in ms, to 10 ms. */
  cpuMs(): number;
  /** Bytes that the process has caused to be written to storage. */
  writtenBytes(): number;
  /** Delays of the main event loop in ms since the last time this was asked. */
  loopDelay(): Promise<{ readonly p99: number; readonly max: number }>;
  stop(): Promise<void>;
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const preload = new URL('loop-delay.mjs', import.meta.url).href;
const running = new Set<() => Promise<void>>();

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_') && name !== 'PORT'),
);

/** Numbers of a process from its state on, 0 for what is none. Source: proc_pid_stat(5), without the first two. */
const statOf = (pid: number): readonly number[] =>
  (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []).map(Number);

/** Processor time in ms, to 10 ms, of a process and all that it has started, also of what has ended. */
export function familyCpuMs(pid: number): number {
  const [user, system, endedUser, endedSystem] = statOf(pid).slice(11, 15);
  const own = (user! + system! + endedUser! + endedSystem!) * 10;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + familyCpuMsOrNone(Number(child)), own);
}

function familyCpuMsOrNone(pid: number): number {
  try {
    return familyCpuMs(pid);
  } catch {
    // It has ended between two looks.
    return 0;
  }
}

async function start(name: string, file: string, args: readonly string[]): Promise<BenchServer> {
  const profile = process.env['ROLLCALL_BENCH_PROFILE'];
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}/${name}`];
  const child = spawn(process.execPath, ['--import', preload, ...profiling, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, NODE_NO_WARNINGS: '1' },
  });
  let log = '';
  const waiting: ((line: string) => void)[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4_000);
    const found = /loop-delay (\{.*\})/.exec(text)?.[1];
    if (found !== undefined) waiting.shift()?.(found);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const ready = / ready on (http:\S+)/.exec(out)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${log}`)));
  });
  const pid = child.pid ?? 0;
  const numberIn = (path: string, pattern: RegExp): number =>
    Number(pattern.exec(readFileSync(`/proc/${pid}/${path}`, 'utf8'))?.[1] ?? Number.NaN);
  const stop = async (): Promise<void> => {
    running.delete(stop);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    // Profiles are written only by a process that ends by itself.
    child.kill(name === 'ours' ? 'SIGTERM' : 'SIGKILL');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await exit;
    clearTimeout(timer);
  };
  running.add(stop);
  return {
    name,
    url,
    pid,
    log: () => `exit ${child.exitCode} ${child.signalCode} ${log.slice(-1_000)}`,
    peakMegabytes: () => numberIn('status', /VmHWM:\s+(\d+)/) / 1024,
    cpuMs: () => {
      const fields = statOf(pid);
      return (fields[11]! + fields[12]!) * 10;
    },
    writtenBytes: () => numberIn('io', /^write_bytes: (\d+)/m),
    loopDelay: async () => {
      const line = new Promise<string>((resolve) => waiting.push(resolve));
      child.kill('SIGUSR2');
      return JSON.parse(await line) as { p99: number; max: number };
    },
    stop,
  };
}

let ourProgram = fileOf('../../src/cli/main.ts');

/**
 * Makes `startOurs` run what is published. From source every thread carries the compiler that strips the types,
 * some 15 MB each. The build lies where the packages it imports are found.
 */
export function usePublishedBuild(): void {
  const out = fileOf('../../node_modules/.cache/rollcall-bench');
  const built = spawnSync(process.execPath, [fileOf('../../scripts/build.ts'), '--out', join(out, 'dist')], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
  copyFileSync(fileOf('../../package.json'), join(out, 'package.json'));
  ourProgram = join(out, 'dist', 'cli', 'main.js');
}

/** In the embedded database of the directory, or in the Postgres database that is named. */
export const startOurs = async (dataDir: string, waitMs: number, databaseUrl = ''): Promise<BenchServer> =>
  start('ours', ourProgram, [
    ...['serve', '--data', dataDir, '--port', '0', '--write-rate', '0', '--read-rate', '0'],
    ...['--wait-ms', String(waitMs), '--log-level', 'warn'],
    ...(databaseUrl === '' ? [] : ['--database-url', databaseUrl]),
  ]);
export const startSdk = async (): Promise<BenchServer> => start('sdk', fileOf('../peers/sdk-server.ts'), []);
export const startSink = async (): Promise<BenchServer> => start('sink', fileOf('../peers/sink.ts'), []);
export const startRows = async (dataDir: string, preloadCount: number): Promise<BenchServer> =>
  start('rows', fileOf('../peers/sqlite-rows.ts'), ['--data', dataDir, '--preload', String(preloadCount)]);
/** The same as rows in Postgres. */
export const startPostgresRows = async (url: string): Promise<BenchServer> =>
  start('postgres-rows', fileOf('../peers/postgres-rows.ts'), ['--url', url]);

/** For the end of a run that broke. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(async (stop) => stop()));
}
