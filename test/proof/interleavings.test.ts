import { checkProof } from './check-proof.ts';
import { interleavings } from './interleavings.ts';

checkProof(interleavings);
