import { checkProof } from './check-proof.ts';
import { upgrades } from './upgrades.ts';

checkProof(upgrades);
