/**
 * The start commands of `deploy/`, without an engine: each is run with the arguments and the environment that its file gives it, over
 * a real Postgres where it names one; only paths, the port and the address of the database are those of this machine.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../src/store/testing/free-port.ts';
import { startPostgres, type PostgresServer } from '../../src/store/testing/postgres-server.ts';
import { composeOf, dockerfileOf, imageOf, manifestsOf, textOf } from './files.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const image = imageOf(dockerfileOf(textOf('Dockerfile')));
const scratch = mkdtempSync(join(tmpdir(), 'rollcall-deploy-'));
let postgres: PostgresServer;
const started: ChildProcess[] = [];
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  for (const child of started) child.kill('SIGKILL');
  await postgres.destroy();
  rmSync(scratch, { recursive: true, force: true });
});

type Environment = Readonly<Record<string, string>>;

interface Start {
  readonly words: readonly string[];
  readonly environment: Environment;
}

/** As the engine would: what the image brings, below what the file says. */
const inImage = (words: readonly string[], environment: Environment): Start => ({
  words,
  environment: { ...image.environment, ...environment },
});

const composed = (file: string, service: string): Start => {
  const { command = [], environment = {} } = composeOf(file).services[service]!;
  return inImage(command, environment);
};

function orchestrated(): Start {
  const manifests = manifestsOf(textOf('kubernetes/rollcall.yaml'));
  const { data } = manifests.find(({ kind }) => kind === 'ConfigMap') as unknown as { data: Environment };
  const { spec } = manifests.find(({ kind }) => kind === 'StatefulSet') as unknown as {
    spec: {
      template: {
        spec: { containers: { args: string[]; env: { name: string; value: string }[] }[] };
      };
    };
  };
  const [{ args, env }] = spec.template.spec.containers as [(typeof spec.template.spec.containers)[number]];
  return inImage(args, { ...data, ...Object.fromEntries(env.map(({ name, value }) => [name, value])) });
}

function ofSystemd(): Start {
  const unit = textOf('systemd/rollcall.service');
  const all = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value!);
  const [node, main, ...words] = all('ExecStart')[0]!.split(' ');
  assert.deepEqual([node, main], ['/usr/bin/node', '/opt/rollcall/dist/cli/main.js']);
  const pairs = all('Environment').flatMap((line) => line.split(' '));
  return { words, environment: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])) };
}

interface Secrets {
  readonly secret: string;
  readonly databaseUrl: string;
}

/** A path of a container or a unit, as one of this machine; secrets are laid where their variables point to. */
async function onThisMachine({ environment }: Start, home: string, secrets: Secrets): Promise<Environment> {
  mkdirSync(home, { recursive: true });
  const port = String(await freePort());
  const values = Object.entries(environment).map(([name, value]): [string, string] => {
    if (name === 'ROLLCALL_DATA') return [name, join(home, 'data')];
    if (name === 'ROLLCALL_PORT') return [name, port];
    if (!name.endsWith('_FILE')) return [name, value];
    const file = join(home, name);
    writeFileSync(file, `${name === 'ROLLCALL_SECRET_FILE' ? secrets.secret : secrets.databaseUrl}\n`);
    return [name, file];
  });
  return { ROLLCALL_PORT: port, ...Object.fromEntries(values) };
}

interface Running {
  readonly url: string;
  readonly log: () => string;
  stop(): Promise<number | null>;
}

async function run(start: Start, name: string, secrets: Secrets): Promise<Running> {
  const environment = await onThisMachine(start, join(scratch, name), secrets);
  const outside = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('ROLLCALL_') && key !== 'PORT',
  );
  const child = spawn(process.execPath, [program, ...start.words], {
    env: { ...Object.fromEntries(outside), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let log = '';
  child.once('exit', (code, signal) => (log += `\nended with ${code ?? signal}`));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const url = `http://127.0.0.1:${environment['ROLLCALL_PORT']}`;
  for (let looks = 0; (await statusOf(`${url}/readyz`)) !== 200; looks++) {
    assert.ok(looks < 300 && child.exitCode === null, `${name} is not ready: ${child.exitCode} ${log}`);
    await sleep(100);
  }
  const stop = async (): Promise<number | null> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    return ((await ended) as [number | null])[0];
  };
  return { url, log: () => log, stop };
}

/** Null: nobody takes the connection. */
async function statusOf(url: string): Promise<number | null> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    ({ status }) => status,
    () => null,
  );
}

const secret = 'ab'.repeat(32);
const starts: readonly (readonly [string, Start])[] = [
  ['compose/sqlite.yaml', composed('sqlite.yaml', 'rollcall')],
  ['compose/postgres.yaml', composed('postgres.yaml', 'rollcall-1')],
  ['kubernetes/rollcall.yaml', orchestrated()],
  ['systemd/rollcall.service', ofSystemd()],
];
// At the same time, as most of it is waiting.
describe('start commands become ready, drain and end in order', { concurrency: true }, () => {
  for (const [name, start] of starts) test(name, async () => drains(name, start));
});

async function drains(name: string, start: Start): Promise<void> {
  const databaseUrl = await postgres.createDatabase();
  const running = await run(start, name.replaceAll('/', '-'), { secret, databaseUrl });
  assert.equal(await statusOf(`${running.url}/livez`), 200);
  const drainMs = Number(start.environment['ROLLCALL_DRAIN_MS']);
  assert.ok(drainMs >= 1_000, 'time for whoever shares calls out');
  const toldAt = performance.now();
  const ended = running.stop();
  await sleep(drainMs / 2);
  assert.equal(await statusOf(`${running.url}/readyz`), 503, 'it says that it stops');
  assert.equal(await statusOf(`${running.url}/livez`), 200, 'and takes calls meanwhile');
  assert.equal(await ended, 0, running.log());
  assert.ok(performance.now() - toldAt >= drainMs);
  assert.equal(await statusOf(`${running.url}/livez`), null);
}

async function until(status: number, { url, log }: Running, what: string): Promise<void> {
  for (let looks = 0; (await statusOf(`${url}/readyz`)) !== status; looks++) {
    assert.ok(looks < 400, `${what}: ${log()}`);
    await sleep(50);
  }
}

test('a server whose database is away says so within five seconds, lives on, and is ready when it is back', async () => {
  const databaseUrl = await postgres.createDatabase();
  const running = await run(starts[1]![1], 'away', { secret, databaseUrl });
  await postgres.stop('SIGQUIT');
  const stoppedAt = performance.now();
  await until(503, running, 'it says that it is not ready');
  assert.ok(performance.now() - stoppedAt < 5_500, 'within five seconds, and a look');
  assert.equal(await statusOf(`${running.url}/livez`), 200);
  await postgres.start();
  const backAt = performance.now();
  await until(200, running, 'it is ready again');
  assert.ok(performance.now() - backAt < 10_000);
  assert.equal(await running.stop(), 0, running.log());
});
