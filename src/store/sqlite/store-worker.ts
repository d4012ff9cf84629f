import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';

import { assert, must } from '../../base/assert.ts';
import type { Script } from '../script.ts';
import type { ScriptRegistry } from '../store.ts';
import { createCheckpointer } from './checkpoint.ts';
import { startCheckpointThread } from './checkpoint-thread.ts';
import {
  commitGroup,
  refuseAll,
  type GroupedWrite,
  type GroupTrace,
  type WriteReply,
} from './commit-group.ts';
import { openConnection } from './connection.ts';
import type { FromWriter, ToWriter, WriterSetup } from './messages.ts';
import { createScriptRunner } from './run-script.ts';
import { toWireFault } from './wire-fault.ts';
import { AppError } from '../../base/faults.ts';

/** A group is committed when it has this many writes, whatever else is waiting. */
const groupWriteCountMax = 256;
/** How long the first write of a group waits for company, when writes have been coming together: four naps. */
const napMs = 0.1;
const napCountMax = 4;

/**
 * The writer's side of the store: call it at the top of a worker's entry file, with every script of
 * the program. The entry file is where the parts are joined:
 *
 *     runStoreWorker({ ...accountScripts, ...keyScripts, ...syncScripts });
 */
export function runStoreWorker(scripts: ScriptRegistry): void {
  const port = must(parentPort, () => 'the store writer runs in a worker thread');
  const setup = workerData as Partial<WriterSetup> | null;
  assert(setup?.rollcallStoreWriter === true, () => 'openSqliteStore starts this worker');
  const send = (message: FromWriter): void => port.postMessage(message);
  const databaseFile = must(setup.databaseFile, () => 'a database to write');
  let db: DatabaseSync;
  try {
    db = openConnection(databaseFile, 'writer');
  } catch (error) {
    send({ kind: 'cannot_open', message: error instanceof AppError ? error.message : 'cannot open' });
    port.close();
    return;
  }
  serve(db, databaseFile, scripts, port, send);
  send({ kind: 'ready' });
}

/** Takes what has arrived, commits it as one group, answers, and looks again. */
function serve(
  db: DatabaseSync,
  databaseFile: string,
  scripts: ScriptRegistry,
  port: MessagePort,
  send: (message: FromWriter) => void,
): void {
  const runner = createScriptRunner(db);
  const background = startCheckpointThread(databaseFile, () => checkpointer.afterBackground());
  const checkpointer = createCheckpointer(db, background.start);
  const gatherer = createGatherer(port, scripts);
  let stopped = false;

  const commit = (writes: readonly GroupedWrite[]): void => {
    if (stopped) return send({ kind: 'group', replies: refuseAll(writes), traces: [] });
    const { replies, traces, stop } = commitGroup(db, runner, writes);
    sendReplies(send, replies, traces);
    stopped ||= stop;
    if (stopped) send({ kind: 'stopped' });
    else checkpointer.afterCommit();
  };

  const close = async (): Promise<void> => {
    await background.close();
    if (!stopped) checkpointer.beforeClose();
    db.close();
    port.close();
  };

  port.on('message', (first: ToWriter) => {
    if (first.kind === 'erase')
      return send({ kind: 'erased', id: first.id, done: !stopped && checkpointer.cut() });
    const { writes, erasures, closing } = gatherer.gather(first);
    if (writes.length > 0) commit(writes);
    for (const id of erasures) send({ kind: 'erased', id, done: !stopped && checkpointer.cut() });
    if (closing) void close();
  });
}

interface Gathered {
  readonly writes: readonly GroupedWrite[];
  /** Asked for behind these writes. */
  readonly erasures: readonly number[];
  readonly closing: boolean;
}

/** Collects what waits on the port behind a first message, and a little longer when company is likely. */
function createGatherer(port: MessagePort, scripts: ScriptRegistry): { gather(first: ToWriter): Gathered } {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let lastCount = 1;

  const toWrite = (message: ToWriter & { kind: 'write' }): GroupedWrite => {
    const script = scripts[message.name] as ((input: unknown) => Script<unknown>) | undefined;
    return {
      id: message.id,
      name: message.name,
      start: () => must(script, () => 'every script is registered in the writer')(message.input),
    };
  };

  return {
    gather(first) {
      const writes: GroupedWrite[] = [];
      let naps = 0;
      let message: ToWriter | undefined = first;
      for (;;) {
        if (message?.kind === 'close') return { writes, erasures: [], closing: true };
        if (message?.kind === 'erase') return { writes, erasures: [message.id], closing: false };
        if (message !== undefined) writes.push(toWrite(message));
        if (writes.length >= groupWriteCountMax) break;
        message = receiveMessageOnPort(port)?.message as ToWriter | undefined;
        if (message !== undefined) continue;
        // Whoever wrote together a moment ago is probably about to write again: their answers have just left.
        if (writes.length >= lastCount || naps >= napCountMax) break;
        Atomics.wait(sleeper, 0, 0, napMs);
        naps++;
      }
      lastCount = writes.length;
      return { writes, erasures: [], closing: false };
    },
  };
}

/** A result that cannot be cloned is a bug of one script and must not hide the others' answers. */
function sendReplies(
  send: (message: FromWriter) => void,
  replies: readonly WriteReply[],
  traces: readonly GroupTrace[],
): void {
  try {
    send({ kind: 'group', replies, traces });
  } catch {
    const fault = toWireFault(new AppError('CONFIGURATION_ERROR'));
    for (const reply of replies) {
      try {
        send({ kind: 'group', replies: [reply], traces });
      } catch {
        send({ kind: 'group', replies: [{ id: reply.id, ok: false, fault }], traces });
      }
    }
  }
}
