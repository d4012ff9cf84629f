import type { ClientBase } from 'pg';

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
  ${writerLock}; SELECT pg_current_xact_id()::text AS xid`;
const leaseNoOf = 'SELECT lease_no AS leaseNo FROM lease WHERE name = ?';
const nodeOf = 'SELECT node_no AS nodeNo FROM node WHERE node_no = ?';

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
      /** The commit left, and its answer did not come: what was to be answered, and the transaction to ask about. */
      readonly unknown: { readonly xid: string; readonly replies: readonly WriteReply[] } | null;
    };

/**
 * What a write that throws is undone to: a journey to the server each. A write alone in its group needs none, as the whole
 * transaction is then its own; the last one's is ended by the commit.
 */
const savepoint = 'SAVEPOINT script';
const nextSavepoint = `RELEASE SAVEPOINT script; ${savepoint}`;

/** Runs a group of writes under one commit. Each write that throws is undone alone. */
export async function commitGroup(
  client: ClientBase,
  writes: readonly GroupedWrite[],
  fence: Fence | null,
): Promise<GroupEnd> {
  const traces: GroupTrace[] = [];
  const replies: WriteReply[] = [];
  let running: string | null = null;
  let xid: string | null = null;
  try {
    const isAlone = writes.length === 1;
    const begun = await plain(client, isAlone ? begin : `${begin}; ${savepoint}`);
    const committing = begun.findLast(({ rows }) => rows.length > 0)?.rows[0]?.['xid'] as string;
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
    xid = committing;
    await plain(client, 'COMMIT');
    return { kind: 'committed', replies, traces };
  } catch (error) {
    const { trace, isSessionOver } = classify(error);
    if (trace !== undefined) traces.push({ ...trace, script: running });
    const isOver = isSessionOver || !(await rollBack(client));
    const isUnknown = xid !== null && isSessionOver;
    return {
      kind: 'lost',
      traces,
      isSessionOver: isOver,
      unknown: isUnknown ? { xid: xid!, replies } : null,
    };
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
