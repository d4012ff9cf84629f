import type { DatabaseSync } from 'node:sqlite';

const MiB = 1024 * 1024;

/** From this much log on, an idle moment is used to move it into the database. */
const idleCheckpointBytesMin = 1 * MiB;
/** From this much on, the writer stops for a checkpoint between two commits. */
const busyCheckpointBytesMin = 64 * MiB;
/** From this much on, the log is also cut; readers get this long to let go of it. */
const truncateBytesMin = 256 * MiB;
const truncateWaitMs = 50;
const pageBytes = 16_384;

interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * Keeps the write-ahead log bounded without a checkpoint inside anybody's commit: SQLite's own
 * automatic one would run there. All of it is ordinary SQLite; nothing is lost when it never runs.
 */
export interface Checkpointer {
  /** Call after each commit. Takes a checkpoint when the log has grown past what may wait. */
  afterCommit(): void;
  /** Call when no write is waiting. */
  whenIdle(): void;
  /**
   * Leaves nothing in the log. SQLite does that only when the last connection closes, and only when that
   * one may write: readers of other threads often close after the writer.
   */
  beforeClose(): void;
  /** Whether `whenIdle` would do something. */
  hasWork(): boolean;
}

export function createCheckpointer(db: DatabaseSync): Checkpointer {
  const state = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const read = (): LogState => state.get() as unknown as LogState;
  const waitingBytes = ({ log, checkpointed }: LogState): number =>
    Math.max(0, log - checkpointed) * pageBytes;

  const truncate = (): void => {
    // A reader that holds an old snapshot makes this fail; the next commit tries again.
    db.exec(`PRAGMA busy_timeout = ${truncateWaitMs}`);
    try {
      db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    } finally {
      db.exec('PRAGMA busy_timeout = 5000');
    }
  };

  return {
    afterCommit() {
      const now = read();
      if (now.log * pageBytes >= truncateBytesMin) truncate();
      else if (waitingBytes(now) >= busyCheckpointBytesMin) passive.get();
    },
    whenIdle() {
      passive.get();
    },
    beforeClose: truncate,
    hasWork: () => waitingBytes(read()) >= idleCheckpointBytesMin,
  };
}
