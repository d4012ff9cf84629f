/** Keeps the marks of users in step with the audiences that are tracked, in the thread that tracks them. */
import {
  commonMark,
  createUserMarks,
  markCount,
  type Ordinals,
  type UserMarks,
} from '../../engine/decision/user-marks.ts';
import type { UserSet } from '../../engine/decision/user-set.ts';

/** Beyond this many audiences for a bit nearly every user has it, and it would tell nothing. */
const audiencesPerMarkMax = 32;
const spentMinDefault = 1 << 20;

export interface UserMarker {
  /** Gives an audience the bit that the fewest others have. */
  admit(audienceNo: number): void;
  leave(audienceNo: number): void;
  /** Of an audience that was admitted. */
  markOf(audienceNo: number): number;
  /** Marks users of an audience before anybody is told that they are in it. */
  put(audienceNo: number, users: Ordinals): void;
  /** Makes a part of the marks anew where they are worn or too few for the graph; false: there is nothing to do. */
  renewOne(): boolean;
}

export interface UserMarkerDeps {
  readonly personCount: () => number;
  /** As it was told last; null: nobody. */
  readonly toldOf: (audienceNo: number) => UserSet | null;
  /** From now on these are kept, and no others. */
  readonly tell: (marks: UserMarks) => void;
  /** Marks are made anew when so many users more were marked than there are in audiences, twice counted. */
  readonly spentMin?: number;
}

/** Which audience has which bit. */
function createBits() {
  const bits = new Map<number, number>();
  const used = new Uint32Array(markCount);
  return {
    audiences: () => bits.keys(),
    markOf: (audienceNo: number): number => bits.get(audienceNo) ?? commonMark,
    admit: (audienceNo: number): void => {
      if (bits.has(audienceNo)) return;
      const least = used.reduce((best, count, bit) => (count < used[best]! ? bit : best), 0);
      const isFull = used[least]! >= audiencesPerMarkMax;
      if (!isFull) used[least]!++;
      bits.set(audienceNo, isFull ? commonMark : 1 << least);
    },
    leave: (audienceNo: number): void => {
      const mark = bits.get(audienceNo) ?? commonMark;
      if (mark !== commonMark) used[31 - Math.clz32(mark)]!--;
      bits.delete(audienceNo);
    },
  };
}

export function createUserMarker(deps: UserMarkerDeps): UserMarker {
  const { personCount, toldOf, tell, spentMin = spentMinDefault } = deps;
  const { audiences, markOf, admit, leave } = createBits();
  let marks = createUserMarks(0);
  let renewal: { readonly marks: UserMarks; readonly left: number[] } | null = null;
  /** Users that were marked since the marks are new. */
  let spent = 0;

  const isWorn = (): boolean => {
    if (marks.ordinalCount < personCount()) return true;
    if (spent < spentMin) return false;
    const live = [...audiences()].reduce((sum, audienceNo) => sum + (toldOf(audienceNo)?.size ?? 0), 0);
    return spent > spentMin + 2 * live;
  };
  /** Room for a graph that grows, so that each new user is no reason to begin again. */
  const begin = (left: number[]): boolean => {
    if (left.length === 0 || !isWorn()) return false;
    renewal = { marks: createUserMarks(Math.ceil(personCount() * 1.25)), left };
    spent = 0;
    return true;
  };
  return {
    ...{ markOf, admit, leave },
    put(audienceNo, users) {
      const mark = markOf(audienceNo);
      if (mark === commonMark) return;
      marks.set(users, mark);
      renewal?.marks.set(users, mark);
      spent += users.size;
    },
    renewOne() {
      if (renewal === null) return begin([...audiences()]);
      const next = renewal.left.pop();
      if (next !== undefined) {
        const told = toldOf(next);
        if (told !== null && markOf(next) !== commonMark) renewal.marks.set(told, markOf(next));
        return true;
      }
      ({ marks } = renewal);
      renewal = null;
      tell(marks);
      return true;
    },
  };
}
