/**
 * Who may be eligible when, slow and obvious: every change with the time in which it took effect, and for a question everything that may
 * have been true within the second before its answer.
 */

/** Something that may have been so, or not, or both, within a window. */
export interface Possible {
  readonly yes: boolean;
  readonly no: boolean;
}

interface Change {
  /** It took effect between these; until `answeredMs` is known it may be under way. */
  readonly sentMs: number;
  answeredMs: number;
  readonly members: ReadonlySet<number>;
  /** Nobody can be told to be in it or not. */
  readonly isGone: boolean;
}

/** How long after an answer everything must have followed. */
export const lagMs = 1_000;

export class ModelAudience {
  readonly #changes: Change[] = [
    {
      sentMs: Number.NEGATIVE_INFINITY,
      answeredMs: Number.NEGATIVE_INFINITY,
      members: new Set(),
      isGone: false,
    },
  ];

  get members(): ReadonlySet<number> {
    return this.#changes.at(-1)!.members;
  }

  get isGone(): boolean {
    return this.#changes.at(-1)!.isGone;
  }

  /** A change is sent; gives what is called when it is answered. */
  change(sentMs: number, members: ReadonlySet<number>, isGone = false): (answeredMs: number) => void {
    const change: Change = { sentMs, answeredMs: Number.POSITIVE_INFINITY, members, isGone };
    this.#changes.push(change);
    return (answeredMs) => (change.answeredMs = answeredMs);
  }

  /** States that may have been the newest one at some time in a window, and whether a change was under way in it. */
  #within(fromMs: number, toMs: number): { readonly states: readonly Change[]; readonly isMoving: boolean } {
    // A state is over for certain once its successor was answered.
    const states = this.#changes.filter((one, at) => {
      const successor = this.#changes[at + 1];
      return one.sentMs <= toMs && (successor === undefined || successor.answeredMs >= fromMs);
    });
    const isMoving = this.#changes.some((one) => one.sentMs <= toMs && one.answeredMs >= fromMs);
    return { states, isMoving };
  }

  includes(user: number, fromMs: number, toMs: number): Possible {
    const { states, isMoving } = this.#within(fromMs, toMs);
    const isIn = (one: Change): boolean => !one.isGone && one.members.has(user);
    // While a change is not matched the audience is processing, and nobody is reached through it.
    return { yes: states.some(isIn), no: isMoving || states.some((one) => !isIn(one)) };
  }

  excludes(user: number, fromMs: number, toMs: number): Possible {
    const { states } = this.#within(fromMs, toMs);
    // Of one that is gone nobody is known not to have been in it.
    return {
      yes: states.some((one) => one.isGone || one.members.has(user)),
      no: states.some((one) => !one.isGone && !one.members.has(user)),
    };
  }
}

export interface ModelPackage {
  readonly packageId: string;
  readonly include: readonly ModelAudience[];
  readonly exclude: readonly ModelAudience[];
}

/** Whether a user may be eligible, and may not be, for an answer that came between two times. */
export function possible(
  { include, exclude }: ModelPackage,
  user: number,
  fromMs: number,
  toMs: number,
): Possible {
  const included = include.map((one) => one.includes(user, fromMs - lagMs, toMs));
  const excluded = exclude.map((one) => one.excludes(user, fromMs - lagMs, toMs));
  const isIn = {
    yes: include.length === 0 || included.some(({ yes }) => yes),
    no: include.length > 0 && included.every(({ no }) => no),
  };
  const isOut = { yes: excluded.some(({ yes }) => yes), no: excluded.every(({ no }) => no) };
  return { yes: isIn.yes && isOut.no, no: isIn.no || isOut.yes };
}
