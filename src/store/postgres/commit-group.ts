import type { ClientBase } from 'pg';

import { assert } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { GroupedWrite, GroupTrace, WriteReply } from '../grouped-writes.ts';
import { classify } from './faults.ts';
import type { Fence } from '../writer-messages.ts';
import { execute, plain, runScript } from './run-script.ts';

/** One writer at a time over all processes: scripts take effect in one order, and a number drawn later is committed later. */
const writerLock = 'SELECT pg_advisory_xact_lock(1380147564)';
/** Bounds a process that hangs while it holds the lock; a dead one is noticed when its connection closes. */
const timeouts = `SET LOCAL lock_timeout = '15s'; SET LOCAL statement_timeout = '30s';
  SET LOCAL idle_in_transaction_session_timeout = '15s'`;
/**
 * The lock comes first and each statement sees what was committed before it (READ COMMITTED), so that the transactions of all
 * processes run as if one after the other. `SET LOCAL`: behind a pooler a session is not ours.
 */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on; ${timeouts};
  ${writerLock}`;
const commitNoOf = 'SELECT commit_no AS commitNo FROM commit_mark WHERE writer = ?';
const leaseNoOf = 'SELECT lease_no AS leaseNo FROM lease WHERE name = ?';
const nodeOf = 'SELECT node_no AS nodeNo FROM node WHERE node_no = ?';

/** A group in which nothing else can be meant: who writes, and how many groups it began before. */
export interface CommitMark {
  /** A UUID. */
  readonly writer: string;
  readonly commitNo: number;
}

export type GroupEnd =
  /** This process may write no more; nothing was written. */
  | { readonly kind: 'fenced' }
  | {
      readonly kind: 'committed';
      readonly replies: readonly WriteReply[];
      readonly traces: readonly GroupTrace[];
    }
  | {
      readonly kind: 'lost';
      readonly traces: readonly GroupTrace[];
      readonly isSessionOver: boolean;
      /** The commit left, and its answer did not come: what was to be answered if it has happened. Null: it has not. */
      readonly unknown: { readonly replies: readonly WriteReply[] } | null;
    };

/**
 * What a write that throws is undone to: a journey to the server each. A write alone in its group needs none, as the whole
 * transaction is then its own; the last one's is ended by the commit.
 */
const savepoint = 'SAVEPOINT script';
const nextSavepoint = `RELEASE SAVEPOINT script; ${savepoint}`;

/**
 * Written by every group, so that a commit whose answer was lost can be asked about. The number of the transaction would not do: the
 * database gives it to another one when it crashed before it wrote the first one down.
 */
const markSql = ({ writer, commitNo }: CommitMark): string => {
  assert(
    /^[0-9a-f-]{36}$/.test(writer) && Number.isSafeInteger(commitNo),
    () => 'a mark is written as it is',
  );
  return `INSERT INTO commit_mark (writer, commit_no, written_at)
    VALUES ('${writer}', ${commitNo}, CAST(unixepoch('subsec') * 1000 AS BIGINT))
    ON CONFLICT (writer) DO UPDATE SET commit_no = excluded.commit_no, written_at = excluded.written_at`;
};

/**
 * Whether a group was committed whose answer was lost. Waits at the lock for the end of its session, which may not have noticed that
 * nobody listens; throws where that takes too long.
 */
export async function hasCommitted(client: ClientBase, { writer, commitNo }: CommitMark): Promise<boolean> {
  await plain(client, begin);
  const { rows } = await execute(client, { sql: commitNoOf, params: [writer] });
  await plain(client, 'ROLLBACK');
  return rows[0]?.['commitNo'] === commitNo;
}

/** Runs a group of writes under one commit. Each write that throws is undone alone. */
export async function commitGroup(
  client: ClientBase,
  writes: readonly GroupedWrite[],
  fence: Fence | null,
  mark: CommitMark,
): Promise<GroupEnd> {
  const traces: GroupTrace[] = [];
  const replies: WriteReply[] = [];
  let running: string | null = null;
  let isCommitting = false;
  try {
    const isAlone = writes.length === 1;
    const marked = `${begin}; ${markSql(mark)}`;
    await plain(client, isAlone ? marked : `${marked}; ${savepoint}`);
    if (fence !== null && !(await isHeld(client, fence))) {
      await plain(client, 'ROLLBACK');
      return { kind: 'fenced' };
    }
    for (const write of writes) {
      if (replies.at(-1)?.ok === true) await plain(client, nextSavepoint);
      running = write.name;
      const reply = await runOne(client, write, traces);
      replies.push(reply);
      if (!reply.ok) await plain(client, isAlone ? 'ROLLBACK' : 'ROLLBACK TO SAVEPOINT script');
    }
    running = null;
    if (isAlone && replies[0]?.ok === false) return { kind: 'committed', replies, traces };
    isCommitting = true;
    await plain(client, 'COMMIT');
    return { kind: 'committed', replies, traces };
  } catch (error) {
    const { trace, isSessionOver } = classify(error);
    if (trace !== undefined) traces.push({ ...trace, script: running });
    const isOver = isSessionOver || !(await rollBack(client));
    const unknown = isCommitting && isSessionOver ? { replies } : null;
    return { kind: 'lost', traces, isSessionOver: isOver, unknown };
  }
}

/** Looked at behind the lock, so that a lease cannot move before the commit. */
async function isHeld(client: ClientBase, fence: Fence): Promise<boolean> {
  if (fence.kind === 'node')
    return (await execute(client, { sql: nodeOf, params: [fence.nodeNo] })).rows.length > 0;
  const { rows } = await execute(client, { sql: leaseNoOf, params: [fence.name] });
  return rows[0]?.['leaseNo'] === fence.leaseNo;
}

/** Throws only when the whole group is lost. What a write that is refused has done is for the caller to undo. */
async function runOne(client: ClientBase, write: GroupedWrite, traces: GroupTrace[]): Promise<WriteReply> {
  try {
    if (write.lease !== undefined && !(await isHeld(client, write.lease)))
      throw new AppError('SERVICE_UNAVAILABLE', 'Another process does this work now.');
    return { id: write.id, ok: true, output: await runScript(client, write.start()) };
  } catch (error) {
    const { fault, effect, trace } = classify(error);
    if (effect === 'again') throw error;
    if (trace !== undefined) traces.push({ ...trace, script: write.name });
    return { id: write.id, ok: false, fault };
  }
}

async function rollBack(client: ClientBase): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
