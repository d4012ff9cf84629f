/**
 * The users of audiences that packages lean on, kept in step with matching in the thread that matches, and told to the one that decides.
 * What moved is told a moment later, so that many operations on one audience are one message.
 */
import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { createOrdinalList, type OrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import type { Ordinals } from '../../engine/decision/user-marks.ts';
import { packUserSet, type UserSet } from '../../engine/decision/user-set.ts';
import type { FoldUsers } from '../../engine/match/fold-operation.ts';
import type { UsersOfAudience } from '../member-keeper.ts';
import { createUserMarker, type UserMarker } from './user-marker.ts';

export interface TrackedName {
  readonly accountNo: number;
  readonly audienceNo: number;
  /** The newest operation that is counted: whoever holds less of it has to read what came since. */
  readonly countedSeq: number;
}

export interface TrackedUsers {
  readonly audienceNo: number;
  /** Of a UserSet; null: the audience is gone. */
  readonly memory: SharedArrayBuffer | null;
  /** All of its users have it, in the marks that were told last and in those that come. */
  readonly mark: number;
  /** Its users could not be counted: what went wrong, for the log. */
  readonly fault?: string;
}

export type UserNews =
  | { readonly kind: 'users'; readonly users: TrackedUsers }
  /** Marks that take the place of those before, as the memory of UserMarks. Everybody in an audience told so far has its mark. */
  | { readonly kind: 'marks'; readonly memory: SharedArrayBuffer };

export interface UserTracker {
  /** Keeps these in step from now on, and no others. */
  track(names: readonly TrackedName[]): void;
  moved(audienceNo: number, users: FoldUsers, countedSeq: number): void;
  /** Another graph: every audience is counted anew. */
  graphMoved(): void;
  /** What is held of the audience was dropped, because it was wrong or the audience is gone. */
  dropped(audienceNo: number): void;
  /** Tells of one audience that moved, or sees to the marks when none did; false when there is nothing to do. */
  tellOne(): boolean;
}

export interface UserTrackerDeps {
  readonly personCount: () => number;
  /** Counts the users of an audience anew: a scan of its members. */
  readonly usersOf: (name: TrackedName) => UsersOfAudience | null;
  readonly tell: (news: UserNews) => void;
}

interface Tracked {
  readonly accountNo: number;
  /** The newest operation whose users are told, or will be next. */
  countedSeq: number;
  /** As it was told last. */
  told: UserSet | null;
  /** Since then: users to add, or null where only a scan can tell. */
  added: OrdinalList | null;
}

/** What is told next: what was told before and what was added since, or a scan. */
function setOf(
  { personCount, usersOf }: UserTrackerDeps,
  audienceNo: number,
  one: Tracked,
  added: OrdinalList | null,
): UserSet | null {
  const { accountNo, told } = one;
  if (told === null || added === null) {
    const found = usersOf({ accountNo, audienceNo, countedSeq: one.countedSeq });
    if (found === null) return null;
    one.countedSeq = found.countedSeq;
    return packUserSet(found.users);
  }
  const users = new BitSet(personCount());
  told.addTo(users);
  for (const ordinal of added.values()) users.add(ordinal);
  return packUserSet(users);
}

/** Counts the users of an audience and marks those who may lack it. */
function refresh(
  deps: UserTrackerDeps,
  marker: UserMarker,
  audienceNo: number,
  one: Tracked,
): Pick<TrackedUsers, 'fault'> {
  const added = one.told === null ? null : one.added;
  one.added = null;
  try {
    one.told = setOf(deps, audienceNo, one, added);
    if (added !== null) marker.put(audienceNo, ordinalsOf(added));
    else if (one.told !== null) marker.put(audienceNo, one.told);
    return {};
  } catch (error) {
    // Nobody is served by what cannot be read; an exclusion that is not known lets nobody through.
    one.told = null;
    return { fault: error instanceof Error ? error.name : 'unknown' };
  }
}

function ordinalsOf(list: OrdinalList): Ordinals {
  return { size: list.length, forEach: (visit) => list.values().forEach((ordinal) => visit(ordinal)) };
}

function noteAdded(one: Tracked, users: FoldUsers, isDirty: boolean): void {
  if (users.kind === 'full' || users.needsRecount) {
    one.added = null;
  } else if (one.added !== null || !isDirty) {
    one.added ??= createOrdinalList();
    for (const ordinal of users.added.values()) one.added.add(ordinal);
  }
}

export function createUserTracker(deps: UserTrackerDeps): UserTracker {
  const tracked = new Map<number, Tracked>();
  const marker = createUserMarker({
    personCount: deps.personCount,
    toldOf: (audienceNo) => tracked.get(audienceNo)?.told ?? null,
    tell: ({ memory }) => deps.tell({ kind: 'marks', memory }),
  });
  /** In the order in which they moved first. */
  const dirty = new Set<number>();
  const recount = (audienceNo: number, one: Tracked, countedSeq: number): void => {
    one.countedSeq = countedSeq;
    one.added = null;
    dirty.add(audienceNo);
  };

  return {
    track(names) {
      const wanted = new Set(names.map(({ audienceNo }) => audienceNo));
      for (const audienceNo of tracked.keys()) {
        if (wanted.has(audienceNo)) continue;
        tracked.delete(audienceNo);
        dirty.delete(audienceNo);
        marker.leave(audienceNo);
      }
      for (const { audienceNo, accountNo, countedSeq } of names) {
        const known = tracked.get(audienceNo);
        if (known !== undefined && known.countedSeq < countedSeq) recount(audienceNo, known, countedSeq);
        if (known !== undefined) continue;
        tracked.set(audienceNo, { accountNo, countedSeq, told: null, added: null });
        marker.admit(audienceNo);
        dirty.add(audienceNo);
      }
    },
    graphMoved() {
      for (const [audienceNo, one] of tracked) recount(audienceNo, one, one.countedSeq);
    },
    moved(audienceNo, users, countedSeq) {
      const one = tracked.get(audienceNo);
      if (one === undefined) return;
      one.countedSeq = Math.max(one.countedSeq, countedSeq);
      noteAdded(one, users, dirty.has(audienceNo));
      dirty.add(audienceNo);
    },
    dropped(audienceNo) {
      const one = tracked.get(audienceNo);
      // What was told of it may have been more than is counted.
      if (one !== undefined) recount(audienceNo, one, 0);
    },
    tellOne() {
      const [audienceNo] = dirty;
      const one = audienceNo === undefined ? undefined : tracked.get(audienceNo);
      if (audienceNo === undefined || one === undefined) return marker.renewOne();
      dirty.delete(audienceNo);
      const fault = refresh(deps, marker, audienceNo, one);
      const memory = one.told?.memory ?? null;
      deps.tell({ kind: 'users', users: { audienceNo, memory, mark: marker.markOf(audienceNo), ...fault } });
      return true;
    },
  };
}
