/** Which database a data directory's server uses, as far as this process can know. */
import { dataDirectoryOf } from '../../store/sqlite/data-directory.ts';
import { isDirectoryLocked } from '../../store/sqlite/lock.ts';
import { readAdminFile } from './admin-file.ts';

/** Of the running server, or of what the environment says. */
export function usesPostgres(dataDir: string): boolean {
  const isRunning = isDirectoryLocked(dataDirectoryOf(dataDir));
  const told = isRunning ? readAdminFile(dataDir)?.database : undefined;
  return told === undefined ? (process.env['ROLLCALL_DATABASE_URL'] ?? '') !== '' : told === 'postgres';
}
