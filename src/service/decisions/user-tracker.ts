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
  moved(audienceNo: number, users: FoldUsers): void;
  /** What is held of the audience was dropped, because it was wrong or the audience is gone. */
  dropped(audienceNo: number): void;
  /** Tells of one audience that moved, or sees to the marks when none did; false when there is nothing to do. */
  tellOne(): boolean;
}

export interface UserTrackerDeps {
  readonly personCount: () => number;
  /** Counts the users of an audience anew: a scan of its members. */
  readonly usersOf: (accountNo: number, audienceNo: number) => UsersOfAudience | null;
  readonly tell: (news: UserNews) => void;
}

interface Tracked {
  readonly accountNo: number;
  /** As it was told last. */
  told: UserSet | null;
  /** Since then: users to add, or null where only a scan can tell. */
  added: OrdinalList | null;
}

/** What is told next: what was told before and what was added since, or a scan. */
function setOf(
  { personCount, usersOf }: UserTrackerDeps,
  audienceNo: number,
  { accountNo, told, added }: Tracked,
): UserSet | null {
  if (told === null || added === null) {
    const found = usersOf(accountNo, audienceNo);
    return found === null ? null : packUserSet(found.users);
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
    one.told = setOf(deps, audienceNo, { ...one, added });
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

export function createUserTracker(deps: UserTrackerDeps): UserTracker {
  const tracked = new Map<number, Tracked>();
  const marker = createUserMarker({
    personCount: deps.personCount,
    toldOf: (audienceNo) => tracked.get(audienceNo)?.told ?? null,
    tell: ({ memory }) => deps.tell({ kind: 'marks', memory }),
  });
  /** In the order in which they moved first. */
  const dirty = new Set<number>();

  return {
    track(names) {
      const wanted = new Map(names.map(({ accountNo, audienceNo }) => [audienceNo, accountNo]));
      for (const audienceNo of tracked.keys()) {
        if (wanted.has(audienceNo)) continue;
        tracked.delete(audienceNo);
        dirty.delete(audienceNo);
        marker.leave(audienceNo);
      }
      for (const [audienceNo, accountNo] of wanted) {
        if (tracked.has(audienceNo)) continue;
        tracked.set(audienceNo, { accountNo, told: null, added: null });
        marker.admit(audienceNo);
        dirty.add(audienceNo);
      }
    },
    moved(audienceNo, users) {
      const one = tracked.get(audienceNo);
      if (one === undefined) return;
      const isWhole = users.kind === 'full' || users.needsRecount;
      if (isWhole) one.added = null;
      else if (one.added !== null || !dirty.has(audienceNo)) {
        one.added ??= createOrdinalList();
        for (const ordinal of users.added.values()) one.added.add(ordinal);
      }
      dirty.add(audienceNo);
    },
    dropped(audienceNo) {
      const one = tracked.get(audienceNo);
      if (one === undefined) return;
      one.added = null;
      dirty.add(audienceNo);
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
