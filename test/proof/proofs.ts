import { backups } from './backups.ts';
import { killNodes } from './kills/kill-nodes.ts';
import { killSqlite } from './kills/kill-sqlite.ts';
import type { Proof } from './proof.ts';
import { upgrades } from './upgrades.ts';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [killSqlite, killNodes, upgrades, backups];
