import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';

import { AppError } from '../../base/faults.ts';
import { migrations, type Migration } from '../migrations/index.ts';
import { schemaText } from '../testing/schema-text.ts';
import { migrate, schemaVersion } from './migrate.ts';

const words: Migration = { number: 1, name: 'words', sql: 'CREATE TABLE word (a TEXT) STRICT' };
const numbers: Migration = {
  number: 2,
  name: 'numbers',
  sql: `CREATE TABLE number (a INTEGER) STRICT; INSERT INTO number VALUES (1); INSERT INTO number VALUES (2);`,
};
const broken: Migration = {
  number: 3,
  name: 'broken',
  sql: `CREATE TABLE half (a TEXT); INSERT INTO none VALUES (1)`,
};

const tables = (db: DatabaseSync): readonly unknown[] =>
  db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map(({ name }) => name);

describe('migrations', () => {
  test('docs/reference/schema.sql is what the migrations make', () => {
    const written = readFileSync(new URL('../../../docs/reference/schema.sql', import.meta.url), 'utf8');
    assert.ok(written.includes('CREATE TABLE audience'), 'the comparison looks at something');
    assert.equal(written, schemaText(), 'run scripts/write-schema.ts');
  });

  test('each is applied once, in order, with its row', () => {
    const db = new DatabaseSync(':memory:');
    assert.deepEqual(migrate(db, [words], 7), [1]);
    assert.deepEqual(migrate(db, [words, numbers], 9), [2]);
    assert.deepEqual(migrate(db, [words, numbers], 11), []);
    assert.equal(schemaVersion(db), 2);
    const rows = db
      .prepare('SELECT number, name, applied_at AS at FROM schema_migration ORDER BY number')
      .all();
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { number: 1, name: 'words', at: 7 },
        { number: 2, name: 'numbers', at: 9 },
      ],
    );
  });

  test('one that fails leaves nothing of itself', () => {
    const db = new DatabaseSync(':memory:');
    assert.throws(() => migrate(db, [words, numbers, broken], 0));
    assert.equal(schemaVersion(db), 2);
    assert.deepEqual(tables(db), ['number', 'schema_migration', 'word']);
    assert.equal(db.isTransaction, false);
  });

  test('a schema from a newer release is refused with both numbers, untouched', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, [words, numbers], 0);
    assert.throws(
      () => migrate(db, [words], 0),
      (error) => error instanceof AppError && /schema 2; .* up to 1\./.test(error.message),
    );
    assert.deepEqual(tables(db), ['number', 'schema_migration', 'word']);
  });

  test('a gap in the numbers is a bug', () => {
    assert.throws(() => migrate(new DatabaseSync(':memory:'), [numbers], 0), /without a gap/);
  });

  test('tables are strict, and tenant tables begin their key with the account', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, migrations, 0);
    const own = tables(db).filter((name) => !String(name).startsWith('sqlite_'));
    assert.ok(own.length > 15);
    const strict = db.prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 1 ORDER BY name`,
    );
    assert.deepEqual(
      strict.all().map(({ name }) => name),
      own,
    );
    const columns = db.prepare(`SELECT name, pk FROM pragma_table_info(?)`);
    for (const table of own) {
      const all = columns.all(String(table));
      if (!all.some(({ name }) => name === 'account_no')) continue;
      const first = all.find(({ pk }) => pk === 1)?.['name'];
      if (first !== 'account_no')
        assert.ok(keyExceptions.has(String(table)), `${String(table)} begins with ${String(first)}`);
    }
  });
});

/** Tables that mention an account and are keyed by something else, each with its reason. */
const keyExceptions: ReadonlyMap<string, string> = new Map([
  ['operation', 'its number is the order of acceptance in the whole store'],
  ['principal_account', 'says which accounts a caller may use, and is read by caller'],
]);
