/**
 * Worker entry: moves the write-ahead log into the database while the writer goes on committing.
 * SQLite lets one connection check a log point while another appends to the log.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { openConnection } from './connection.ts';

const port = must(parentPort, () => 'checkpoints run in a worker thread');
const { databaseFile } = workerData as { readonly databaseFile: string };
const db = openConnection(databaseFile, 'writer');
const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

port.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  let isDone = true;
  try {
    passive.get();
  } catch {
    // The writer meets the same disk at its next commit and decides there.
    isDone = false;
  }
  port.postMessage(isDone);
});
