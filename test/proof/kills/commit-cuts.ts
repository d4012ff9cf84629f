/** R12: a commit whose answer was lost has happened once, and whoever asked for it hears so. */
import { systemClock } from '../../../src/platform/clock.ts';
import { openPostgresStore } from '../../../src/store/postgres/open-store.ts';
import { contractScripts } from '../../../src/store/testing/contract-scripts.ts';
import { startCuttingProxy } from '../../../src/store/testing/cutting-proxy.ts';
import { startPostgres } from '../../../src/store/testing/postgres-server.ts';
import { createDice, type Dice } from '../../fuzz/dice.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from '../proof.ts';
import { openCarelessStore } from './careless-store.ts';
import { createLedger, type Ledger, type LedgerStore } from './ledger.ts';

const workerUrl = new URL('../../../src/store/testing/contract-worker.ts', import.meta.url);
/** So often everything is looked at. */
const cutsPerLook = 250;

export async function openContractStore(url: string, fatal: (reason: string) => void): Promise<LedgerStore> {
  return openPostgresStore({ url, workerUrl, scripts: contractScripts, clock: systemClock, fatal });
}

type Open = (url: string, fatal: (reason: string) => void) => Promise<LedgerStore>;

/** Writes that go together, and sometimes one of another process between them. */
async function writeSome(ledger: Ledger, dice: Dice, store: LedgerStore, other: LedgerStore): Promise<void> {
  const writes = Array.from({ length: 1 + dice.below(4) }, async () => ledger.write(store));
  if (dice.chance(0.2)) writes.push(ledger.refused(store));
  if (dice.chance(0.2)) writes.push(ledger.write(other));
  await Promise.all(writes);
}

async function run({ count, seed, say }: ProofOptions, open: Open): Promise<ProofResult> {
  const dice = createDice(seed);
  const postgres = await startPostgres();
  const proxy = await startCuttingProxy(postgres.port);
  const broken: string[] = [];
  const ledger = createLedger(dice);
  const cuts = { before: 0, after: 0 };
  let waitedMsMax = 0;
  try {
    const url = await postgres.createDatabase();
    const fatal = (reason: string): void => void broken.push(reason);
    const store = await open(url.replace(`:${postgres.port}/`, `:${proxy.port}/`), fatal);
    const other = await openContractStore(url, fatal);
    const look = async (): Promise<void> => void broken.push(...(await ledger.faults(other)));
    for (let looked = 0; proxy.cuts() < count && broken.length < brokenShown;) {
      const when = dice.of(['before', 'after'] as const);
      const already = proxy.cuts();
      // The second and the third are those of further attempts.
      proxy.cutNext(1 + (dice.chance(0.2) ? dice.below(3) : 0), when);
      const began = performance.now();
      await writeSome(ledger, dice, store, other);
      proxy.cutNext(0, when);
      waitedMsMax = Math.max(waitedMsMax, performance.now() - began);
      cuts[when] += proxy.cuts() - already;
      if (proxy.cuts() === already) broken.push('no commit was there to be cut');
      if (proxy.cuts() < looked + cutsPerLook) continue;
      looked = proxy.cuts();
      await look();
      say(`${looked} cuts, ${broken.length} broken`);
    }
    await look();
    await Promise.all([store.close(), other.close()]);
  } finally {
    await proxy.close();
    await postgres.destroy();
  }
  const figures = {
    'cut before the server had it': cuts.before,
    'cut after the server had it': cuts.after,
    'writes acknowledged': ledger.acknowledged(),
    'longest wait for an answer, ms': Math.round(waitedMsMax),
  };
  return { tried: proxy.cuts(), figures, broken: broken.slice(0, brokenShown) };
}

export const commitCuts: Proof = {
  name: 'commit-cuts',
  promise:
    'A commit over Postgres whose connection is cut before or after the server has it takes effect once, and every caller gets the answer that is true.',
  unit: 'cuts',
  shortCount: 30,
  longCount: 5_000,
  run: async (options) => run(options, openContractStore),
  planted: [
    {
      name: 'a commit whose answer was lost is run again without asking whether it happened',
      count: 10,
      run: async (options) => run(options, async (url) => openCarelessStore(url, 'runs lost commits again')),
    },
  ],
};
