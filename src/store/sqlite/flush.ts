import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when a file, or the names in a directory, are on disk. Never for a file that this process has open through SQLite. */
export function flushToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
