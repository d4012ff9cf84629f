import type { Clock } from '../base/clock.ts';

/**
 * Steps of the wall clock below this are left alone: what they delay or hasten is less. It is more than the time between two looks, so
 * that what was written before a step can be told from what was written after it.
 */
export const clockStepMsMin = 60_000;

export interface ClockStep {
  /** By how much the clock was set: forward above 0, back below. */
  readonly byMs: number;
  /** What the clock showed when this was noticed. */
  readonly nowMs: number;
}

/**
 * Notices that the wall clock was set, by holding it against one that does not jump, and has what waits moved with it. Otherwise a clock
 * that is set back by two hours delays every retry by two hours, and one that is set forward by a week sends all of them at once and then
 * gives them up.
 */
export class ClockFollower {
  readonly #clock: Clock;
  readonly #move: (step: ClockStep) => Promise<unknown>;
  #aheadMs: number;
  #steps: ClockStep[] = [];
  #moving: Promise<void> | null = null;

  /** `move`: moves the times of everything that waits. */
  constructor(clock: Clock, move: (step: ClockStep) => Promise<unknown>) {
    this.#clock = clock;
    this.#move = move;
    this.#aheadMs = clock.now() - clock.monotonic();
  }

  /** Whether something is still where it was before a step. */
  get isBehind(): boolean {
    return this.#steps.length > 0;
  }

  /** By how much the clock was set since the last look; 0: it was not. */
  look(): number {
    const nowMs = this.#clock.now();
    const aheadMs = nowMs - this.#clock.monotonic();
    const byMs = Math.round(aheadMs - this.#aheadMs);
    this.#aheadMs = aheadMs;
    if (Math.abs(byMs) < clockStepMsMin) return 0;
    this.#steps.push({ byMs, nowMs });
    return byMs;
  }

  /** Moves what is behind; rejects when it could not, and then it is behind still. */
  async catchUp(): Promise<void> {
    this.#moving ??= this.#moveAll().finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  async #moveAll(): Promise<void> {
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      await this.#move(step);
      this.#steps.shift();
    }
  }
}
