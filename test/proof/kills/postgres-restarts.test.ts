import { checkProof } from '../check-proof.ts';
import { postgresRestarts } from './postgres-restarts.ts';

checkProof(postgresRestarts);
