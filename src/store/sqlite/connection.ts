import { DatabaseSync } from 'node:sqlite';

import { AppError } from '../../base/faults.ts';
import { must } from '../../base/assert.ts';

/** "RCal": marks the file as ours, so that another program's database is refused by name. */
export const applicationId = 0x5243616c;

/**
 * Settings that live in the file: chosen once, before the first table, and only checked afterwards.
 * 16 KiB pages commit a 4 MB blob in a third of the time that 4 KiB pages take.
 */
const fileSettings = { page_size: 16_384, journal_mode: 'wal', application_id: applicationId } as const;

/**
 * Settings that SQLite forgets with the connection. Full synchronisation is what makes an
 * acknowledged write durable; secure deletion is what makes an erased row unreadable.
 * Checkpoints are taken by the writer between commits (checkpoint.ts), never inside one.
 */
const connectionSettings = {
  busy_timeout: 5_000,
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
  mmap_size: 0,
  secure_delete: 1,
  journal_size_limit: 64 * 1024 * 1024,
  wal_autocheckpoint: 0,
  temp_store: 2,
} as const;

export type ConnectionRole = 'writer' | 'reader';

/** Small rows fit many times over; blobs only pass through, and what passes through a cache fills it. */
const cacheKibibytes: Readonly<Record<ConnectionRole, number>> = { writer: 12 * 1024, reader: 4 * 1024 };

/** Opens the database of a data directory with every setting applied, read back and asserted. */
export function openConnection(path: string, role: ConnectionRole): DatabaseSync {
  const db = new DatabaseSync(path, {
    readOnly: role === 'reader',
    timeout: connectionSettings.busy_timeout,
    defensive: true,
  });
  try {
    if (role === 'writer' && isEmpty(db)) applySettings(db, fileSettings);
    applySettings(db, connectionSettings);
    applySettings(db, { cache_size: -cacheKibibytes[role] });
    assertSettings(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Refuses, naming the setting, a connection on which one of the settings does not hold. */
export function assertSettings(db: DatabaseSync): void {
  for (const [name, wanted] of Object.entries({ ...fileSettings, ...connectionSettings })) {
    const found = pragma(db, name);
    if (found === wanted) continue;
    throw new AppError(
      'CONFIGURATION_ERROR',
      `The database refuses the setting ${name}: it must be ${wanted} and is ${found}.`,
      { suggestion: 'Use a data directory that rollcall created, on a local disk.' },
    );
  }
}

/** The single value of a pragma that reports one. */
export function pragma(db: DatabaseSync, name: string): number | string {
  const row = must(db.prepare(`PRAGMA ${name}`).get(), () => `pragma ${name} gave no row`);
  return Object.values(row)[0] as number | string;
}

function applySettings(db: DatabaseSync, settings: Readonly<Record<string, number | string>>): void {
  for (const [name, value] of Object.entries(settings)) db.prepare(`PRAGMA ${name} = ${value}`).all();
}

function isEmpty(db: DatabaseSync): boolean {
  return pragma(db, 'page_count') === 0;
}
