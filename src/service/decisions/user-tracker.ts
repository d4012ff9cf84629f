/**
 * The users of audiences that packages lean on, kept in step with matching in the thread that matches, and told to the one that decides.
 * What moved is told a moment later, so that many operations on one audience are one message.
 */
import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { createOrdinalList, type OrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import { packUserSet, type UserSet } from '../../engine/decision/user-set.ts';
import type { FoldUsers } from '../../engine/match/fold-operation.ts';
import type { UsersOfAudience } from '../member-keeper.ts';

export interface TrackedName {
  readonly accountNo: number;
  readonly audienceNo: number;
}

export interface TrackedUsers {
  readonly audienceNo: number;
  /** Of a UserSet; null: the audience is gone. */
  readonly memory: SharedArrayBuffer | null;
  /** Its users could not be counted: what went wrong, for the log. */
  readonly fault?: string;
}

export interface UserTracker {
  /** Keeps these in step from now on, and no others. */
  track(names: readonly TrackedName[]): void;
  moved(audienceNo: number, users: FoldUsers): void;
  /** What is held of the audience was dropped, because it was wrong or the audience is gone. */
  dropped(audienceNo: number): void;
  /** Tells of one audience that moved; false when none did. */
  tellOne(): boolean;
}

export interface UserTrackerDeps {
  readonly personCount: () => number;
  /** Counts the users of an audience anew: a scan of its members. */
  readonly usersOf: (accountNo: number, audienceNo: number) => UsersOfAudience | null;
  readonly tell: (users: TrackedUsers) => void;
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

export function createUserTracker(deps: UserTrackerDeps): UserTracker {
  const { tell } = deps;
  const tracked = new Map<number, Tracked>();
  /** In the order in which they moved first. */
  const dirty = new Set<number>();

  return {
    track(names) {
      const wanted = new Map(names.map(({ accountNo, audienceNo }) => [audienceNo, accountNo]));
      for (const audienceNo of tracked.keys()) {
        if (wanted.has(audienceNo)) continue;
        tracked.delete(audienceNo);
        dirty.delete(audienceNo);
      }
      for (const [audienceNo, accountNo] of wanted) {
        if (tracked.has(audienceNo)) continue;
        tracked.set(audienceNo, { accountNo, told: null, added: null });
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
      if (audienceNo === undefined || one === undefined) return false;
      dirty.delete(audienceNo);
      try {
        one.told = setOf(deps, audienceNo, one);
        tell({ audienceNo, memory: one.told?.memory ?? null });
      } catch (error) {
        // Nobody is served by what cannot be read; an exclusion that is not known lets nobody through.
        one.told = null;
        tell({ audienceNo, memory: null, fault: error instanceof Error ? error.name : 'unknown' });
      }
      one.added = null;
      return true;
    },
  };
}
