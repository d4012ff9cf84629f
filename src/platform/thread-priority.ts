import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** What a thread that works through long lists has below those that answer somebody who waits. */
const niceness = 5;

/**
 * Lets other threads go first from now on, where there are fewer processors than threads with work. Only Linux has a priority for each
 * thread; elsewhere nothing changes. Source: setpriority(2), "C library/kernel differences".
 */
export function letOthersGoFirst(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // No /proc, or not allowed to: the work is done all the same.
  }
}
