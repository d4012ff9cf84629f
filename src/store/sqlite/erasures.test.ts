import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { systemClock } from '../../platform/clock.ts';
import { hasCode } from '../store.contract.ts';
import { contractScripts, type ContractScripts } from '../testing/contract-scripts.ts';
import { openSqliteStore, type SqliteStore } from './open-store.ts';

const workerUrl = new URL('../testing/contract-worker.ts', import.meta.url);
const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-erase-'));
after(() => rmSync(dataDir, { recursive: true, force: true }));

const open = async (): Promise<SqliteStore<ContractScripts>> =>
  openSqliteStore({
    dataDir,
    workerUrl,
    scripts: contractScripts,
    clock: systemClock,
    fatal: (reason) => assert.fail(reason),
  });

const secret = Buffer.from('bytes that somebody wants to be gone');
const bytes = new Uint8Array(200_000);
for (let at = 0; at + 64 <= bytes.length; at += 64) bytes.set(secret, at);
/** Files of the directory that hold any of it. */
const found = (): number =>
  readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes(secret)).length;

test('erasing leaves no byte of what was deleted in any file', async () => {
  const store = await open();
  try {
    await store.write('putBlob', { run: 1, piece: 1, bytes });
    assert.ok(found() > 0, 'they are in the log');
    await store.eraseDeleted();
    assert.ok(found() > 0, 'what was not deleted stays');
    await store.write('putBlob', { run: 1, piece: 1, bytes: new Uint8Array(10) });
    assert.ok(found() > 0, 'deleting alone leaves them');
    await Promise.all([store.eraseDeleted(), store.eraseDeleted()]);
    assert.equal(found(), 0);
  } finally {
    await store.close();
  }
  await assert.rejects(store.eraseDeleted(), hasCode('SERVICE_UNAVAILABLE'));
});

/** Deletes as the writer does, and dies before anything is moved. */
const deleteAndDie = `
import { DatabaseSync } from 'node:sqlite';
const db = new DatabaseSync(process.argv[1]);
db.exec('PRAGMA secure_delete = 1; PRAGMA wal_autocheckpoint = 0; DELETE FROM graph_piece');
process.kill(process.pid, 'SIGKILL');
`;

test('what a process deleted that died before it could erase is erased by the next start', async () => {
  const first = await open();
  await first.write('putBlob', { run: 2, piece: 1, bytes });
  await first.close();
  const database = join(dataDir, 'rollcall.db');
  const child = spawn(process.execPath, ['--input-type=module', '-e', deleteAndDie, database]);
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  assert.ok(found() > 0, 'it is still in the files');
  const second = await open();
  assert.equal(await second.read('blob', { run: 2, piece: 1 }), null, 'the deletion itself was durable');
  assert.equal(found(), 0);
  await second.close();
});
