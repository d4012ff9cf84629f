import { checkProof } from '../check-proof.ts';
import { keyRaces } from './key-races.ts';

checkProof(keyRaces);
