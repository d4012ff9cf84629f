/**
 * Delivers what waits in the outbox: fairly, a bounded number at once, and again until it was taken or is given up. What was under
 * way when the process ended is sent again at the next start, with the same bytes: at least once, and the event's key tells receivers.
 */
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { ClockFollower, type ClockStep } from './clock-follower.ts';
import { FairQueue, type EndpointFacts } from './fair-queue.ts';
import { nextAttemptMs } from './schedule.ts';
import { verdictOf, type AttemptResult, type StopReason } from './verdict.ts';

/** An endpoint for which something waits. */
export interface DueEndpoint extends EndpointFacts {
  readonly accountNo: number;
  /** The earliest time at which one of its deliveries may be tried. */
  readonly dueAtMs: number;
}

/** One delivery, opened: what is sent and where. */
export interface OpenDelivery {
  readonly accountNo: number;
  readonly deliveryNo: number;
  readonly endpointNo: number;
  /** Its endpoint is called no longer. */
  readonly isDisabled: boolean;
  readonly url: string;
  readonly body: string;
  readonly authentication: {
    readonly scheme: 'Bearer' | 'HMAC-SHA256';
    readonly credentials: string;
  } | null;
  /** Attempts made before. */
  readonly attemptCount: number;
  readonly releasedAtMs: number;
}

/** What came of an attempt, as the outbox keeps it. */
export interface AttemptRecord {
  readonly accountNo: number;
  readonly deliveryNo: number;
  readonly endpointNo: number;
  readonly atMs: number;
  /** HTTP status, or null where none came. */
  readonly status: number | null;
  /** Why there was no status. */
  readonly reason: string | null;
  readonly next:
    | { readonly kind: 'delivered' }
    | { readonly kind: 'retry'; readonly atMs: number; readonly quietUntilMs: number | null }
    | { readonly kind: 'give_up'; readonly reason: StopReason; readonly disables: boolean };
}

export interface DispatcherDeps {
  readonly clock: Clock;
  /** Calls `act` after that long by the clock; gives what takes it back. */
  readonly after: (ms: number, act: () => void) => () => void;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Every endpoint for which something waits; a page of them at a time is enough. */
  readonly dueEndpoints: () => readonly DueEndpoint[];
  /** Numbers of an endpoint's deliveries that may be tried at `nowMs`, the oldest first. */
  readonly dueDeliveries: (endpoint: DueEndpoint, nowMs: number, countMax: number) => readonly number[];
  /** Null: it is no longer waiting. */
  readonly open: (accountNo: number, deliveryNo: number) => OpenDelivery | null;
  /** Signs and sends, within the time and the size that an attempt may take. Never rejects. */
  readonly send: (delivery: OpenDelivery) => Promise<AttemptResult>;
  /** One transaction for all of them. */
  readonly record: (records: readonly AttemptRecord[]) => Promise<unknown>;
  /** Moves the times of all that waits, because the wall clock was set. */
  readonly follow: (step: ClockStep) => Promise<unknown>;
  readonly attempted: (record: AttemptRecord) => void;
  readonly troubled: (cause: unknown) => void;
}

