/** R20: an upgrade that is killed leaves a schema that some release made, and the next start goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { migrations } from '../../src/store/migrations/index.ts';
import { openConnection } from '../../src/store/sqlite/connection.ts';
import { migrate, schemaVersion } from '../../src/store/sqlite/migrate.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from './proof.ts';
import { createDice } from '../fuzz/dice.ts';

const child = fileURLToPath(new URL('upgrade-child.ts', import.meta.url));
/** A whole upgrade takes about this long where each step is flushed to a disk. */
const upgradeMs = 60;

const schemaOf = (db: DatabaseSync): string =>
  db
    .prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name')
    .all()
    .map((row) => Object.values(row).join(' '))
    .join('\n');

/** What each number of a schema looks like when it is whole. */
function wholeSchemas(): readonly string[] {
  const db = new DatabaseSync(':memory:');
  const schemas = [''];
  for (let count = 1; count <= migrations.length; count++) {
    migrate(db, migrations.slice(0, count), 0);
    schemas.push(schemaOf(db));
  }
  db.close();
  return schemas;
}

/** A database as an older release left it, with an account. */
function oldDatabase(file: string, schema: number): void {
  const db = openConnection(file, 'writer');
  migrate(db, migrations.slice(0, schema), 0);
  db.exec(`INSERT INTO account (account_id, brand_domain, brand_id, operator, sandbox, status, billing, created_at, name)
    VALUES ('acct_old', 'old.example', '', 'old.example', 0, 'active', 'operator', 1, 'Old')`);
  db.close();
}

async function killedUpgrade(file: string, how: string, afterMs: number): Promise<boolean> {
  const process_ = spawn(process.execPath, [child, file, how], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(process_, 'exit');
  await Promise.race([once(process_.stdout, 'data'), exit]);
  await sleep(afterMs);
  const isUnderWay = process_.exitCode === null;
  process_.kill('SIGKILL');
  await exit;
  return isUnderWay;
}

/** Why the database is not what a release made; null: it is, and it comes up to date. */
function faultOf(file: string, schemas: readonly string[], from: number): string | null {
  let db = openConnection(file, 'writer');
  const found = schemaVersion(db);
  const isWhole = found >= from && schemaOf(db) === schemas[found];
  db.close();
  if (!isWhole) return `schema ${found} is in pieces`;
  db = openConnection(file, 'writer');
  try {
    migrate(db, migrations, 0);
    const accounts = Number(db.prepare('SELECT count(*) AS count FROM account').get()?.['count']);
    if (accounts !== 1) return `${accounts} accounts, not the one of before`;
    const check = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (check !== 'ok') return `integrity_check: ${String(check)}`;
    return schemaOf(db) === schemas.at(-1) ? null : 'not the newest schema';
  } catch (error) {
    return `the next start fails: ${error instanceof Error ? error.message : 'unknown'}`;
  } finally {
    db.close();
  }
}

async function run({ count, seed, say }: ProofOptions, how: string): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-upgrades-'));
  const dice = createDice(seed);
  const schemas = wholeSchemas();
  const broken: string[] = [];
  let interrupted = 0;
  let half = 0;
  try {
    for (let tried = 0; tried < count; tried++) {
      const file = join(folder, `${tried}.db`);
      const from = 1 + dice.below(migrations.length - 1);
      oldDatabase(file, from);
      if (await killedUpgrade(file, how, dice.below(upgradeMs))) interrupted++;
      const db = openConnection(file, 'reader');
      const found = schemaVersion(db);
      db.close();
      if (found > from && found < migrations.length) half++;
      const fault = faultOf(file, schemas, from);
      if (fault !== null) broken.push(`from schema ${from}: ${fault}`);
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      if (tried % 50 === 49)
        say(`${tried + 1} upgrades, ${interrupted} interrupted, ${broken.length} broken`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const figures = { 'killed before the end': interrupted, 'stopped between two schemas': half };
  return { tried: count, figures, broken: broken.slice(0, brokenShown) };
}

export const upgrades: Proof = {
  name: 'upgrades',
  promise:
    'An upgrade from any earlier schema that is killed leaves a schema that some release made, with its rows, and the next start brings it up to date.',
  unit: 'upgrades',
  shortCount: 12,
  longCount: 500,
  run: async (options) => run(options, 'whole'),
  planted: [
    {
      name: 'steps of a migration without a transaction',
      count: 40,
      run: async (options) => run(options, 'bare'),
    },
  ],
};
