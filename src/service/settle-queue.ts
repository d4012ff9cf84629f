/**
 * Folds on their way into the store. While some are written, those that arrive wait and go together in the next
 * write: under load many share one script, and alone a fold waits for nobody.
 */
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import type { Store } from '../store/store.ts';
import type { FoldToSettle, MatchScripts, SettledFold } from './match-scripts.ts';

export interface SettleQueue {
  /** Those of one audience must be asked for in the order of acceptance. Rejects as the store does, for each fold alone. */
  settle(accountNo: number, fold: FoldToSettle): Promise<SettledFold>;
}

interface Waiting {
  readonly accountNo: number;
  readonly fold: FoldToSettle;
  readonly resolve: (settled: SettledFold) => void;
  readonly reject: (cause: unknown) => void;
}

export function createSettleQueue(store: Store<MatchScripts>, clock: Clock): SettleQueue {
  const waiting: Waiting[] = [];
  let isWriting = false;

  const write = async (accountNo: number, group: readonly Waiting[]): Promise<void> => {
    try {
      const folds = group.map(({ fold }) => fold);
      const settled = await store.write('settleFolds', { accountNo, folds, nowMs: clock.now() });
      group.forEach(({ resolve }, at) => resolve(settled[at]!));
    } catch (cause) {
      // A script changes all or nothing: one fold that cannot be settled must not hold up the others.
      if (group.length === 1) group[0]!.reject(cause);
      else for (const one of group) await write(accountNo, [one]);
    }
  };

  const drain = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, limits.settledFoldCountPerWriteMax);
      const byAccount = Map.groupBy(batch, ({ accountNo }) => accountNo);
      await Promise.all([...byAccount].map(async ([accountNo, group]) => write(accountNo, group)));
    }
    isWriting = false;
  };

  return {
    settle: async (accountNo, fold) =>
      new Promise((resolve, reject) => {
        waiting.push({ accountNo, fold, resolve, reject });
        if (!isWriting) void drain();
      }),
  };
}
