import { backups } from './backups.ts';
import type { Proof } from './proof.ts';
import { upgrades } from './upgrades.ts';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [upgrades, backups];
