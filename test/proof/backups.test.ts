import { backups } from './backups.ts';
import { checkProof } from './check-proof.ts';

checkProof(backups);
