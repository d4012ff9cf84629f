import { checkProof } from '../check-proof.ts';
import { clockJumps } from './clock-jumps.ts';

checkProof(clockJumps);
