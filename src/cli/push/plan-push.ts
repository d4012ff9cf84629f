/** From what the file says and what the seller has: which changes are sent. */
import { targetDigestOf, type PushJournal, type StoredRun } from '../../client/push/journal.ts';
import { noFallback } from '../../engine/forward/encode-forward.ts';
import { changeCount } from '../../engine/forward/forward-chunks.ts';
import { forwardDelta, type ForwardDelta } from '../../engine/forward/forward-delta.ts';
import type { ForwardMembers } from '../../engine/forward/forward-members.ts';
import { mergeForward } from '../../engine/forward/merge-forward.ts';
import { CommandFault } from '../exit-codes.ts';
import { count, percent } from '../table.ts';

export const noMembers: ForwardMembers = mergeForward([]);

/** One push, ready to be sent from change number `run.doneCount` on. */
export interface PushPlan {
  readonly run: StoredRun;
  readonly delta: ForwardDelta;
  /** What the seller has afterwards, as far as the journal follows it; null: it does not. */
  readonly target: ForwardMembers | null;
  /** It was begun before and broken off. */
  readonly isResumed: boolean;
}

export interface PlanOptions {
  readonly mirror: boolean;
  readonly fresh: boolean;
  readonly chunkSize: number;
  readonly newId: () => string;
}

/**
 * An earlier push that was broken off and that the journal knows the end of is brought to its end first: what the seller has lies
 * somewhere between, and only there it is known again. Null: there is none.
 */
export function planUnfinished(journal: PushJournal, { newId, chunkSize }: PlanOptions): PushPlan | null {
  const run = journal.run();
  const target = run === null ? null : journal.target();
  if (run === null || target === null) return null;
  const delta = forwardDelta(journal.base() ?? noMembers, target);
  if (run.mode === 'mirror' && run.changeCount === changeCount(delta))
    return { run, delta, target, isResumed: true };
  // Its changes were counted from somewhere else; all of them are sent again, which changes nothing that is done.
  const again = newRun('mirror', delta, target, newId(), chunkSize);
  return { run: again, delta, target, isResumed: true };
}

export function planPush(journal: PushJournal, file: ForwardMembers, options: PlanOptions): PushPlan {
  const base = journal.base();
  return options.mirror ? planMirror(base, file, options) : planAdd(journal, base, file, options);
}

function planMirror(
  base: ForwardMembers | null,
  file: ForwardMembers,
  { fresh, newId, chunkSize }: PlanOptions,
): PushPlan {
  const known = base ?? noMembers;
  const gone = forwardDelta(known, file);
  // Everybody again, and whoever is gone still goes.
  const delta = fresh
    ? { ...gone, added: Uint32Array.from({ length: file.rowCount }, (_, row) => row) }
    : gone;
  return { run: newRun('mirror', delta, file, newId(), chunkSize), delta, target: file, isResumed: false };
}

/** Sends every member of the file. Where mirrors are kept too, the journal learns of them. */
function planAdd(
  journal: PushJournal,
  base: ForwardMembers | null,
  file: ForwardMembers,
  { fresh, newId, chunkSize }: PlanOptions,
): PushPlan {
  const delta = forwardDelta(noMembers, file);
  const target =
    base === null ? null : mergeForward([base, file].map((members) => ({ members, fallback: noFallback })));
  const before = journal.run();
  const isSame = before?.mode === 'add' && before.targetDigest === targetDigestOf(file);
  if (isSame && target === null && !fresh) return { run: before, delta, target, isResumed: true };
  return { run: newRun('add', delta, file, newId(), chunkSize), delta, target, isResumed: false };
}

function newRun(
  mode: StoredRun['mode'],
  delta: ForwardDelta,
  target: ForwardMembers,
  pushId: string,
  chunkSize: number,
): StoredRun {
  const targetDigest = targetDigestOf(target);
  return { pushId, mode, targetDigest, changeCount: changeCount(delta), doneCount: 0, chunkSize };
}

/** What a person is asked to look at before anything is sent. */
export function differenceOf({ delta, run }: PushPlan): string {
  const { added, removed, after } = delta;
  const same = after.rowCount - added.length;
  const left = run.changeCount - run.doneCount;
  const rest = left === run.changeCount ? '' : `; ${count(run.doneCount)} of these changes are sent already`;
  return `${count(added.length)} new or changed, ${count(removed.length)} gone, ${count(same)} as they are${rest}`;
}

/** A file that was exported by mistake must not empty an audience. Source: promises of other mirrors, a fifth. */
const shrinkShareMax = 0.2;

export function refuseShrink({ delta }: PushPlan, isAllowed: boolean): void {
  const { removed, before } = delta;
  const share = removed.length / Math.max(1, before.rowCount);
  if (isAllowed || share <= shrinkShareMax) return;
  throw new CommandFault(
    'conflict',
    `This would remove ${count(removed.length)} of ${count(before.rowCount)} members (${percent(share)}), more than a fifth; nothing was sent. If the file is right, add --allow-shrink.`,
  );
}
