import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { AppError } from '../../base/faults.ts';
import { systemClock } from '../../platform/clock.ts';
import { describeStore, hasCode, rejection } from '../store.contract.ts';
import type { StoreTrace } from '../wire-fault.ts';
import { contractScripts, type ContractScripts } from '../testing/contract-scripts.ts';
import { applicationId, assertSettings, openConnection } from './connection.ts';
import { dataDirectoryOf, prepareDataDirectory } from './data-directory.ts';
import { dataDirectoryInUse, isDirectoryLocked } from './lock.ts';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './open-store.ts';
import { openSqliteReader } from './reader.ts';

const isLong = process.env['ROLLCALL_LONG'] === '1';
const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);
const childFile = fileURLToPath(new URL('../testing/contract-child.ts', import.meta.url));

const scratch: string[] = [];
const opened: SqliteStore<ContractScripts>[] = [];
// A test that fails half way leaves its store open, and an open store keeps the process alive.
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
after(() => scratch.forEach((path) => rmSync(path, { recursive: true, force: true })));

function newDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-store-'));
  scratch.push(path);
  return join(path, 'data');
}

type Overrides = Partial<SqliteStoreOptions<ContractScripts>>;
const openUntracked = (dataDir: string, overrides: Overrides = {}): Promise<SqliteStore<ContractScripts>> =>
  openSqliteStore({
    dataDir,
    workerUrl,
    scripts: contractScripts,
    clock: systemClock,
    fatal: (reason) => assert.fail(reason),
    ...overrides,
  });

async function open(dataDir: string, overrides: Overrides = {}): Promise<SqliteStore<ContractScripts>> {
  const store = await openUntracked(dataDir, overrides);
  opened.push(store);
  return store;
}

