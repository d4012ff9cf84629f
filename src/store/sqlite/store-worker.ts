import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';

import { assert, must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { refuseAll, type GroupedWrite } from '../grouped-writes.ts';
import type { ScriptRegistry } from '../store.ts';
import { createGatherer, nextOf, sendReplies } from '../writer-port.ts';
import type { Asked, FromWriter, WriterSetup } from '../writer-messages.ts';
import { createCheckpointer } from './checkpoint.ts';
import { startCheckpointThread } from './checkpoint-thread.ts';
import { commitGroup } from './commit-group.ts';
import { openConnection } from './connection.ts';
import { dataDirectoryOf } from './data-directory.ts';
import { createScriptRunner } from './run-script.ts';

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
  const place = must(setup.place, () => 'a place to write to');
  assert(place.kind === 'sqlite', () => 'a file to write');
  const { databaseFile } = dataDirectoryOf(place.dataDir);
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
  const gatherer = createGatherer(nextOf(port), scripts);
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

  port.on('message', (first: Asked) => {
    if (first.kind === 'erase')
      return send({ kind: 'erased', id: first.id, done: !stopped && checkpointer.cut() });
    const { writes, erasures, closing } = gatherer.gather(first);
    if (writes.length > 0) commit(writes);
    for (const id of erasures) send({ kind: 'erased', id, done: !stopped && checkpointer.cut() });
    if (closing) void close();
  });
}
