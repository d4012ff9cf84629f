/** Reads the whole log through an administration, and verifies it on the way. */
import { checkpointKey, createHashRecord, type Checkpoint } from '../../service/audit/chain.ts';
import { ChainWalk, type AuditProblem } from '../../service/audit/verify.ts';
import type { AuditCheckpointView, AuditRecordView } from './audit-admin.ts';
import type { OpenAdmin } from './open-admin.ts';

export interface AuditOutcome {
  /** Null: the log is what it was. */
  readonly problem: AuditProblem | null;
  /** The first record that is kept, less one. */
  readonly start: number;
  readonly end: number;
  readonly checkpointCount: number;
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

const checkpointOf = ({ seq, at, hash, signature }: AuditCheckpointView): Checkpoint => ({
  ...{ seq, at },
  hash: bytes(hash),
  signature: bytes(signature),
});

/**
 * Records written while it reads are left to the next time. The hashes are checked here, with the key of the data directory: the
 * server that is asked cannot vouch for itself.
 */
export async function walkAudit(
  { admin, secrets }: OpenAdmin,
  onPage: (records: readonly AuditRecordView[]) => void,
): Promise<AuditOutcome> {
  const { start, end, checkpoints } = await admin.auditFacts({});
  const { publicKey } = checkpointKey(secrets.auditSeed);
  const from = { seq: start.seq, hash: bytes(start.hash) };
  const walk = new ChainWalk(
    createHashRecord(secrets.auditKey),
    from,
    checkpoints.map(checkpointOf),
    publicKey,
  );
  let afterSeq = start.seq;
  while (afterSeq < end) {
    const page = (await admin.auditPage({ afterSeq })).filter(({ seq }) => seq <= end);
    const last = page.at(-1);
    if (last === undefined) break;
    onPage(page);
    walk.take(page.map(({ seq, record, hash }) => ({ seq, record, hash: bytes(hash) })));
    afterSeq = last.seq;
  }
  return { problem: walk.end(), start: start.seq, end, checkpointCount: checkpoints.length };
}
