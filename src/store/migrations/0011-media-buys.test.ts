/** Tasks are written anew by this migration; none may be lost, nor the parts that hang on them. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { migrate } from '../sqlite/migrate.ts';
import { migrations } from './index.ts';

test('tasks and their parts outlast it, still hang together, and take the new type', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('PRAGMA foreign_keys = ON');
  migrate(db, migrations.slice(0, 10), 0);
  db.exec(`
INSERT INTO principal (principal_no, principal_id, name, created_at) VALUES (1, 'p', 'p', 0);
INSERT INTO task (account_no, task_id, principal_no, task_type, status, generation, created_at, updated_at, has_webhook,
  audience_total, audience_done, member_total, member_done) VALUES
  (1, 't', 1, 'sync_audiences', 'working', '3.1', 1, 2, 1, 2, 1, 30, 10);
INSERT INTO task_part (account_no, task_id, position, audience_no, op_seq, state) VALUES
  (1, 't', 0, 5, 7, 'changed'), (1, 't', 1, 6, 8, 'pending')`);
  const tasks = `SELECT task_id, task_type, status, created_at, updated_at, completed_at, has_webhook, audience_total,
    audience_done, member_total, member_done FROM task`;
  const parts = 'SELECT task_id, position, audience_no, op_seq, state FROM task_part ORDER BY position';
  const before = [db.prepare(tasks).all(), db.prepare(parts).all()];
  migrate(db, migrations.slice(0, 11), 0);
  assert.deepEqual([db.prepare(tasks).all(), db.prepare(parts).all()], before);
  assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), []);
  db.exec("UPDATE task SET task_type = 'create_media_buy'");
  db.exec('DELETE FROM task');
  assert.deepEqual(db.prepare(parts).all(), [], 'parts go with their task');
  db.close();
});
