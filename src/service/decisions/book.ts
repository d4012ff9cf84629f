/** What decisions are made from: live packages, the state of their audiences, and who is in them; all in memory. */
import { decide, type MarkedOverlay, type Verdict } from '../../engine/decision/decide.ts';
import { createUserMarks, UserMarks } from '../../engine/decision/user-marks.ts';
import { UserSet } from '../../engine/decision/user-set.ts';
import type { AudienceStatus } from '../api.ts';
import type { TrackedName, UserNews } from './user-tracker.ts';

/** A package as decisions see it. */
export interface PackageFacts {
  readonly packageId: string;
  readonly packageNo: number;
  readonly accountNo: number;
  readonly isSandbox: boolean;
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** Neither it nor its buy is paused, canceled or rejected. */
  readonly isLive: boolean;
  /** Audience numbers. */
  readonly include: readonly number[];
  readonly exclude: readonly number[];
}

export interface AudienceState extends TrackedName {
  /** Null: it was deleted. */
  readonly status: AudienceStatus | null;
}

export interface DecisionFacts {
  readonly packages: readonly PackageFacts[];
  /** Every audience that one of them names. */
  readonly audiences: readonly AudienceState[];
}

export type DecisionReason = Exclude<Verdict, 'eligible'> | 'not_live' | 'not_started' | 'ended' | 'unknown';

export interface Decision {
  readonly eligible: readonly string[];
  readonly ineligible: readonly { readonly packageId: string; readonly reason: DecisionReason }[];
}

export interface DecisionAsk {
  /** Ordinals of everybody whom the request's identifier names; none: nobody is known by it. */
  readonly persons: ArrayLike<number>;
  /** Null: every package that is live and not in a sandbox. */
  readonly packageIds: readonly string[] | null;
}

export interface DecisionBook {
  /** Something that decisions lean on may have moved: read it again soon. */
  wake(): void;
  /** Of the users of audiences and their marks. */
  hear(news: UserNews): void;
  decide(ask: DecisionAsk, nowMs: number): Decision;
  /** Resolves when everything that moved so far has been read. */
  settled(): Promise<void>;
  close(): void;
}

export interface DecisionBookDeps {
  readonly readFacts: () => Promise<DecisionFacts>;
  /** Has the users of these audiences told from now on. */
  readonly track: (names: readonly TrackedName[]) => void;
  readonly troubled: (event: string, cause: unknown) => void;
}

interface BookAudience {
  status: AudienceStatus | null;
  set: UserSet | null;
  mark: number;
}

interface BookPackage {
  readonly facts: PackageFacts;
  /** Null: an audience of it moved. */
  overlay: MarkedOverlay | null;
}

/** What moves within this time is read at once. */
const refreshPauseMs = 50;
const retryMs = 1_000;

export function createDecisionBook(deps: DecisionBookDeps): DecisionBook {
  const pages = createPages();
  const reader = createReader(async () => {
    const facts = await deps.readFacts();
    pages.adopt(facts);
    deps.track(facts.audiences.filter(({ status }) => status !== null));
  }, deps.troubled);
  return {
    wake: reader.wake,
    hear: (news) => {
      const fault = news.kind === 'users' ? news.users.fault : undefined;
      if (fault !== undefined) deps.troubled('decisions.users_unknown', new Error(fault));
      pages.hear(news);
    },
    decide: pages.decide,
    settled: reader.settled,
    close: reader.close,
  };
}

