/**
 * Pushes what is due: one push at a time to each seller and for each audience, a few sellers side by side. A push that has to wait
 * gives its place to others. What was under way when the process ended is found in the store at the next start.
 */
import type { Random } from '../../base/clock.ts';
import { limits } from '../../base/limits.ts';
import { pollAfter, retryAfter } from './backoff.ts';
import type { DuePush } from './due.ts';
import { runPush, type PushDeps, type PushTurn } from './push-run.ts';

export interface PusherDeps extends PushDeps {
  readonly random: Random;
  readonly due: () => readonly DuePush[];
  /** Merges what is kept for forwarding, where it has grown. Never called while a push reads it. */
  readonly merge: () => Promise<void>;
  /** Something that must not fail did; it is tried again. */
  readonly troubled: (cause: unknown) => void;
}

interface Waiting {
  readonly untilMs: number;
  readonly failureCount: number;
  readonly pollCount: number;
  readonly pollingSinceMs: number | null;
}

const safetyMs = 30_000;
/** Wakes that come together are one. */
const gatherMs = 20;
/** Whoever changed what a push was about gets this long to finish. */
const stoppedMs = 100;
/** So often, at least, no push begins until what is kept was looked at for merging. */
const mergeMs = 60_000;

export class Pusher {
  readonly #deps: PusherDeps;
  /** Syndication → the seller that is spoken to. */
  readonly #running = new Map<string, string>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #startedMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isWoken = false;
  #isMerging = false;
  #mergedMs = 0;

  constructor(deps: PusherDeps) {
    this.#deps = deps;
  }

  /** Something may be due. */
  wake(): void {
    // A timer of its own: under a steady stream of wakes, one that begins anew each time would never end.
    if (this.#isWoken) return;
    this.#isWoken = true;
    setTimeout(() => {
      this.#isWoken = false;
      this.#tick();
    }, gatherMs);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    if (this.#isMerging) return;
    let nextMs = safetyMs;
    try {
      const now = this.#deps.clock.now();
      const due = this.#deps.due();
      const named = new Set(due.map(({ syndicationId }) => syndicationId));
      for (const map of [this.#waiting, this.#startedMs]) keepNamed(map, named, this.#running);
      const mustMerge = now - this.#mergedMs >= mergeMs;
      if (!mustMerge) nextMs = this.#startDue(due, now);
      else if (this.#running.size === 0) void this.#merge();
    } catch (error) {
      this.#deps.troubled(error);
    }
    this.#schedule(nextMs);
  }

  /** Gives the time until the next one that waits. */
  #startDue(due: readonly DuePush[], now: number): number {
    let nextMs = safetyMs;
    const lastStart = ({ syndicationId }: DuePush): number => this.#startedMs.get(syndicationId) ?? 0;
    const agents = new Set(this.#running.values());
    for (const push of due.toSorted((a, b) => lastStart(a) - lastStart(b))) {
      if (this.#running.size >= limits.pushCountMax) break;
      if (this.#running.has(push.syndicationId) || agents.has(agentOf(push))) continue;
      const leftMs = (this.#waiting.get(push.syndicationId)?.untilMs ?? 0) - now;
      if (leftMs > 0) {
        nextMs = Math.min(nextMs, leftMs);
        continue;
      }
      agents.add(agentOf(push));
      void this.#run(push);
    }
    return nextMs;
  }

  async #run(push: DuePush): Promise<void> {
    const { syndicationId: id } = push;
    const past = this.#waiting.get(id);
    this.#running.set(id, agentOf(push));
    this.#startedMs.set(id, this.#deps.clock.now());
    const turn = await takeTurn(this.#deps, push, past);
    const next = afterTurn(this.#deps, past, turn);
    if (next === null) this.#waiting.delete(id);
    else this.#waiting.set(id, next);
    this.#running.delete(id);
    this.#schedule(0);
  }

  async #merge(): Promise<void> {
    this.#isMerging = true;
    await this.#deps.merge().catch(this.#deps.troubled);
    this.#mergedMs = this.#deps.clock.now();
    this.#isMerging = false;
    this.#schedule(0);
  }
}

async function takeTurn(deps: PusherDeps, push: DuePush, past: Waiting | undefined): Promise<PushTurn> {
  try {
    const failureCount = past?.failureCount ?? 0;
    return await runPush(deps, push, { failureCount, isTiredOfPolling: hasPolledLong(deps, past) });
  } catch (error) {
    deps.troubled(error);
    const sentence = 'This server is in trouble.';
    return { end: { kind: 'again', retryAfterMs: null, sentence }, hasProgressed: false };
  }
}

function agentOf({ accountNo, agentId }: DuePush): string {
  return `${accountNo}/${agentId}`;
}

function hasPolledLong({ clock }: PusherDeps, past: Waiting | undefined): boolean {
  const since = past?.pollingSinceMs ?? null;
  return since !== null && clock.now() - since >= limits.pushPollTotalMs;
}

/** When to go on, or null when there is nothing to wait for. */
function afterTurn({ clock, random }: PusherDeps, past: Waiting | undefined, turn: PushTurn): Waiting | null {
  const now = clock.now();
  const { end, hasProgressed } = turn;
  if (end.kind === 'over') return null;
  if (end.kind === 'stopped') {
    return { untilMs: now + stoppedMs, failureCount: 0, pollCount: 0, pollingSinceMs: null };
  }
  if (end.kind === 'more') {
    return { untilMs: now, failureCount: 0, pollCount: 0, pollingSinceMs: null };
  }
  if (end.kind === 'poll') {
    const pollCount = hasProgressed ? 0 : (past?.pollCount ?? 0);
    const pollingSinceMs = hasProgressed ? now : (past?.pollingSinceMs ?? now);
    return { untilMs: now + pollAfter(pollCount), failureCount: 0, pollCount: pollCount + 1, pollingSinceMs };
  }
  const failureCount = (hasProgressed ? 0 : (past?.failureCount ?? 0)) + 1;
  const untilMs = now + retryAfter(failureCount, end.retryAfterMs, random);
  return {
    untilMs,
    failureCount,
    pollCount: past?.pollCount ?? 0,
    pollingSinceMs: past?.pollingSinceMs ?? null,
  };
}

/** Pushes that are no longer due must not be remembered for ever. */
function keepNamed(
  map: Map<string, unknown>,
  named: ReadonlySet<string>,
  running: ReadonlyMap<string, unknown>,
): void {
  for (const id of map.keys()) if (!named.has(id) && !running.has(id)) map.delete(id);
}
