import { get, run, type Script } from './script.ts';

// By the clock of the database, which all processes share.
const take = `INSERT INTO lease (name, holder, lease_no, held_until)
  VALUES (?1, ?2, 1, CAST(unixepoch('subsec') * 1000 AS BIGINT) + ?3)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_no = lease.lease_no + 1, held_until = excluded.held_until
  WHERE lease.held_until <= CAST(unixepoch('subsec') * 1000 AS BIGINT) RETURNING lease_no AS leaseNo`;
const renew = `UPDATE lease SET held_until = CAST(unixepoch('subsec') * 1000 AS BIGINT) + ?3
  WHERE name = ?1 AND lease_no = ?2`;
const release = `UPDATE lease SET held_until = 0 WHERE name = ? AND lease_no = ?`;
const strikeOff = `UPDATE lease SET lease_no = lease_no + 1, held_until = 0
  WHERE name = ? AND held_until > 0 AND held_until <= CAST(unixepoch('subsec') * 1000 AS BIGINT)`;
const find = `SELECT holder FROM lease WHERE name = ?`;
const held = `SELECT 1 AS held FROM lease
  WHERE name = ? AND held_until > CAST(unixepoch('subsec') * 1000 AS BIGINT)`;

/** Gives the number of the new lease, or null while somebody holds it. */
export function* takeLease(name: string, holder: string, leaseMs: number): Script<number | null> {
  return (yield* get<{ leaseNo: number }>(take, name, holder, leaseMs))?.leaseNo ?? null;
}

/** False: it was taken over. */
export function* renewLease(name: string, leaseNo: number, leaseMs: number): Script<boolean> {
  return (yield* run(renew, name, leaseNo, leaseMs)) > 0;
}

export const releaseLease = (name: string, leaseNo: number): Script<number> => run(release, name, leaseNo);

/** Whoever let it run out holds it no more, also where nobody else takes it. */
export const strikeOffLease = (name: string): Script<number> => run(strikeOff, name);

/** Whether it could be taken now. */
export function* leaseIsFree(name: string): Script<boolean> {
  return (yield* get(held, name)) === undefined;
}

/** Who has it or had it last; null: nobody ever did. */
export function* leaseHolder(name: string): Script<string | null> {
  return (yield* get<{ holder: string }>(find, name))?.holder ?? null;
}