/** Packages and audiences as they were read and told last. */
function createPages() {
  let packages = new Map<string, BookPackage>();
  let served: readonly string[] = [];
  let byAudience = new Map<number, BookPackage[]>();
  const audiences = new Map<number, BookAudience>();

  let marks = createUserMarks(0);

  const marksOf = (numbers: readonly number[]): number =>
    numbers.reduce((together, no) => together | (audiences.get(no)?.mark ?? 0), 0);
  const overlayOf = ({ include, exclude }: PackageFacts): MarkedOverlay => ({
    include: include.map((no) => usable(audiences.get(no))),
    exclude: exclude.map((no) => known(audiences.get(no))),
    includeMarks: marksOf(include),
    excludeMarks: marksOf(exclude),
  });
  return {
    adopt: (facts: DecisionFacts): void => {
      adoptStates(audiences, facts.audiences);
      const entries = facts.packages.map((one): BookPackage => ({ facts: one, overlay: null }));
      packages = new Map(entries.map((one) => [one.facts.packageId, one]));
      const isServed = ({ facts: one }: BookPackage): boolean => one.isLive && !one.isSandbox;
      served = entries.filter(isServed).map((one) => one.facts.packageId);
      const links = entries.flatMap((one) =>
        [...one.facts.include, ...one.facts.exclude].map((no) => [no, one] as const),
      );
      byAudience = new Map(
        [...Map.groupBy(links, ([no]) => no)].map(([no, list]) => [no, list.map(([, one]) => one)]),
      );
    },
    hear: (news: UserNews): void => {
      if (news.kind === 'marks') {
        marks = new UserMarks(news.memory);
        return;
      }
      const { audienceNo, memory, mark } = news.users;
      const one = audiences.get(audienceNo);
      if (one === undefined) return;
      one.set = memory === null ? null : new UserSet(memory);
      one.mark = mark;
      for (const leaning of byAudience.get(audienceNo) ?? []) leaning.overlay = null;
    },
    decide: ({ persons, packageIds }: DecisionAsk, nowMs: number): Decision => {
      const eligible: string[] = [];
      const ineligible: { packageId: string; reason: DecisionReason }[] = [];
      const asked = { persons, marks: marks.of(persons), nowMs };
      for (const packageId of packageIds ?? served) {
        const one = packages.get(packageId);
        const overlay = one === undefined ? null : (one.overlay ??= overlayOf(one.facts));
        const reason =
          one === undefined || overlay === null ? 'unknown' : reasonOf(one.facts, overlay, asked);
        if (reason === null) eligible.push(packageId);
        else ineligible.push({ packageId, reason });
      }
      return { eligible, ineligible };
    },
  };
}

function adoptStates(audiences: Map<number, BookAudience>, states: readonly AudienceState[]): void {
  const names = new Set(states.map(({ audienceNo }) => audienceNo));
  for (const no of audiences.keys()) if (!names.has(no)) audiences.delete(no);
  for (const { audienceNo, status } of states) {
    const before = audiences.get(audienceNo);
    if (before === undefined) audiences.set(audienceNo, { status, set: null, mark: 0 });
    else before.status = status;
  }
}

/** Reads again what may have moved: soon, one reading after the other, and again when one fails. */
function createReader(read: () => Promise<void>, troubled: DecisionBookDeps['troubled']) {
  let timer: NodeJS.Timeout | null = null;
  let reading: Promise<void> = Promise.resolve();
  let underWay = 0;
  let isClosed = false;
  const refresh = async (): Promise<void> => {
    try {
      await read();
    } catch (error) {
      troubled('decisions.refresh_failed', error);
      later(retryMs);
    } finally {
      underWay--;
    }
  };
  const later = (ms: number): void => {
    if (isClosed) return;
    timer ??= setTimeout(() => {
      timer = null;
      underWay++;
      // So that an older reading never comes last.
      reading = reading.then(refresh);
    }, ms);
  };
  return {
    wake: (): void => later(refreshPauseMs),
    settled: async (): Promise<void> => {
      while (timer !== null || underWay > 0) {
        await reading;
        if (timer !== null) await new Promise((resolve) => setTimeout(resolve, refreshPauseMs));
      }
    },
    close: (): void => {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** Contract, using audiences: nobody is eligible through an audience until it is ready. */
function usable(audience: BookAudience | undefined): UserSet | null {
  return audience?.status === 'ready' ? audience.set : null;
}

/** Whoever is in an excluded audience is excluded whatever its status: a list of people who objected may be small. */
function known(audience: BookAudience | undefined): UserSet | null {
  return audience === undefined || audience.status === null ? null : audience.set;
}

interface Asked {
  readonly persons: ArrayLike<number>;
  readonly marks: number;
  readonly nowMs: number;
}

/** Null: eligible. */
function reasonOf(
  facts: PackageFacts,
  overlay: MarkedOverlay,
  { persons, marks, nowMs }: Asked,
): DecisionReason | null {
  if (!facts.isLive) return 'not_live';
  if (nowMs < facts.startAtMs) return 'not_started';
  if (nowMs >= facts.endAtMs) return 'ended';
  const verdict = decide(overlay, persons, marks);
  return verdict === 'eligible' ? null : verdict;
}
