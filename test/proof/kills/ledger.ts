/** What was acknowledged to callers of a store, held against what the store has. */
import { AppError } from '../../../src/base/faults.ts';
import type { ContractStore } from '../../../src/store/store.contract.ts';
import type { Dice } from '../../fuzz/dice.ts';

export type LedgerStore = Pick<ContractStore, 'write' | 'read' | 'close'>;

export interface Ledger {
  /** One write that takes effect, and is noted when it is acknowledged. */
  write(store: LedgerStore): Promise<void>;
  /** One write that its script refuses after it has written something. */
  refused(store: LedgerStore): Promise<void>;
  readonly acknowledged: () => number;
  /** Each way in which the store is not what was acknowledged; empties what was found before. */
  faults(store: LedgerStore): Promise<readonly string[]>;
}

const counterCount = 3;

/** Callers of one ledger wait for their answers, so that between calls nothing is unknown. */
export function createLedger(dice: Dice): Ledger {
  const numbers = Array.from({ length: counterCount }, (): number[] => []);
  const appended: number[] = [];
  let found: string[] = [];
  let lastValue = 0;
  let acknowledged = 0;

  const noteRefusal = (what: string, error: unknown): void => {
    found.push(`${what} was refused: ${error instanceof AppError ? error.code : 'unknown'}`);
  };
  return {
    async write(store) {
      try {
        if (dice.chance(0.3)) {
          const value = ++lastValue;
          await store.write('append', { value });
          appended.push(value);
        } else {
          const at = dice.below(counterCount);
          numbers[at]!.push(await store.write('increment', { name: `counter-${at}` }));
        }
        acknowledged++;
      } catch (error) {
        noteRefusal('a write', error);
      }
    },
    async refused(store) {
      try {
        await store.write('putAndRefuse', { name: 'refused', value: 'written' });
        found.push('a write that was refused was acknowledged');
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'AUDIENCE_NOT_FOUND'))
          noteRefusal('another reason', error);
      }
    },
    acknowledged: () => acknowledged,
    async faults(store) {
      const faults = [...found];
      found = [];
      for (const [at, given] of numbers.entries())
        faults.push(
          ...counterFaults(given, Number((await store.read('word', { name: `counter-${at}` })) ?? 0)),
        );
      faults.push(...listFaults(appended, await store.read('appended', {})));
      if ((await store.read('word', { name: 'refused' })) !== null) faults.push('a refused write stayed');
      return faults;
    },
  };
}

/** Each number from 1 on was given to one caller. */
function counterFaults(given: readonly number[], stored: number): readonly string[] {
  const faults: string[] = [];
  if (stored < given.length) faults.push(`${given.length - stored} acknowledged steps of a counter are lost`);
  if (stored > given.length) faults.push(`${stored - given.length} steps of a counter were made twice`);
  if (new Set(given).size !== given.length) faults.push('two callers were given the same number');
  return faults;
}

function listFaults(acknowledged: readonly number[], stored: readonly number[]): readonly string[] {
  const known = new Set(stored);
  const lost = acknowledged.filter((value) => !known.has(value)).length;
  const promised = new Set(acknowledged);
  const phantom = [...known].filter((value) => !promised.has(value)).length;
  const repeated = stored.length - known.size;
  return [
    ...(lost > 0 ? [`${lost} acknowledged rows are lost`] : []),
    ...(phantom > 0 ? [`${phantom} rows were acknowledged to nobody`] : []),
    ...(repeated > 0 ? [`${repeated} rows were written twice`] : []),
  ];
}
