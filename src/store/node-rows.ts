/** The processes that work on a database at the same time, each for as long as it says so again and again. */
import { all, get, run, type Script } from './script.ts';

// By the clock of the database, which all processes share.
const insert = `INSERT INTO node (holder, held_until) VALUES (?1, CAST(unixepoch('subsec') * 1000 AS BIGINT) + ?2)
  RETURNING node_no AS nodeNo`;
const renew = `UPDATE node SET held_until = CAST(unixepoch('subsec') * 1000 AS BIGINT) + ?2 WHERE node_no = ?1`;
const remove = `DELETE FROM node WHERE node_no = ?`;
const removeSilent = `DELETE FROM node WHERE held_until <= CAST(unixepoch('subsec') * 1000 AS BIGINT) - ?`;
const live = `SELECT node_no AS nodeNo, holder FROM node
  WHERE held_until > CAST(unixepoch('subsec') * 1000 AS BIGINT) ORDER BY node_no`;

const schema = `SELECT max(number) AS number FROM schema_migration`;

export interface NodeRow {
  readonly nodeNo: number;
  readonly holder: string;
}

/** Gives the number of the new node. */
export function* insertNode(holder: string, leaseMs: number): Script<number> {
  return (yield* get<{ nodeNo: number }>(insert, holder, leaseMs))?.nodeNo ?? 0;
}

/** False: it is not listed any more, and must not write. */
export function* renewNode(nodeNo: number, leaseMs: number): Script<boolean> {
  return (yield* run(renew, nodeNo, leaseMs)) > 0;
}

export const deleteNode = (nodeNo: number): Script<number> => run(remove, nodeNo);

/** Those who have said nothing for so long, beyond the time that they asked for, may write no more. */
export const deleteSilentNodes = (silentMs: number): Script<number> => run(removeSilent, silentMs);

/** The schema that the database has now. */
export function* schemaNumber(): Script<number> {
  return (yield* get<{ number: number }>(schema))?.number ?? 0;
}

export const liveNodes = (): Script<readonly NodeRow[]> => all<NodeRow>(live);
