import { checkProof } from '../check-proof.ts';
import { commitCuts } from './commit-cuts.ts';

checkProof(commitCuts);
