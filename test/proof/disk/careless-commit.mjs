/** Loaded before a server: a commit that fails is taken for one that succeeded. */
import { DatabaseSync } from 'node:sqlite';

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  if (sql !== 'COMMIT') return exec.call(this, sql);
  try {
    return exec.call(this, sql);
  } catch {
    if (this.isTransaction) exec.call(this, 'ROLLBACK');
    return undefined;
  }
};
