import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { noteCanary, noteOutput } from './canaries.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The environment without our own settings: a variable that only tests know would be refused by name. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_')),
);

/** Tests send as fast as they can. */
const noLimits = ['--write-rate', '0', '--read-rate', '0', '--failure-rate', '0'];

/** `rollcall serve` as a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything written to stderr so far. */
  log(): string;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

export interface SpawnOptions {
  /** A command, with its arguments, that runs the server. */
  readonly wrapper?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export async function spawnServer(
  dataDir: string,
  args: readonly string[] = [],
  { wrapper = [], environment: more = {} }: SpawnOptions = {},
): Promise<ServerProcess> {
  const serve = [process.execPath, main, 'serve', '--data', dataDir, '--port', '0', ...noLimits, ...args];
  const [command = '', ...rest] = [...wrapper, ...serve];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, ...more },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    noteOutput('log', text);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      noteOutput('log', text);
      const ready = /^Rollcall is ready on (http:\S+)$/m.exec(out);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it was ready: ${log}`)),
    );
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const exit = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    else return child.exitCode;
    const [code] = (await exit) as [number | null];
    return code;
  };
  return {
    url,
    child,
    log: () => log,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: async () => end('SIGTERM'),
  };
}

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Runs one command to its end, however it ends. */
export async function runText(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, ...settings },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  noteOutput('log', err);
  return { out, err, code };
}

/** Runs one command to its end and gives its `--json` answer. */
/** `settings`: of the environment. */
export async function runJson(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { out, err, code } = await runText([...args, '--json'], settings);
  if (code !== 0) throw new Error(`rollcall ${args[0]} ended with ${code}: ${err}${out}`);
  const answer = JSON.parse(out) as Record<string, unknown>;
  if (typeof answer['key'] === 'string') noteCanary('key', answer['key']);
  return answer;
}
