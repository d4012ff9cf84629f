import { checkProof } from '../check-proof.ts';
import { zombies } from './zombies.ts';

checkProof(zombies);
