/** Opens what a disk holds as a server would, and says what is wrong with it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrations } from '../../../src/store/migrations/index.ts';
import { openConnection } from '../../../src/store/sqlite/connection.ts';
import { migrate } from '../../../src/store/sqlite/migrate.ts';
import { decodeBlock, decodeOperation } from '../../../src/engine/block/decode.ts';
import { nodePrimitives } from '../../../src/platform/primitives.ts';
import type { FileName } from './record.ts';

export interface Examiner {
  /** What does not hold; empty: everything that was acknowledged is there, whole. */
  examine(
    files: ReadonlyMap<FileName, Buffer>,
    acknowledged: readonly string[],
    readsBlocks: boolean,
  ): readonly string[];
  close(): void;
}

type Connection = ReturnType<typeof openConnection>;

/** In memory where that is a file system. */
const fast = '/dev/shm';

export function createExaminer(): Examiner {
  const folder = mkdtempSync(join(existsSync(fast) ? fast : tmpdir(), 'rollcall-examine-'));
  const database = join(folder, 'rollcall.db');
  return {
    examine(files, acknowledged, readsBlocks) {
      for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
      for (const [name, content] of files) writeFileSync(join(folder, name), content);
      let db: Connection | null = null;
      try {
        db = openConnection(database, 'writer');
        migrate(db, migrations, 0);
        return [...damageOf(db), ...lostOf(db, acknowledged), ...(readsBlocks ? unreadable(db) : [])];
      } catch (error) {
        return [`corrupt: it cannot be opened (${error instanceof Error ? error.message : 'unknown'})`];
      } finally {
        db?.close();
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// Of a list that was deleted the members go first.
const partless = `SELECT count(*) AS count FROM operation o JOIN audience a USING (account_no, audience_no)
  WHERE o.state = 'pending' AND a.state = 'live' AND NOT EXISTS
  (SELECT 1 FROM member_block b WHERE b.account_no = o.account_no AND b.audience_no = o.audience_no
    AND b.block_no = o.op_seq * 2 + 1)`;
const taskless = `SELECT count(*) AS count FROM operation o WHERE task_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM task t WHERE t.task_id = o.task_id)`;

function damageOf(db: Connection): readonly string[] {
  const check = String(db.prepare('PRAGMA integrity_check').get()?.['integrity_check']);
  const count = (sql: string): number => Number(db.prepare(sql).get()?.['count']);
  return [
    ...(check === 'ok' ? [] : [`corrupt: integrity_check: ${check}`]),
    ...(count(partless) === 0 ? [] : ['corrupt: an operation without its members']),
    ...(count(taskless) === 0 ? [] : ['corrupt: an operation without its task']),
  ];
}

function lostOf(db: Connection, acknowledged: readonly string[]): readonly string[] {
  const rows = db.prepare('SELECT audience_id AS id FROM audience').all();
  const found = new Set(rows.map((row) => String(row['id'])));
  const lost = acknowledged.filter((name) => !found.has(name)).length;
  return lost === 0 ? [] : [`lost: ${lost} of ${acknowledged.length} acknowledged calls`];
}

/** Checksums of every block. */
function unreadable(db: Connection): readonly string[] {
  const rows = db.prepare('SELECT level, bytes FROM member_block').iterate();
  let bad = 0;
  for (const { bytes } of rows as Iterable<{ bytes: Uint8Array }>) {
    const block = decodeBlock(bytes, nodePrimitives);
    if (!block.ok && !decodeOperation(bytes, nodePrimitives).ok) bad++;
  }
  return bad === 0 ? [] : [`corrupt: ${bad} blocks cannot be read`];
}