describeStore('sqlite', async () => {
  const dataDir = newDirectory();
  return {
    open: () => openUntracked(dataDir),
    destroy: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
});

describe('sqlite: the data directory', () => {
  test('everything is for its owner only', { skip: process.platform === 'win32' && 'no modes' }, async () => {
    const dataDir = newDirectory();
    const store = await open(dataDir);
    await store.write('putWord', { name: 'a', value: 'b' });
    const mode = (name: string): number => statSync(join(dataDir, name)).mode & 0o777;
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    for (const name of ['rollcall.db', 'rollcall.db-wal', 'rollcall.db-shm', 'lock.db']) {
      assert.equal(mode(name), 0o600, name);
    }
    await store.close();
  });

  test('a second opening in the same process is refused and names the directory', async () => {
    const dataDir = newDirectory();
    const store = await open(dataDir);
    const error = await rejection(open(dataDir));
    assert.ok(error instanceof AppError && error.code === 'CONFIGURATION_ERROR');
    assert.ok(error.message.includes(dataDir));
    assert.equal(error.info.details?.['reason'], dataDirectoryInUse);
    await store.write('putWord', { name: 'still', value: 'writable' });
    assert.equal(isDirectoryLocked(dataDirectoryOf(dataDir)), true);
    await store.close();
    assert.equal(isDirectoryLocked(dataDirectoryOf(dataDir)), false);
    await (await open(dataDir)).close();
  });

  test('a second process is refused, and a killed first one leaves no lock', async () => {
    const dataDir = newDirectory();
    const child = await startChild(dataDir);
    assert.ok(hasCode('CONFIGURATION_ERROR')(await rejection(open(dataDir))));
    assert.equal(isDirectoryLocked(dataDirectoryOf(dataDir)), true);
    await child.kill();
    await (await open(dataDir)).close();
  });
});

/** A database with every setting right and nothing in it but one table. */
function newDatabaseFile(dataDir = newDirectory()): string {
  const directory = dataDirectoryOf(dataDir);
  prepareDataDirectory(directory);
  const db = openConnection(directory.databaseFile, 'writer');
  db.exec('CREATE TABLE something (a INTEGER)');
  db.close();
  return directory.databaseFile;
}

describe('sqlite: settings', () => {
  const asserted: Readonly<Record<string, string>> = {
    synchronous: 'OFF',
    busy_timeout: '1',
    foreign_keys: 'OFF',
    trusted_schema: 'ON',
    cell_size_check: 'OFF',
    mmap_size: '1048576',
    secure_delete: 'OFF',
    journal_size_limit: '-1',
    wal_autocheckpoint: '1000',
    application_id: '7',
    journal_mode: 'DELETE',
  };
  for (const [name, wrong] of Object.entries(asserted)) {
    test(`${name} = ${wrong} is refused`, () => {
      const db = openConnection(newDatabaseFile(), 'writer');
      assertSettings(db);
      db.prepare(`PRAGMA ${name} = ${wrong}`).all();
      assert.throws(() => assertSettings(db), new RegExp(`setting ${name}:`));
      db.close();
    });
  }

  for (const [name, prepare] of [
    ['page_size', 'PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA application_id = 1380147564;'],
    ['journal_mode', 'PRAGMA page_size = 16384; PRAGMA application_id = 1380147564;'],
    ['application_id', 'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;'],
  ] as const) {
    test(`a file with another ${name} is refused by every kind of connection`, async () => {
      assert.equal(applicationId, 1380147564, 'the literal above');
      const dataDir = newDirectory();
      const file = newDatabaseFile(dataDir);
      rmSync(file);
      const db = new DatabaseSync(file);
      db.exec(`${prepare} CREATE TABLE other (a INTEGER)`);
      db.close();
      for (const role of ['reader', 'writer'] as const) {
        assert.throws(() => openConnection(file, role), new RegExp(`setting ${name}:`), role);
      }
      const error = await rejection(open(dataDir));
      assert.ok(error instanceof AppError && error.message.includes(name));
      assert.equal(isDirectoryLocked(dataDirectoryOf(dataDir)), false, 'a refused opening lets go');
    });
  }

  test('readers cannot write', async () => {
    const dataDir = newDirectory();
    const store = await open(dataDir);
    const traces: StoreTrace[] = [];
    const reader = openSqliteReader({
      dataDir,
      scripts: contractScripts,
      log: (trace) => traces.push(trace),
    });
    await store.write('putWord', { name: 'a', value: 'b' });
    assert.equal(reader.readNow('word', { name: 'a' }), 'b');
    assert.throws(() => reader.readNow('putWord', { name: 'a', value: 'c' }), hasCode('CONFIGURATION_ERROR'));
    assert.equal(traces.length, 1);
    assert.throws(() => store.readNow('putWord', { name: 'a', value: 'c' }), hasCode('CONFIGURATION_ERROR'));
    assert.equal(reader.readNow('word', { name: 'a' }), 'b');
    reader.close();
    await store.close();
  });
});

describe('sqlite: the schema’s number', () => {
  test('a newer schema is refused with both numbers', async () => {
    const dataDir = newDirectory();
    await (await open(dataDir)).close();
    const file = dataDirectoryOf(dataDir).databaseFile;
    const db = openConnection(file, 'writer');
    db.exec(`INSERT INTO schema_migration (number, name, applied_at) VALUES (41, 'later', 0)`);
    db.close();
    const error = await rejection(open(dataDir));
    assert.ok(error instanceof AppError && error.code === 'CONFIGURATION_ERROR');
    assert.match(error.message, /schema 41; .* up to \d+\./);
  });
});

describe('sqlite: faults', () => {
  test('a full queue refuses by count and by bytes, and drains', async () => {
    const store = await open(newDirectory(), { bounds: { countMax: 8, bytesMax: 10_000 } });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => store.write('putWord', { name: `q${i}`, value: 'x' })),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 12);
    for (const { reason } of refused) {
      assert.ok(hasCode('SERVICE_UNAVAILABLE')(reason));
      assert.equal((reason as AppError).info.retryAfterSeconds, 1);
    }
    const big = { run: 1, piece: 1, bytes: new Uint8Array(10_001) };
    assert.ok(hasCode('SERVICE_UNAVAILABLE')(await rejection(store.write('putBlob', big))));
    await store.write('putBlob', { ...big, bytes: new Uint8Array(9_000) });
    await store.close();
  });

  test('what cannot be sent between threads is one write’s fault', async () => {
    const store = await open(newDirectory());
    const results = await Promise.allSettled([
      store.write('putWord', { name: 'before', value: 'x' }),
      store.write('unsendable', {}),
      store.write('putWord', { name: 'after', value: (() => 'x') as unknown as string }),
      store.write('putWord', { name: 'last', value: 'x' }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    await store.close();
  });

  test('the log of a bug names the script and the place, never the data', async () => {
    const traces: StoreTrace[] = [];
    const store = await open(newDirectory(), { log: (trace) => traces.push(trace) });
    await rejection(store.write('putAndBreak', { name: 'secret-name', value: 'secret\nvalue at x:1:1' }));
    await store.write('insertWord', { name: 'secret-name', value: 'secret' });
    await rejection(store.write('insertWord', { name: 'secret-name', value: 'secret' }));
    await store.close();
    assert.deepEqual(
      traces.map(({ script, name, databaseCode }) => ({ script, name, databaseCode })),
      [
        { script: 'putAndBreak', name: 'TypeError', databaseCode: null },
        { script: 'insertWord', name: 'Error', databaseCode: 1555 },
      ],
    );
    assert.ok(traces.every(({ frames }) => frames.length > 0));
    assert.doesNotMatch(JSON.stringify(traces), /secret/);
  });

  test('damage in the file stops the store and tells so once', async () => {
    const dataDir = newDirectory();
    const reasons: string[] = [];
    const store = await open(dataDir, { fatal: (reason) => reasons.push(reason) });
    const bytes = new Uint8Array(2_000_000).fill(1);
    await store.write('putBlob', { run: 1, piece: 1, bytes });
    await store.close();
    damage(dataDirectoryOf(dataDir).databaseFile);
    const again = await open(dataDir, { fatal: (reason) => reasons.push(reason) });
    const error = await rejection(again.write('putBlob', { run: 1, piece: 1, bytes }));
    assert.ok(hasCode('SERVICE_UNAVAILABLE')(error));
    assert.ok(
      hasCode('SERVICE_UNAVAILABLE')(await rejection(again.write('putWord', { name: 'a', value: 'b' }))),
    );
    assert.equal(reasons.length, 1);
    await again.close();
  });
});

test('sqlite: the log stays bounded under steady writes, and is empty after closing', async () => {
  const dataDir = newDirectory();
  const store = await open(dataDir);
  const logFile = `${dataDirectoryOf(dataDir).databaseFile}-wal`;
  const bytes = new Uint8Array(new SharedArrayBuffer(4 * 1024 * 1024)).fill(5);
  let longest = 0;
  for (let piece = 0; piece < 50; piece++) {
    await store.write('putBlob', { run: 1, piece: piece % 8, bytes });
    longest = Math.max(longest, statSync(logFile).size);
  }
  assert.ok(longest > 8 * 1024 * 1024, 'no checkpoint ran inside a commit');
  assert.ok(longest < 160 * 1024 * 1024, `it started again before it reached ${longest} bytes`);
  await store.close();
  const left = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  assert.equal(left, 0);
});

describe('sqlite: kill -9', () => {
  const rounds = isLong ? 60 : 4;
  test(`every acknowledged write survives ${rounds} kills, whole`, async () => {
    const dataDir = newDirectory();
    const acknowledged = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      const child = await startChild(dataDir);
      await new Promise((resolve) => setTimeout(resolve, 30 + ((round * 97) % 250)));
      for (const number of await child.kill()) acknowledged.add(number);
    }
    assert.ok(acknowledged.size > rounds, 'some writes were acknowledged');
    const store = await open(dataDir);
    const words = new Map((await store.read('words', {})).map(({ name, value }) => [name, value]));
    const blobs = new Set(
      (await store.read('blobSizes', { run: 1 })).map(([piece, size]) => `${piece}:${size}`),
    );
    for (const number of acknowledged) {
      assert.equal(words.get(`left-${number}`), String(number));
      assert.equal(words.get(`right-${number}`), String(number));
      assert.ok(blobs.has(`${number}:200000`), `blob ${number}`);
    }
    const lefts = [...words.keys()].filter((name) => name.startsWith('left-')).length;
    assert.equal(words.size, lefts * 2, 'no half of a transaction');
    await store.close();
    const db = openConnection(dataDirectoryOf(dataDir).databaseFile, 'writer');
    assert.equal(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0], 'ok');
    db.close();
  });
});

/** Zeroes the pages in the middle of the file, as a lost write would leave them: its large blob’s. */
function damage(file: string): void {
  const db = new DatabaseSync(file);
  const pages = Number(Object.values(db.prepare('PRAGMA page_count').get() ?? {})[0]);
  db.close();
  const bytes = Buffer.alloc(16_384);
  const handle = openSync(file, 'r+');
  for (let page = Math.floor(pages / 2); page < pages - 1; page++)
    writeSync(handle, bytes, 0, bytes.length, page * 16_384);
  closeSync(handle);
}

interface Child {
  /** Kills the process without warning; gives the numbers that it had acknowledged. */
  kill(): Promise<readonly number[]>;
}

async function startChild(dataDir: string): Promise<Child> {
  const child = spawn(process.execPath, [childFile, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const exited = once(child, 'close');
  while (!text.includes('ready\n')) {
    await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail('the child ended'))]);
  }
  return {
    async kill() {
      child.kill('SIGKILL');
      await exited;
      const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
      return lines.filter((line) => line !== 'ready').map(Number);
    },
  };
}
