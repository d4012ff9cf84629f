import { backups } from './backups.ts';
import { clockJumps } from './clock/clock-jumps.ts';
import { failedSync } from './disk/failed-sync.ts';
import { fullDisk } from './disk/full-disk.ts';
import { powerCuts } from './disk/power-cuts.ts';
import { tornPages } from './disk/torn-pages.ts';
import { commitCuts } from './kills/commit-cuts.ts';
import { keyRaces } from './kills/key-races.ts';
import { interleavings } from './interleavings.ts';
import { killNodes } from './kills/kill-nodes.ts';
import { killSqlite } from './kills/kill-sqlite.ts';
import { postgresRestarts } from './kills/postgres-restarts.ts';
import { zombies } from './kills/zombies.ts';
import type { Proof } from './proof.ts';
import { upgrades } from './upgrades.ts';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [
  interleavings,
  powerCuts,
  tornPages,
  failedSync,
  fullDisk,
  killSqlite,
  killNodes,
  keyRaces,
  zombies,
  commitCuts,
  postgresRestarts,
  clockJumps,
  upgrades,
  backups,
];
