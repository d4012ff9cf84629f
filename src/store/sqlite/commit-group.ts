import type { DatabaseSync } from 'node:sqlite';

import type { ScriptRunner } from './run-script.ts';
import { refuseAll, type GroupedWrite, type GroupTrace, type WriteReply } from '../grouped-writes.ts';
import { classifyError } from '../wire-fault.ts';

export interface GroupResult {
  /** One per write, in order. */
  readonly replies: readonly WriteReply[];
  readonly traces: readonly GroupTrace[];
  /** The process must end: see ClassifiedError. */
  readonly stop: boolean;
}

/**
 * Runs a group of writes under one commit. Each write that throws is undone alone. When the whole group is
 * lost, its writes are tried again one by one: scripts give the same answer twice, and nothing has been
 * promised to anybody before this returns.
 */
export function commitGroup(
  db: DatabaseSync,
  runner: ScriptRunner,
  writes: readonly GroupedWrite[],
): GroupResult {
  const traces: GroupTrace[] = [];
  let running: string | null = null;
  try {
    db.exec('BEGIN IMMEDIATE');
    const replies: WriteReply[] = [];
    for (const write of writes) {
      running = write.name;
      replies.push(runOne(db, runner, write, writes.length === 1, traces));
    }
    running = null;
    if (db.isTransaction) db.exec('COMMIT');
    return { replies, traces, stop: false };
  } catch (error) {
    const { fault, effect, trace } = classifyError(error);
    if (trace !== undefined) traces.push({ ...trace, script: running });
    const stop = !rollBack(db) || effect === 'stop';
    if (!stop && writes.length > 1) return commitEach(db, runner, writes, traces);
    return { replies: writes.map(({ id }) => ({ id, ok: false, fault })), traces, stop };
  }
}

/** One by one, after a group was lost for a reason that one of its writes may have been: a full disk, a deferred constraint. */
function commitEach(
  db: DatabaseSync,
  runner: ScriptRunner,
  writes: readonly GroupedWrite[],
  earlier: readonly GroupTrace[],
): GroupResult {
  const replies: WriteReply[] = [];
  const traces = [...earlier];
  for (const [place, write] of writes.entries()) {
    const one = commitGroup(db, runner, [write]);
    replies.push(...one.replies);
    traces.push(...one.traces);
    if (one.stop) return { replies: [...replies, ...refuseAll(writes.slice(place + 1))], traces, stop: true };
  }
  return { replies, traces, stop: false };
}

/**
 * Throws only when the whole group is lost: SQLite ends a transaction by itself on a full disk, an
 * I/O error and the like, and then the writes before this one are undone too.
 */
function runOne(
  db: DatabaseSync,
  runner: ScriptRunner,
  write: GroupedWrite,
  alone: boolean,
  traces: GroupTrace[],
): WriteReply {
  if (!alone) db.exec('SAVEPOINT script');
  try {
    const output = runner.run(write.start());
    if (!alone) db.exec('RELEASE script');
    return { id: write.id, ok: true, output };
  } catch (error) {
    const { fault, effect, trace } = classifyError(error);
    if (effect === 'stop') throw error;
    if (trace !== undefined) traces.push({ ...trace, script: write.name });
    if (alone) {
      if (db.isTransaction) db.exec('ROLLBACK');
    } else if (db.isTransaction) {
      db.exec('ROLLBACK TO script');
      db.exec('RELEASE script');
    } else {
      throw new GroupLost(error);
    }
    return { id: write.id, ok: false, fault };
  }
}

/** The transaction ended under a script. Carries SQLite's code, so that it is classified like its cause. */
class GroupLost extends Error {
  override name = 'GroupLost';
  readonly errcode: unknown;
  readonly errstr: unknown;

  constructor(cause: unknown) {
    super('the transaction ended before its commit');
    this.errcode = (cause as { errcode?: unknown }).errcode;
    this.errstr = (cause as { errstr?: unknown }).errstr;
  }
}

function rollBack(db: DatabaseSync): boolean {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
