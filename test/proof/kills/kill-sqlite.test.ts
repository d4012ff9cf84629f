import { checkProof } from '../check-proof.ts';
import { killSqlite } from './kill-sqlite.ts';

checkProof(killSqlite);