/** It is looked at least this often, whatever the times in the store say. */
const safetyMs = 30_000;
/** Wakes that come together are one. */
const gatherMs = 5;
/** After a fault of our own. */
const troubledMs = 1_000;
/** Deliveries of an endpoint that are read ahead. */
const readAheadCount = 16;

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #queue = new FairQueue({
    attemptCountMax: limits.webhookAttemptCountMax,
    perEndpointMax: limits.webhookAttemptCountPerEndpointMax,
    unprovenCountMax: limits.webhookAttemptCountUnprovenMax,
    unprovenPerCallerMax: limits.webhookAttemptCountUnprovenPerCallerMax,
  });
  readonly #follower: ClockFollower;
  readonly #accounts = new Map<number, number>();
  readonly #underWay = new Set<number>();
  #records: AttemptRecord[] = [];
  #isRecording = false;
  #cancel: () => void = () => undefined;
  #isWoken = false;
  #isClosed = false;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#follower = new ClockFollower(deps.clock, deps.follow);
  }

  /** Something may have become due. */
  wake(): void {
    if (this.#isWoken || this.#isClosed) return;
    this.#isWoken = true;
    setTimeout(() => {
      this.#isWoken = false;
      this.#tick();
    }, gatherMs);
  }

  /** Starts nothing more. What is under way ends as in a crash. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #schedule(ms: number): void {
    this.#cancel();
    if (!this.#isClosed) this.#cancel = this.#deps.after(ms, () => this.#tick());
  }

  #tick(): void {
    if (this.#isClosed) return;
    this.#look();
    if (this.#follower.isBehind) return void this.#catchUp();
    try {
      const nextMs = this.#fill();
      this.#startAll();
      this.#schedule(nextMs);
    } catch (error) {
      this.#deps.troubled(error);
      this.#schedule(troubledMs);
    }
  }

  /** What came of attempts and is not written yet has its times by the clock before. */
  #look(): void {
    const byMs = this.#follower.look();
    if (byMs !== 0) this.#records = this.#records.map((record) => movedBy(record, byMs));
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#follower.catchUp();
      this.wake();
    } catch (error) {
      this.#deps.troubled(error);
      this.#schedule(troubledMs);
    }
  }

  /** Reads what is due; gives the time until something else will be. */
  #fill(): number {
    const now = this.#deps.clock.now();
    let nextMs = safetyMs;
    for (const endpoint of this.#deps.dueEndpoints()) {
      const { endpointNo, accountNo, dueAtMs } = endpoint;
      if (dueAtMs > now) {
        nextMs = Math.min(nextMs, dueAtMs - now);
        continue;
      }
      if (this.#queue.waitingCount(endpointNo) > 0) continue;
      this.#accounts.set(endpointNo, accountNo);
      // Those under way are due still, until their attempt is recorded.
      const countMax = readAheadCount + limits.webhookAttemptCountPerEndpointMax;
      const due = this.#deps.dueDeliveries(endpoint, now, countMax);
      this.#queue.put(
        endpoint,
        due.filter((deliveryNo) => !this.#underWay.has(deliveryNo)),
      );
    }
    this.#queue.tidy();
    return Math.max(1, nextMs);
  }

  #startAll(): void {
    for (let next = this.#queue.take(); next !== null; next = this.#queue.take()) {
      void this.#attempt(next.endpointNo, next.deliveryNo);
    }
  }

  async #attempt(endpointNo: number, deliveryNo: number): Promise<void> {
    this.#underWay.add(deliveryNo);
    let answered = false;
    try {
      const delivery = this.#deps.open(this.#accounts.get(endpointNo) ?? 0, deliveryNo);
      if (delivery?.isDisabled === true) {
        this.#recordLater(disabledRecord(delivery, this.#deps.clock.now()));
        return;
      }
      if (delivery !== null) {
        const result = await this.#deps.send(delivery);
        answered = result.kind === 'answered';
        this.#recordLater(this.#recordOf(delivery, result));
        return;
      }
      this.#underWay.delete(deliveryNo);
    } catch (error) {
      this.#underWay.delete(deliveryNo);
      this.#deps.troubled(error);
    } finally {
      this.#queue.done(endpointNo, answered);
      this.wake();
    }
  }

  #recordOf(delivery: OpenDelivery, result: AttemptResult): AttemptRecord {
    this.#look();
    const { accountNo, deliveryNo, endpointNo, releasedAtMs } = delivery;
    const atMs = this.#deps.clock.now();
    const verdict = verdictOf(result, atMs);
    const told =
      result.kind === 'answered'
        ? { status: result.status, reason: null }
        : { status: null, reason: result.reason };
    const record = { accountNo, deliveryNo, endpointNo, atMs, ...told };
    if (verdict.kind === 'delivered') return { ...record, next: { kind: 'delivered' } };
    if (verdict.kind === 'stop') {
      const { reason, disables } = verdict;
      return { ...record, next: { kind: 'give_up', reason, disables } };
    }
    const attemptCount = delivery.attemptCount + 1;
    const failure = { attemptCount, failedAtMs: atMs, releasedAtMs, retryAfterMs: verdict.retryAfterMs };
    const next = nextAttemptMs(failure, this.#deps.random());
    if (next === null) return { ...record, next: { kind: 'give_up', reason: 'horizon', disables: false } };
    const quietUntilMs =
      verdict.quiets && verdict.retryAfterMs !== null
        ? atMs + Math.min(verdict.retryAfterMs, next - atMs)
        : null;
    return { ...record, next: { kind: 'retry', atMs: next, quietUntilMs } };
  }

  #recordLater(record: AttemptRecord): void {
    this.#records.push(record);
    if (!this.#isRecording) void this.#recordAll();
  }

  #takeRecords(): readonly AttemptRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** While one write is on its way, those that come gather for the next. */
  async #recordAll(): Promise<void> {
    this.#isRecording = true;
    while (this.#records.length > 0) {
      let records: readonly AttemptRecord[] | null = null;
      try {
        // A retry by the new clock, written before the others are moved, would be moved with them.
        await this.#follower.catchUp();
        records = this.#takeRecords();
        await this.#deps.record(records);
        for (const record of records) this.#deps.attempted(record);
      } catch (error) {
        // They are due still, and are sent again: better twice than not known.
        this.#deps.troubled(error);
      }
      for (const { deliveryNo } of records ?? this.#takeRecords()) this.#underWay.delete(deliveryNo);
      this.wake();
    }
    this.#isRecording = false;
  }
}

function movedBy(record: AttemptRecord, byMs: number): AttemptRecord {
  const { next } = record;
  if (next.kind !== 'retry') return record;
  const quietUntilMs = next.quietUntilMs === null ? null : next.quietUntilMs + byMs;
  return { ...record, next: { ...next, atMs: next.atMs + byMs, quietUntilMs } };
}

function disabledRecord({ accountNo, deliveryNo, endpointNo }: OpenDelivery, atMs: number): AttemptRecord {
  const place = { accountNo, deliveryNo, endpointNo, atMs, status: null, reason: null };
  return { ...place, next: { kind: 'give_up', reason: 'endpoint_disabled', disables: false } };
}
