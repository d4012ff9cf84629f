import { checkProof } from '../check-proof.ts';
import { powerCuts } from './power-cuts.ts';
import { whyNotRecorded } from './record.ts';

checkProof(powerCuts, whyNotRecorded());
