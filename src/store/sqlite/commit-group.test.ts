import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { AppError } from '../../base/faults.ts';
import { run, type Script } from '../script.ts';
import type { GroupedWrite } from '../grouped-writes.ts';
import { commitGroup } from './commit-group.ts';
import { createScriptRunner } from './run-script.ts';
import { classifyError } from '../wire-fault.ts';

const put = `INSERT INTO word (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
const insert = `INSERT INTO word (name, value) VALUES (?, ?)`;
const blob = `INSERT INTO blob (bytes) VALUES (?)`;
const orphan = `INSERT INTO child (parent) VALUES (?)`;

function openDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE word (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE blob (bytes BLOB NOT NULL) STRICT;
    CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT;`);
  return db;
}

const words = (db: DatabaseSync): ReadonlyMap<string, string> =>
  new Map(
    db
      .prepare('SELECT name, value FROM word')
      .all()
      .map(({ name, value }) => [String(name), String(value)]),
  );

/** What one write of a random group does. */
type Deed =
  | { readonly kind: 'put'; readonly names: readonly string[]; readonly value: string }
  | { readonly kind: 'refuse'; readonly name: string }
  | { readonly kind: 'insert'; readonly name: string };

function* perform(deed: Deed): Script<string> {
  if (deed.kind === 'put') for (const name of deed.names) yield* run(put, name, deed.value);
  else if (deed.kind === 'insert') yield* run(insert, deed.name, 'inserted');
  else {
    yield* run(put, deed.name, 'refused');
    throw new AppError('INVALID_REQUEST');
  }
  return deed.kind;
}

/** The slow obvious way: each write on a copy that is kept or thrown away. Gives whether each succeeded. */
function model(state: Map<string, string>, deeds: readonly Deed[]): readonly boolean[] {
  return deeds.map((deed) => {
    if (deed.kind === 'refuse' || (deed.kind === 'insert' && state.has(deed.name))) return false;
    const changed =
      deed.kind === 'put'
        ? deed.names.map((name) => [name, deed.value] as const)
        : [[deed.name, 'inserted'] as const];
    for (const [name, value] of changed) state.set(name, value);
    return true;
  });
}

const asWrites = (deeds: readonly Deed[]): readonly GroupedWrite[] =>
  deeds.map((deed, id) => ({ id, name: deed.kind, start: () => perform(deed) }));

describe('one commit for many writes', () => {
  test('groups of good and bad writes leave what each on its own would leave', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const deed: fc.Arbitrary<Deed> = fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        names: fc.array(name, { maxLength: 3 }),
        value: fc.string(),
      }),
      fc.record({ kind: fc.constant('refuse' as const), name }),
      fc.record({ kind: fc.constant('insert' as const), name }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(deed, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), (groups) => {
        const db = openDatabase();
        const runner = createScriptRunner(db);
        const state = new Map<string, string>();
        for (const deeds of groups) {
          const { replies, stop } = commitGroup(db, runner, asWrites(deeds));
          assert.equal(stop, false);
          assert.deepEqual(
            replies.map(({ ok }) => ok),
            model(state, deeds),
          );
          assert.deepEqual(
            replies.map(({ id }) => id),
            deeds.map((_, id) => id),
          );
          assert.deepEqual(words(db), state);
          assert.equal(db.isTransaction, false);
        }
        db.close();
      }),
      { numRuns: process.env['ROLLCALL_LONG'] === '1' ? 20_000 : 300 },
    );
  });

  test('when the commit itself fails, only the write that it fails for is refused', () => {
    const db = openDatabase();
    const writes: readonly GroupedWrite[] = [
      { id: 5, name: 'good', start: () => perform({ kind: 'put', names: ['a'], value: 'x' }) },
      { id: 6, name: 'orphan', start: () => run(orphan, 404) },
      { id: 7, name: 'good', start: () => perform({ kind: 'put', names: ['b'], value: 'x' }) },
    ];
    const { replies, traces, stop } = commitGroup(db, createScriptRunner(db), writes);
    assert.deepEqual(
      replies.map(({ id, ok }) => [id, ok]),
      [
        [5, true],
        [6, false],
        [7, true],
      ],
    );
    assert.ok(traces.length > 0 && traces.every(({ databaseCode }) => databaseCode === 787));
    assert.equal(stop, false);
    assert.deepEqual([...words(db).keys()], ['a', 'b']);
    assert.equal(db.isTransaction, false);
  });

  test('a full disk refuses what does not fit, as something to try again, and nothing else', () => {
    const db = openDatabase();
    db.exec('PRAGMA max_page_count = 40');
    const small = (id: number): GroupedWrite => ({
      id,
      name: 'small',
      start: () => perform({ kind: 'put', names: [`w${id}`], value: 'x' }),
    });
    const large: GroupedWrite = { id: 2, name: 'large', start: () => run(blob, new Uint8Array(1_000_000)) };
    for (const group of [[small(1), large, small(3)], [large], [large, small(4)], [small(5), large]]) {
      const { replies, stop } = commitGroup(db, createScriptRunner(db), group);
      assert.equal(stop, false);
      assert.equal(db.isTransaction, false);
      for (const reply of replies) {
        assert.equal(reply.ok, reply.id !== large.id);
        if (reply.ok) continue;
        assert.equal(reply.fault.code, 'SERVICE_UNAVAILABLE');
        assert.equal(reply.fault.info.retryAfterSeconds, 1);
      }
    }
    assert.deepEqual([...words(db).keys()], ['w1', 'w3', 'w4', 'w5']);
  });
});

describe('what an error does', () => {
  const sqlite = (errcode: number): Error =>
    Object.assign(new Error('about someone@example.com'), { errcode, errstr: 'text' });
  for (const [name, errcode, code, effect] of [
    ['busy', 5, 'SERVICE_UNAVAILABLE', 'refuse'],
    ['full', 13, 'SERVICE_UNAVAILABLE', 'refuse'],
    ['a failed fsync', 10 | (4 << 8), 'SERVICE_UNAVAILABLE', 'stop'],
    ['a failed write', 10 | (3 << 8), 'SERVICE_UNAVAILABLE', 'stop'],
    ['damage', 11, 'SERVICE_UNAVAILABLE', 'stop'],
    ['not a database', 26, 'SERVICE_UNAVAILABLE', 'stop'],
    ['a broken constraint', 2067, 'CONFIGURATION_ERROR', 'refuse'],
  ] as const) {
    test(name, () => {
      const result = classifyError(sqlite(errcode));
      assert.equal(result.fault.code, code);
      assert.equal(result.effect, effect);
      assert.equal(result.trace?.databaseCode, errcode);
      assert.doesNotMatch(JSON.stringify(result), /someone/);
    });
  }
  for (const thrown of [
    undefined,
    null,
    'a@b.example',
    { message: 'a@b.example' },
    new RangeError('a@b.example'),
  ]) {
    test(`${typeof thrown} thrown`, () => {
      const result = classifyError(thrown);
      assert.equal(result.fault.code, 'CONFIGURATION_ERROR');
      assert.doesNotMatch(JSON.stringify(result), /a@b/);
    });
  }
});
