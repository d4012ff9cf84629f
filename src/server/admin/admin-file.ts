import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the commands of the same user find the running server of a data directory. Readable by its owner only. */
export interface AdminFile {
  readonly pid: number;
  /** Loopback port of the seller's own commands. */
  readonly adminPort: number;
  readonly token: string;
  /** Which database the server uses. Absent: a server of an older release, which knew one. */
  readonly database?: 'sqlite' | 'postgres';
  /** Where callers reach the server. */
  readonly url: string;
}

const fileName = 'server.json';

export function writeAdminFile(dataDir: string, file: AdminFile): void {
  rmSync(join(dataDir, fileName), { force: true });
  writeFileSync(join(dataDir, fileName), JSON.stringify(file), { mode: 0o600 });
}

export function removeAdminFile(dataDir: string): void {
  rmSync(join(dataDir, fileName), { force: true });
}

/** Null when no server left word, or when what it left cannot be read. */
export function readAdminFile(dataDir: string): AdminFile | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, fileName), 'utf8')) as AdminFile;
  } catch {
    return null;
  }
}
