/** Users to visit. */
export interface Ordinals {
  readonly size: number;
  forEach(visit: (ordinal: number) => void): void;
}

/**
 * One word for each user, with a bit for each audience that the user may be in; several audiences share a bit. A bit that is not set is
 * certain: the user is in none of the audiences that have it. One look at the word of a user therefore settles most packages, where
 * each audience of each package would be a look into another stretch of memory. A bit that is set settles nothing.
 *
 * In shared memory: one thread sets bits while others read. Bits are never taken away, so that nobody ever reads too few of them;
 * what has gathered too many that mean nothing any more is replaced by new marks.
 */
export class UserMarks {
  readonly memory: SharedArrayBuffer;
  readonly #words: Uint32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Uint32Array(memory);
  }

  /** Ordinals are below this. Of users beyond it nothing is certain. */
  get ordinalCount(): number {
    return this.#words.length;
  }

  set(users: Ordinals, mark: number): void {
    const words = this.#words;
    const count = words.length;
    users.forEach((ordinal) => {
      if (ordinal < count) words[ordinal]! |= mark;
    });
  }

  /** The bits of everybody together, with the one that all audiences without a bit of their own share. */
  of(persons: ArrayLike<number>): number {
    let marks = commonMark;
    for (let i = 0; i < persons.length; i++) {
      const ordinal = persons[i]!;
      if (ordinal >= this.#words.length) return allMarks;
      marks |= this.#words[ordinal]!;
    }
    return marks;
  }
}

/** Bits that audiences can have. */
export const markCount = 31;
/** Everybody has it, so that an audience which has no other is always looked at. */
export const commonMark = 1 << 31;
export const allMarks = -1;

export function createUserMarks(ordinalCount: number): UserMarks {
  return new UserMarks(new SharedArrayBuffer(ordinalCount * 4));
}
