/** Adding to the log, signing where it stands, reading it, and forgetting what is old enough. */
import type { KeyObject } from 'node:crypto';

import type { Script } from '../../store/script.ts';
import {
  auditCheckpoints,
  auditEnd,
  auditRecords,
  auditStart,
  dropForgottenAudit,
  insertAuditCheckpoint,
  insertAuditRecord,
  moveAuditStart,
  newestCheckpoint,
  type AuditPlace,
  type AuditRow,
  type CheckpointRow,
} from '../../store/audit-rows.ts';
import { recordOf, signCheckpoint, type AuditEvent, type HashRecord } from './chain.ts';

/** Source: AdCP wants a security log of 90 days; a year is what auditors ask for. */
const keptMs = 365 * 24 * 3_600_000;
/** Records that one transaction lets go. */
const forgottenCountMax = 10_000;

/** Adds one event, in the transaction that it describes. */
export function* appendAudit(hash: HashRecord, event: AuditEvent): Script<void> {
  const { seq, hash: before } = yield* auditEnd();
  const record = recordOf(event);
  yield* insertAuditRecord({ seq: seq + 1, record, hash: hash(before, record) });
}

export type AuditScripts = ReturnType<typeof createAuditScripts>;

export function createAuditScripts(hash: HashRecord, key: KeyObject) {
  return {
    /** Signs the end of the chain; null when it was signed before. */
    *signAudit({ nowMs }: { readonly nowMs: number }): Script<CheckpointRow | null> {
      const { seq, hash: end } = yield* auditEnd();
      const known = yield* newestCheckpoint();
      if (seq === 0 || known?.seq === seq) return null;
      const checkpoint = signCheckpoint({ seq, at: nowMs, hash: end }, key);
      yield* insertAuditCheckpoint(checkpoint);
      return checkpoint;
    },

    /** Credentials that were refused since the last record: bad ones, and those of places that were wrong too often. */
    *noteRefusals(input: {
      readonly nowMs: number;
      readonly bad: number;
      readonly unseen: number;
      readonly placeCount: number;
    }): Script<void> {
      const { nowMs, bad, unseen, placeCount } = input;
      const facts = { bad, unseen, places: placeCount };
      yield* appendAudit(hash, { at: nowMs, kind: 'auth_refused', actor: 'system', facts });
    },

    *noteStart({ nowMs, version }: { readonly nowMs: number; readonly version: string }): Script<void> {
      yield* appendAudit(hash, { at: nowMs, kind: 'server_started', actor: 'system', facts: { version } });
    },

    *auditPage(input: { readonly afterSeq: number; readonly countMax: number }): Script<readonly AuditRow[]> {
      return yield* auditRecords(input.afterSeq, input.countMax);
    },

    *auditFacts(_: object): Script<{
      readonly start: AuditPlace;
      readonly end: AuditPlace;
      readonly checkpoints: readonly CheckpointRow[];
    }> {
      return { start: yield* auditStart(), end: yield* auditEnd(), checkpoints: yield* auditCheckpoints() };
    },

    /**
     * Forgets what is older than a year, up to a checkpoint. A record in the chain says where it begins then, so that nobody else can
     * move its beginning. Records go a bounded number at a time: gives how many went, and is called again until none does.
     */
    *forgetOldAudit({ nowMs }: { readonly nowMs: number }): Script<number> {
      const start = yield* auditStart();
      const old = (yield* auditCheckpoints()).findLast(
        ({ seq, at }) => seq > start.seq && at < nowMs - keptMs,
      );
      if (old !== undefined) {
        const facts = { up_to: old.seq };
        yield* appendAudit(hash, { at: nowMs, kind: 'audit_forgotten', actor: 'system', facts });
        yield* moveAuditStart(old);
      }
      return yield* dropForgottenAudit(forgottenCountMax);
    },
  };
}
