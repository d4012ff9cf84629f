import { checkProof } from '../check-proof.ts';
import { tornPages } from './torn-pages.ts';
import { whyNotRecorded } from './record.ts';

checkProof(tornPages, whyNotRecorded());
