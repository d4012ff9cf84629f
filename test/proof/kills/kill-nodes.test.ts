import { checkProof } from '../check-proof.ts';
import { killNodes } from './kill-nodes.ts';

checkProof(killNodes);
