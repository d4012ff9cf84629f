/** Reads the whole log through an administration, and verifies it on the way. */
import {
  checkpointKey,
  createHashRecord,
  type ChainPlace,
  type Checkpoint,
} from '../../service/audit/chain.ts';
import { ChainWalk, type AuditProblem } from '../../service/audit/verify.ts';
import type { AuditCheckpointView, AuditPlaceView, AuditRecordView } from './audit-admin.ts';
import type { OpenAdmin } from './open-admin.ts';

export interface AuditOutcome {
  /** Null: the log is what it was. */
  readonly problem: AuditProblem | null;
  /** The last record that was forgotten in its time; 0: none. */
  readonly start: number;
  /** The newest record. */
  readonly newest: AuditPlaceView;
  readonly checkpointCount: number;
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const placeOf = ({ seq, hash }: AuditPlaceView): ChainPlace => ({ seq, hash: bytes(hash) });
const checkpointOf = ({ at, signature, ...place }: AuditCheckpointView): Checkpoint => ({
  ...placeOf(place),
  at,
  signature: bytes(signature),
});

/**
 * Records written while it reads are left to the next time. The hashes are checked here, with the key of the data directory: the
 * server that is asked cannot vouch for itself. `kept`: places that were written down elsewhere.
 */
export async function walkAudit(
  { admin, secrets }: OpenAdmin,
  kept: readonly AuditPlaceView[],
  onPage: (records: readonly AuditRecordView[]) => void,
): Promise<AuditOutcome> {
  const { start, end, checkpoints } = await admin.auditFacts({});
  const known = {
    start: placeOf(start),
    checkpoints: checkpoints.map(checkpointOf),
    // Those that were forgotten in their time cannot be compared with anything.
    kept: kept.filter(({ seq }) => seq >= start.seq).map(placeOf),
  };
  const { publicKey } = checkpointKey(secrets.auditSeed);
  const walk = new ChainWalk(createHashRecord(secrets.auditKey), known, publicKey);
  let afterSeq = start.seq;
  while (afterSeq < end) {
    const page = (await admin.auditPage({ afterSeq })).filter(({ seq }) => seq <= end);
    const last = page.at(-1);
    if (last === undefined) break;
    onPage(page);
    walk.take(page.map(({ record, ...place }) => ({ ...placeOf(place), record })));
    afterSeq = last.seq;
  }
  const { seq, hash } = walk.place;
  const newest = { seq, hash: Buffer.from(hash).toString('hex') };
  return { problem: walk.end(), start: start.seq, newest, checkpointCount: checkpoints.length };
}
