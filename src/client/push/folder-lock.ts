import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { FileFault } from '../file-fault.ts';

/** Holds a folder for this process; gives what lets go of it. A lock whose process lives no more is taken over. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isHeld(path)) break;
      rmSync(path, { force: true });
    }
  }
  throw new FileFault(
    'JOURNAL_LOCKED',
    'Another push to this audience is under way on this machine.',
    'Wait for its end, or stop it.',
  );
}

function isHeld(path: string): boolean {
  const holder = Number(readLock(path));
  if (!Number.isSafeInteger(holder) || holder <= 0) return false;
  try {
    process.kill(holder, 0);
    return holder !== process.pid;
  } catch (error) {
    // Somebody else's process is a process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readLock(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
