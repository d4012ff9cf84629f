import { checkProof } from '../check-proof.ts';
import { failedSync } from './failed-sync.ts';
import { whyNotRecorded } from './record.ts';

checkProof(failedSync, whyNotRecorded());
