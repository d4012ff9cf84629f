import type { DatabaseSync } from 'node:sqlite';

const MiB = 1024 * 1024;

/** From this much log on, it is moved into the database beside the commits. */
const backgroundBytesMin = 8 * MiB;
/** From this length on, the writer moves the little that is left itself, and the log starts again. */
const restartBytesMin = 64 * MiB;
/** A log this long is moved and cut whatever it costs; readers get this long to let go of it. */
const truncateBytesMin = 512 * MiB;
const truncateWaitMs = 50;
const pageBytes = 16_384;

interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * Keeps the write-ahead log bounded without a checkpoint inside anybody's commit: SQLite's own
 * automatic one would run there. All of it is ordinary SQLite; nothing is lost when it never runs.
 *
 * The log starts again only at a commit that finds all of it moved, and under steady writes the mover is
 * always a little behind. So the bulk is moved in the background, and the writer moves the rest.
 */
export interface Checkpointer {
  /** Call after each commit. */
  afterCommit(): void;
  /** Call when the background has finished what `startBackground` asked for. */
  afterBackground(): void;
  /** Moves and cuts all of it; false when somebody still reads an old state. */
  cut(): boolean;
  /** The same at the end: SQLite does so only when the last connection closes, and only if that one may write. */
  beforeClose(): void;
}

/** `startBackground` begins a checkpoint on another connection. */
export function createCheckpointer(db: DatabaseSync, startBackground: () => void): Checkpointer {
  const state = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  let isRunning = false;

  const cut = (): boolean => {
    // A reader that holds an old snapshot makes this fail; the next commit tries again.
    db.exec(`PRAGMA busy_timeout = ${truncateWaitMs}`);
    try {
      const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as unknown as { busy: number };
      return busy === 0;
    } finally {
      db.exec('PRAGMA busy_timeout = 5000');
    }
  };

  const afterCommit = (): void => {
    const { log, checkpointed } = state.get() as unknown as LogState;
    const waiting = Math.max(0, log - checkpointed);
    if (log * pageBytes >= truncateBytesMin) cut();
    else if (!isRunning && waiting * pageBytes >= backgroundBytesMin) {
      isRunning = true;
      startBackground();
    }
  };

  return {
    afterCommit,
    afterBackground() {
      isRunning = false;
      const { log, checkpointed } = state.get() as unknown as LogState;
      if (log * pageBytes >= restartBytesMin && checkpointed < log) passive.get();
    },
    cut,
    beforeClose: () => void cut(),
  };
}
