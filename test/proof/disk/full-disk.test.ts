import { checkProof } from '../check-proof.ts';
import { fullDisk } from './full-disk.ts';
import { whyNotRecorded } from './record.ts';

checkProof(fullDisk, whyNotRecorded());
