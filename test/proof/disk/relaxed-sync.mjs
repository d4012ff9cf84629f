/** Loaded before a server: its commits are no longer flushed one by one (`synchronous=NORMAL`), whatever the server set and looked at. */
import { DatabaseSync } from 'node:sqlite';

const { exec } = DatabaseSync.prototype;
const relaxed = new WeakSet();
DatabaseSync.prototype.exec = function (sql) {
  if (sql === 'BEGIN IMMEDIATE' && !relaxed.has(this)) {
    relaxed.add(this);
    exec.call(this, 'PRAGMA synchronous=NORMAL');
  }
  return exec.call(this, sql);
};
