/** Decisions over the parts of a running server: the key of tokens, the graph, the book, and the store for what is asked seldom. */
import { systemClock } from '../../platform/clock.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { indexOf, type GraphSnapshot } from '../../engine/identity/snapshot.ts';
import { reachOf } from '../../engine/decision/decide.ts';
import { UserSet } from '../../engine/decision/user-set.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import type { GraphIndex } from '../../engine/types.ts';
import type {
  DecisionService,
  OverlayAsk,
  OverlayAnswer,
  OverlayProblem,
} from '../../service/decisions/api.ts';
import { createKeyedHash } from '../../service/keyed-hash.ts';
import type { DecisionBook } from '../../service/decisions/book.ts';
import type { NamedAudience } from '../../service/decisions/decision-scripts.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';
import type { Secrets } from '../secrets.ts';
import type { MatchThread } from '../threads/match-thread.ts';
import { lookUpUsers } from './user-lookup.ts';

export interface DecisionParts {
  readonly store: Store<Scripts>;
  readonly secrets: Pick<Secrets, 'tokenKey' | 'pepper'>;
  readonly matchThread: Pick<MatchThread, 'snapshot' | 'usersOf'>;
  readonly book: DecisionBook;
}

export function createDecisionService({ store, secrets, matchThread, book }: DecisionParts): DecisionService {
  const tokeniser = createTokeniser(secrets.tokenKey, nodePrimitives);
  const hashBatchId = createKeyedHash(secrets.pepper);
  const graphOf = createGraphView(() => matchThread.snapshot());
  return {
    decide: (asks) => {
      const nowMs = systemClock.now();
      const persons = lookUpUsers(
        tokeniser,
        graphOf(),
        asks.map(({ user }) => user),
      );
      return asks.map(({ packageIds }, at) => book.decide({ persons: persons[at] ?? [], packageIds }, nowMs));
    },
    countImpressions: async (batchId, digest, reports) =>
      store.write('countImpressions', {
        ...{ batchHash: hashBatchId(`impressions ${batchId}`), digest, reports },
        nowMs: systemClock.now(),
      }),
    overlay: async (ask) => {
      const found = await store.read('audiencesNamed', ask);
      const problems = [...problemsOf('include', found.include), ...problemsOf('exclude', found.exclude)];
      const isValid = problems.every(({ reason }) => reason !== 'unknown');
      const reach =
        isValid && ask.include.length > 0 ? await reachNow(matchThread, found, graphOf().personCount) : null;
      return { isValid, problems, reach };
    },
  };
}

/** The index over the newest snapshot, made once for each. */
function createGraphView(snapshotNow: () => GraphSnapshot): () => GraphIndex {
  let snapshot = snapshotNow();
  let index = indexOf(snapshot);
  return () => {
    const now = snapshotNow();
    if (now !== snapshot) {
      snapshot = now;
      index = indexOf(now);
    }
    return index;
  };
}

type Found = { readonly [Side in keyof Pick<OverlayAsk, 'include' | 'exclude'>]: readonly NamedAudience[] };

function problemsOf(side: OverlayProblem['side'], audiences: readonly NamedAudience[]): OverlayProblem[] {
  return audiences.flatMap(({ status }, index) =>
    status === 'ready' ? [] : [{ side, index, reason: status ?? ('unknown' as const) }],
  );
}

/** Counted now, from the members: what is not in any buy is not kept in memory. */
async function reachNow(
  { usersOf }: Pick<MatchThread, 'usersOf'>,
  found: Found,
  personCount: number,
): Promise<OverlayAnswer['reach']> {
  const setOf = async (audience: NamedAudience): Promise<UserSet | null> => {
    const memory = await usersOf(audience);
    return memory === null ? null : new UserSet(memory);
  };
  const ready = found.include.filter(({ status }) => status === 'ready');
  const include = await Promise.all(ready.map(setOf));
  const exclude = await Promise.all(found.exclude.map(setOf));
  if (include.length === 0) return 0;
  return reachOf({ include, exclude }, personCount)?.size ?? null;
}
