/**
 * Whose turn it is. Callers take turns, and among a caller's endpoints they take turns too, so that a caller with a hundred thousand
 * notifications waits for itself alone. An endpoint that has not shown that it answers has one attempt at a time, and all of those
 * together have a part of the places only: receivers that hang hold up each other.
 */

export interface EndpointFacts {
  readonly endpointNo: number;
  readonly principalNo: number;
  /** It answered the last time that it was called, as far as the store knows. */
  readonly isProven: boolean;
}

interface Lane {
  readonly endpointNo: number;
  readonly principalNo: number;
  /** Waiting to be sent, oldest first. */
  readonly waiting: number[];
  underWay: number;
  isProven: boolean;
}

interface Caller {
  /** Its endpoints, in the order of their turns. */
  readonly turns: number[];
  unprovenUnderWay: number;
}

export interface FairQueueLimits {
  /** Attempts under way at once, and to one endpoint that answers. */
  readonly attemptCountMax: number;
  readonly perEndpointMax: number;
  /** Of all, those to endpoints that may not answer; and of those, a single caller's. */
  readonly unprovenCountMax: number;
  readonly unprovenPerCallerMax: number;
}

/** Numbers of deliveries in and out; knows nothing of what they are. */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #lanes = new Map<number, Lane>();
  /** In the order of their turns. */
  readonly #callers = new Map<number, Caller>();
  #underWay = 0;
  #unprovenUnderWay = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Deliveries of an endpoint that are waiting here. */
  waitingCount(endpointNo: number): number {
    return this.#lanes.get(endpointNo)?.waiting.length ?? 0;
  }

  /** Replaces what waits for an endpoint; what is under way stays. */
  put({ endpointNo, principalNo, isProven }: EndpointFacts, deliveryNos: readonly number[]): void {
    const known = this.#lanes.get(endpointNo);
    if (known !== undefined) {
      known.waiting.splice(0, known.waiting.length, ...deliveryNos);
      return;
    }
    const waiting = [...deliveryNos];
    this.#lanes.set(endpointNo, { endpointNo, principalNo, isProven, underWay: 0, waiting });
    const caller = this.#callers.get(principalNo) ?? { turns: [], unprovenUnderWay: 0 };
    caller.turns.push(endpointNo);
    this.#callers.set(principalNo, caller);
  }

  /** The next delivery that may be sent now; null: none may. */
  take(): { readonly endpointNo: number; readonly deliveryNo: number } | null {
    if (this.#underWay >= this.#limits.attemptCountMax) return null;
    for (const [principalNo, caller] of this.#callers) {
      for (const [at, endpointNo] of caller.turns.entries()) {
        const lane = this.#lanes.get(endpointNo);
        if (lane === undefined || !this.#mayStart(lane, caller)) continue;
        const deliveryNo = lane.waiting.shift()!;
        // To the end of both lines.
        caller.turns.splice(at, 1);
        caller.turns.push(endpointNo);
        this.#callers.delete(principalNo);
        this.#callers.set(principalNo, caller);
        this.#count(lane, 1);
        return { endpointNo, deliveryNo };
      }
    }
    return null;
  }

  /** An attempt is over. `answered`: with whatever, but in time. */
  done(endpointNo: number, answered: boolean): void {
    const lane = this.#lanes.get(endpointNo);
    if (lane === undefined) return;
    this.#count(lane, -1);
    if (lane.isProven === answered) return;
    const { underWay } = lane;
    this.#count(lane, -underWay);
    lane.isProven = answered;
    this.#count(lane, underWay);
  }

  /** Forgets endpoints with nothing waiting or under way. Whether they answer is in the store. */
  tidy(): void {
    for (const [endpointNo, { principalNo, underWay, waiting }] of this.#lanes) {
      if (underWay > 0 || waiting.length > 0) continue;
      this.#lanes.delete(endpointNo);
      const caller = this.#callers.get(principalNo)!;
      caller.turns.splice(caller.turns.indexOf(endpointNo), 1);
      if (caller.turns.length === 0) this.#callers.delete(principalNo);
    }
  }

  #count(lane: Lane, change: number): void {
    lane.underWay += change;
    this.#underWay += change;
    if (lane.isProven) return;
    this.#unprovenUnderWay += change;
    this.#callers.get(lane.principalNo)!.unprovenUnderWay += change;
  }

  #mayStart(lane: Lane, caller: Caller): boolean {
    if (lane.waiting.length === 0) return false;
    if (lane.isProven) return lane.underWay < this.#limits.perEndpointMax;
    return (
      lane.underWay === 0 &&
      this.#unprovenUnderWay < this.#limits.unprovenCountMax &&
      caller.unprovenUnderWay < this.#limits.unprovenPerCallerMax
    );
  }
}
