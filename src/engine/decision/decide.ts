import { BitSet } from '../bitmap/bit-set.ts';
import type { UserSet } from './user-set.ts';

/** Who a package is for. Contract, using audiences: the union of the included audiences, minus the union of the excluded ones. */
export interface Overlay {
  /** Empty: everybody. Null: an audience that nobody may be reached through now. */
  readonly include: readonly (UserSet | null)[];
  /** Null: an audience of which it is not known who is in it, so that nobody can be known not to be. */
  readonly exclude: readonly (UserSet | null)[];
}

/** An overlay with the marks of its audiences: those of a side together, of each that is not null. */
export interface MarkedOverlay extends Overlay {
  readonly includeMarks: number;
  readonly excludeMarks: number;
}

export type Verdict =
  | 'eligible'
  /** In none of the included audiences. */
  | 'not_included'
  /** In an included audience, and in one of the excluded ones. */
  | 'excluded'
  /** It is not known who is in an excluded audience. */
  | 'exclusion_unknown';

/**
 * Whether an impression may go to a user. `persons`: the ordinals of everybody whom the identifier of the request names; with several of
 * them one in an included audience is enough, and one in an excluded audience is too much. None: a user that is not known, who is in
 * no audience. `marks`: theirs. Costs a few ns where the marks settle it, and one look at each audience where they do not, 1 to 30 ns.
 */
export function decide(overlay: MarkedOverlay, persons: ArrayLike<number>, marks: number): Verdict {
  const { include, exclude, includeMarks, excludeMarks } = overlay;
  // Most users are in no audience of a package, so that this comes first.
  if (include.length > 0 && ((marks & includeMarks) === 0 || !isInAny(include, persons)))
    return 'not_included';
  for (let at = 0; at < exclude.length; at++) if (exclude[at] === null) return 'exclusion_unknown';
  return (marks & excludeMarks) !== 0 && isInAny(exclude, persons) ? 'excluded' : 'eligible';
}

function isInAny(sets: readonly (UserSet | null)[], persons: ArrayLike<number>): boolean {
  for (let at = 0; at < sets.length; at++) {
    const set = sets[at]!;
    if (set === null) continue;
    for (let i = 0; i < persons.length; i++) if (set.has(persons[i]!)) return true;
  }
  return false;
}

/** Users that an overlay reaches, or null when they cannot be told: nothing is included, or an exclusion is not known. */
export function reachOf({ include, exclude }: Overlay, ordinalCount: number): BitSet | null {
  if (include.length === 0 || exclude.includes(null)) return null;
  const reached = new BitSet(ordinalCount);
  for (const set of include) set?.addTo(reached);
  const words = reached.words.slice();
  for (const set of exclude) {
    set?.forEach((ordinal) => {
      if (ordinal < ordinalCount) words[ordinal >>> 5]! &= ~(1 << (ordinal & 31));
    });
  }
  return new BitSet(ordinalCount, words);
}
