import { systemClock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';

/** Hashes and signatures travel as hex, because administration speaks JSON. */
export interface AuditRecordView {
  readonly seq: number;
  readonly record: string;
  readonly hash: string;
}

export interface AuditPlaceView {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditCheckpointView extends AuditPlaceView {
  /** Milliseconds. */
  readonly at: number;
  readonly signature: string;
}

export interface AuditFactsView {
  readonly start: AuditPlaceView;
  /** The number of the newest record. */
  readonly end: number;
  readonly checkpoints: readonly AuditCheckpointView[];
}

export interface AuditAdmin {
  auditFacts(input: object): Promise<AuditFactsView>;
  /** At most 1,000 records after a place, in order. */
  auditPage(input: { readonly afterSeq: number }): Promise<readonly AuditRecordView[]>;
  /** Signs the end of the chain, unless it was signed before. */
  signAudit(input: object): Promise<null>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const pageCountMax = 1_000;

export function createAuditAdmin(store: Store<Scripts>): AuditAdmin {
  return {
    auditFacts: async () => {
      const { start, end, checkpoints } = await store.read('auditFacts', {});
      return {
        start: { seq: start.seq, hash: hex(start.hash) },
        end: end.seq,
        checkpoints: checkpoints.map((one) => ({
          seq: one.seq,
          at: one.at,
          hash: hex(one.hash),
          signature: hex(one.signature),
        })),
      };
    },
    auditPage: async ({ afterSeq }) => {
      const rows = await store.read('auditPage', { afterSeq, countMax: pageCountMax });
      return rows.map(({ seq, record, hash }) => ({ seq, record, hash: hex(hash) }));
    },
    signAudit: async () => {
      await store.write('signAudit', { nowMs: systemClock.now() });
      return null;
    },
  };
}
