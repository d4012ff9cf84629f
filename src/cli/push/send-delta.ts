/** Sends what leads from one state of an audience to another, call by call, and remembers each that was acknowledged. */
import type { Random } from '../../base/clock.ts';
import type { PushJournal, StoredRun } from '../../client/push/journal.ts';
import { changeCount, chunkAt } from '../../engine/forward/forward-chunks.ts';
import type { ForwardDelta } from '../../engine/forward/forward-delta.ts';
import { retryAfter } from '../../service/syndication/backoff.ts';
import { uuidOf } from '../../service/syndication/chunks.ts';
import type { OutgoingAudience, RemoteAudience, SellerLink } from '../../service/syndication/seller-link.ts';
import type { PushTarget } from '../../service/syndication/syndication-scripts.ts';

export interface SendDeps {
  readonly link: SellerLink;
  readonly target: PushTarget;
  readonly audience: OutgoingAudience;
  readonly journal: Pick<PushJournal, 'progress'>;
  readonly random: Random;
  /** Rejects when the user wants to stop. */
  readonly pause: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (run: StoredRun, callCount: number) => void;
  /** Something went wrong and is tried again. */
  readonly onTrouble: (sentence: string, pauseMs: number) => void;
}

export type SendEnd =
  /** `audience`: what the last answer said of it, if anything. */
  | { readonly kind: 'sent'; readonly callCount: number; readonly audience: RemoteAudience | null }
  /** It will not do, however often it is tried. */
  | { readonly kind: 'refused'; readonly sentence: string }
  /** It may do later; the journal knows where to go on. */
  | { readonly kind: 'away'; readonly sentence: string };

/** In a row, with pauses that grow to half a minute: some three minutes. */
const attemptCountMax = 12;
const pauseMsMax = 30_000;
/** A seller that asks for a longer pause is left alone until the user tries again. */
const askedMsMax = 120_000;
/** A seller that finds so few members too many is not helped by fewer. */
const chunkSizeMin = 100;

export async function sendDelta(delta: ForwardDelta, begun: StoredRun, deps: SendDeps): Promise<SendEnd> {
  let run = begun;
  let [callCount, failureCount] = [0, 0];
  let last: RemoteAudience | null = null;
  const save = (changes: Partial<StoredRun>): void => {
    run = { ...run, ...changes };
    deps.journal.progress(run);
  };
  while (run.doneCount < changeCount(delta)) {
    deps.signal.throwIfAborted();
    const chunk = chunkAt(delta, run.doneCount, run.chunkSize);
    // The same call after a crash has the same key, so the seller does it once.
    const requestKey = uuidOf(['push', run.pushId, chunk.side, chunk.from, chunk.to]);
    const { link, target, audience } = deps;
    const answer = await link.send(target, { kind: 'members', requestKey, audience, delta, chunk });
    if (answer.kind === 'accepted') {
      callCount += 1;
      failureCount = 0;
      last = answer.audience ?? last;
      save({ doneCount: run.doneCount + chunk.to - chunk.from });
      deps.onProgress(run, callCount);
      continue;
    }
    if (answer.kind === 'refused') return { kind: 'refused', sentence: answer.sentence };
    if (answer.kind === 'too_large') {
      const chunkSize = Math.floor((chunk.to - chunk.from) / 2);
      if (chunkSize < chunkSizeMin) return { kind: 'refused', sentence: answer.sentence };
      save({ chunkSize });
      continue;
    }
    failureCount += 1;
    const asked = answer.retryAfterMs;
    if (failureCount >= attemptCountMax || (asked ?? 0) > askedMsMax)
      return { kind: 'away', sentence: answer.sentence };
    const pauseMs = Math.max(asked ?? 0, Math.min(pauseMsMax, retryAfter(failureCount, null, deps.random)));
    deps.onTrouble(answer.sentence, pauseMs);
    await deps.pause(pauseMs);
  }
  return { kind: 'sent', callCount, audience: last };
}
