/**
 * Whose turn it is. Callers take turns, and among a caller's endpoints they take turns too, so that a caller with a hundred thousand
 * notifications, or with a hundred endpoints that hang, waits for itself alone.
 */

export interface EndpointFacts {
  readonly endpointNo: number;
  readonly principalNo: number;
}

interface Lane {
  readonly endpointNo: number;
  readonly principalNo: number;
  /** Waiting to be sent, oldest first. */
  readonly waiting: number[];
  underWay: number;
  /** Its last attempt brought no answer in time: one more at a time is enough to see whether it is back. */
  isSlow: boolean;
}

export interface FairQueueLimits {
  /** Attempts under way at once, and to one endpoint. */
  readonly attemptCountMax: number;
  readonly perEndpointMax: number;
  /** Of all, those that slow endpoints may have: the rest is left to those that answer. */
  readonly slowCountMax: number;
}

/** Numbers of deliveries in and out; knows nothing of what they are. */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #lanes = new Map<number, Lane>();
  /** Callers in the order of their turns, each with its endpoints in the order of theirs. */
  readonly #turns = new Map<number, number[]>();
  #underWay = 0;
  #slowUnderWay = 0;

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
  put({ endpointNo, principalNo }: EndpointFacts, deliveryNos: readonly number[]): void {
    const lane = this.#lanes.get(endpointNo) ?? {
      ...{ endpointNo, principalNo, underWay: 0, isSlow: false },
      waiting: [],
    };
    lane.waiting.splice(0, lane.waiting.length, ...deliveryNos);
    if (this.#lanes.has(endpointNo)) return;
    this.#lanes.set(endpointNo, lane);
    const turns = this.#turns.get(principalNo) ?? [];
    turns.push(endpointNo);
    this.#turns.set(principalNo, turns);
  }

  /** The next delivery that may be sent now; null: none may. */
  take(): { readonly endpointNo: number; readonly deliveryNo: number } | null {
    if (this.#underWay >= this.#limits.attemptCountMax) return null;
    for (const [principalNo, endpoints] of this.#turns) {
      for (const [at, endpointNo] of endpoints.entries()) {
        const lane = this.#lanes.get(endpointNo);
        if (lane === undefined || !this.#mayStart(lane)) continue;
        const deliveryNo = lane.waiting.shift()!;
        // To the end of both lines.
        endpoints.splice(at, 1);
        endpoints.push(endpointNo);
        this.#turns.delete(principalNo);
        this.#turns.set(principalNo, endpoints);
        lane.underWay += 1;
        this.#underWay += 1;
        if (lane.isSlow) this.#slowUnderWay += 1;
        return { endpointNo, deliveryNo };
      }
    }
    return null;
  }

  /** An attempt is over. `isSlow`: no answer came in time. */
  done(endpointNo: number, isSlow: boolean): void {
    const lane = this.#lanes.get(endpointNo);
    if (lane === undefined) return;
    if (lane.isSlow) this.#slowUnderWay -= 1;
    lane.underWay -= 1;
    this.#underWay -= 1;
    if (lane.isSlow !== isSlow) {
      this.#slowUnderWay += isSlow ? lane.underWay : -lane.underWay;
      lane.isSlow = isSlow;
    }
  }

  /** Forgets endpoints with nothing waiting or under way, but for those that are slow: they are remembered as such. */
  tidy(): void {
    for (const [endpointNo, lane] of this.#lanes) {
      if (lane.underWay > 0 || lane.waiting.length > 0 || lane.isSlow) continue;
      this.#lanes.delete(endpointNo);
      const left = (this.#turns.get(lane.principalNo) ?? []).filter((one) => one !== endpointNo);
      if (left.length === 0) this.#turns.delete(lane.principalNo);
      else this.#turns.set(lane.principalNo, left);
    }
  }

  #mayStart(lane: Lane): boolean {
    if (lane.waiting.length === 0) return false;
    if (!lane.isSlow) return lane.underWay < this.#limits.perEndpointMax;
    return lane.underWay === 0 && this.#slowUnderWay < this.#limits.slowCountMax;
  }
}
