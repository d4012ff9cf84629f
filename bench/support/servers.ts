/** Servers under measurement, each a process of its own, and what the system says of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface BenchServer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Highest resident memory so far, in MB. */
  peakMegabytes(): number;
  /** Bytes that the process has caused to be written to storage. */
  writtenBytes(): number;
  /** Delays of the main event loop in ms since the last time this was asked. */
  loopDelay(): Promise<{ readonly p99: number; readonly max: number }>;
  stop(): Promise<void>;
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const preload = new URL('loop-delay.ts', import.meta.url).href;
const running = new Set<() => Promise<void>>();

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_') && name !== 'PORT'),
);

async function start(name: string, file: string, args: readonly string[]): Promise<BenchServer> {
  const profile = process.env['ROLLCALL_BENCH_PROFILE'];
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}/${name}`];
  const child = spawn(process.execPath, ['--import', preload, ...profiling, fileOf(file), ...args], {
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
    peakMegabytes: () => numberIn('status', /VmHWM:\s+(\d+)/) / 1024,
    writtenBytes: () => numberIn('io', /^write_bytes: (\d+)/m),
    loopDelay: async () => {
      const line = new Promise<string>((resolve) => waiting.push(resolve));
      child.kill('SIGUSR2');
      return JSON.parse(await line) as { p99: number; max: number };
    },
    stop,
  };
}

export const startOurs = async (dataDir: string, waitMs: number): Promise<BenchServer> =>
  start('ours', '../../src/cli/main.ts', [
    ...['serve', '--data', dataDir, '--port', '0'],
    ...['--wait-ms', String(waitMs), '--log-level', 'warn'],
  ]);
export const startSdk = async (): Promise<BenchServer> => start('sdk', '../peers/sdk-server.ts', []);
export const startSink = async (): Promise<BenchServer> => start('sink', '../peers/sink.ts', []);
export const startRows = async (dataDir: string, preloadCount: number): Promise<BenchServer> =>
  start('rows', '../peers/sqlite-rows.ts', ['--data', dataDir, '--preload', String(preloadCount)]);

/** For the end of a run that broke. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(async (stop) => stop()));
}
