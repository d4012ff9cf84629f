/** Media buys over the store: accounts, products and limits first, then one transaction. */
import { AppError } from '../base/faults.ts';
import { systemClock, systemRandom } from '../platform/clock.ts';
import type { Account, AccountReference, Principal } from '../service/api.ts';
import type {
  BuyAnswer,
  BuyQuery,
  BuyService,
  ControllerCall,
  CreateBuyCall,
  Product,
  ProductList,
  UpdateBuyCall,
} from '../service/buys/api.ts';
import { scenarios } from '../service/buys/controller-words.ts';
import type { BuyWritten } from '../service/buys/create-scripts.ts';
import { oneCurrency, pricePackages } from '../service/buys/price-packages.ts';
import type { BuysInput } from '../service/buys/read-scripts.ts';
import { liveRefusal, refusalOfScenario } from '../service/buys/refuse-scenario.ts';
import { requireBuyable, requireSyncable } from '../service/account-gates.ts';
import { seededProduct } from '../service/buys/seeded-product.ts';
import { countAsRead, type RateLimits } from '../service/rate-limit.ts';
import type { Store } from '../store/store.ts';
import type { Scripts } from './scripts.ts';

export interface BuyServiceParts {
  readonly store: Store<Scripts>;
  readonly limits: RateLimits;
  readonly products: readonly Product[];
  /** Tests may force states, and find products of their own. */
  readonly testController: boolean;
  readonly replayTtlMs: number;
  readonly hashRequestKey: (requestKey: string) => Uint8Array;
  readonly hashAddress: (address: string) => Uint8Array;
  /** A notification can be delivered. */
  readonly notifies: () => void;
  /** A buy is another, and what is decided from it. */
  readonly buysMoved: () => void;
  /** The account that a caller names, which may come about by that. */
  readonly servedAccount: (caller: Principal, reference: AccountReference) => Promise<Account>;
}

const firstDay = '0000-00-00';
const lastDay = '9999-99-99';

async function productsOf(
  { store, products, testController }: BuyServiceParts,
  { principalNo }: Principal,
): Promise<Omit<ProductList, 'sandbox'>> {
  const [like] = products;
  if (!testController || like === undefined) return { products, isPrivate: false };
  const seeded = await store.read('seededProducts', { principalNo });
  const own = seeded.map(([productId, facts]) => seededProduct(productId, facts, like));
  const ownIds = new Set(own.map(({ productId }) => productId));
  const others = products.filter(({ productId }) => !ownIds.has(productId));
  return { products: [...others, ...own], isPrivate: own.length > 0 };
}

/** What every changing call of a buy is written with. */
function keyed<O extends string>(
  parts: BuyServiceParts,
  call: CreateBuyCall | UpdateBuyCall,
  { accountNo }: Account,
  operation: O,
) {
  const nowMs = systemClock.now();
  return {
    operation,
    accountNo,
    principalNo: call.caller.principalNo,
    keyHash: parts.hashRequestKey(call.requestKey),
    digest: call.requestDigest,
    nowMs,
    expiresAtMs: nowMs + parts.replayTtlMs,
  };
}

function answerOf(
  { limits }: BuyServiceParts,
  call: CreateBuyCall | UpdateBuyCall,
  { accountNo }: Account,
  { outcome, replayed }: BuyWritten,
): BuyAnswer {
  if (replayed) countAsRead(limits, call.caller.principalNo, accountNo);
  return { body: call.encode(outcome), replayed };
}

const newIds = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, () => `${prefix}_${systemRandom.uuid()}`);

async function createBuy(parts: BuyServiceParts, call: CreateBuyCall): Promise<BuyAnswer> {
  const { store, limits } = parts;
  const account = await parts.servedAccount(call.caller, call.account);
  limits.take('write', call.caller.principalNo, account.accountNo);
  requireBuyable(account);
  const key = keyed(parts, call, account, 'create_media_buy' as const);
  // Before anything that may have changed since: a product, a price, the time.
  const earlier = await store.read('recallBuy', key);
  if (earlier !== null) return answerOf(parts, call, account, { outcome: earlier, replayed: true });
  const packages = pricePackages((await productsOf(parts, call.caller)).products, call.packages);
  const written = await store.write('createBuy', {
    ...key,
    sandbox: account.sandbox,
    generation: call.generation,
    mediaBuyId: newIds('mb', 1)[0] ?? '',
    packageIds: newIds('pkg', packages.length),
    startAtMs: call.startAtMs,
    endAtMs: call.endAtMs,
    paused: call.paused,
    currency: oneCurrency(packages),
    packages,
    context: call.context ?? null,
    words: call.words,
    callback:
      call.callback === null
        ? null
        : {
            addressHash: parts.hashAddress(call.callback.url),
            registration: { ...call.callback, accountId: account.accountId, eventKey: systemRandom.uuid() },
          },
    mayBeForced: parts.testController && (await testableNos(parts, call.caller)).includes(account.accountNo),
  });
  parts.buysMoved();
  return answerOf(parts, call, account, written);
}

async function updateBuy(parts: BuyServiceParts, call: UpdateBuyCall): Promise<BuyAnswer> {
  const { store, limits } = parts;
  const account = await parts.servedAccount(call.caller, call.account);
  limits.take('write', call.caller.principalNo, account.accountNo);
  requireSyncable(account, true);
  // What was bought can be changed while a payment is open; no more can be bought. Source: AdCP accounts, operations by status.
  if (call.newPackages.length > 0) requireBuyable(account);
  const key = keyed(parts, call, account, 'update_media_buy' as const);
  const earlier = await store.read('recallBuy', key);
  if (earlier !== null) return answerOf(parts, call, account, { outcome: earlier, replayed: true });
  const newPackages = pricePackages((await productsOf(parts, call.caller)).products, call.newPackages);
  const written = await store.write('updateBuy', {
    ...key,
    sandbox: account.sandbox,
    otherNos: await otherNos(parts, call.caller, account.accountNo),
    mediaBuyId: call.mediaBuyId,
    revision: call.revision ?? null,
    paused: call.paused ?? null,
    canceled: call.canceled,
    cancellationReason: call.cancellationReason ?? null,
    startAtMs: call.startAtMs === null ? 'asap' : (call.startAtMs ?? null),
    endAtMs: call.endAtMs ?? null,
    packages: call.packages,
    newPackages,
    newPackageIds: newIds('pkg', newPackages.length),
  });
  parts.buysMoved();
  return answerOf(parts, call, account, written);
}

/** Which buys a query is about. */
async function buysInput(parts: BuyServiceParts, caller: Principal, query: BuyQuery): Promise<BuysInput> {
  parts.limits.take('read', caller.principalNo, 0);
  const account = query.account === undefined ? null : await parts.servedAccount(caller, query.account);
  if (account !== null) requireSyncable(account, false);
  return {
    principalNo: caller.principalNo,
    accountNo: account?.accountNo ?? null,
    otherNos: account === null ? [] : await otherNos(parts, caller, account.accountNo),
    mediaBuyIds: query.mediaBuyIds ?? null,
    statuses: query.statuses ?? null,
    nowMs: systemClock.now(),
  };
}

/** Accounts that tests may reach into: sandboxes, and what the caller declared itself on this test server. */
async function testableNos(
  { store }: BuyServiceParts,
  { principalNo }: Principal,
): Promise<readonly number[]> {
  const all = await store.read('everyOwnAccount', { principalNo });
  return all
    .filter(({ sandbox, declaredBy }) => sandbox === 1 || declaredBy === principalNo)
    .map(({ accountNo }) => accountNo);
}

/**
 * Where else a buy is looked for: nowhere, but for tests, which make a buy under one of the names of their account and ask for it under
 * another. Source: AdCP comply_test_controller, sandbox scope.
 */
async function otherNos(
  parts: BuyServiceParts,
  caller: Principal,
  accountNo: number,
): Promise<readonly number[]> {
  if (!parts.testController) return [];
  const nos = await testableNos(parts, caller);
  return nos.includes(accountNo) ? nos.filter((one) => one !== accountNo) : [];
}

/** The accounts that a call of the controller may touch, the one that it names first; null: it names a live one. */
async function accountsForTest(
  parts: BuyServiceParts,
  { caller, account }: ControllerCall,
): Promise<readonly number[] | null> {
  const named = account === undefined ? null : await parts.servedAccount(caller, account);
  const nos = await testableNos(parts, caller);
  if (named === null) return nos;
  return nos.includes(named.accountNo)
    ? [named.accountNo, ...nos.filter((one) => one !== named.accountNo)]
    : null;
}

async function control(parts: BuyServiceParts, call: ControllerCall) {
  parts.limits.take('write', call.caller.principalNo, 0);
  // Looking what there is makes no account, as naming one for a change does.
  if (call.scenario === 'list_scenarios') return { success: true, scenarios };
  const refusal = refusalOfScenario(call.scenario, call.params);
  if (refusal !== null) return refusal;
  const accounts = await accountsForTest(parts, call);
  const scenario = scenarios.find((one) => one === call.scenario);
  if (accounts === null || scenario === undefined) return liveRefusal;
  const answer = await parts.store.write('control', {
    scenario,
    principalNo: call.caller.principalNo,
    accountNos: accounts,
    params: call.params,
    nowMs: systemClock.now(),
    newId: systemRandom.uuid(),
  });
  if (scenario === 'force_task_completion') parts.notifies();
  parts.buysMoved();
  return answer;
}

export function createBuyService(parts: BuyServiceParts): BuyService {
  const { store } = parts;
  return {
    products: async (caller, reference) => {
      parts.limits.take('read', caller.principalNo, 0);
      const account = reference === undefined ? null : await parts.servedAccount(caller, reference);
      // Nothing is offered to an account that may change nothing.
      if (account !== null) requireSyncable(account, true);
      return { ...(await productsOf(parts, caller)), sandbox: account?.sandbox ?? false };
    },
    createBuy: async (call) => createBuy(parts, call),
    updateBuy: async (call) => updateBuy(parts, call),
    listBuys: async (caller, { pageSize, cursor, ...query }) =>
      store.read('buysOfCaller', { ...(await buysInput(parts, caller, query)), pageSize, cursor }),
    delivery: async (caller, { days, ...query }) => {
      const input = await buysInput(parts, caller, query);
      const { from, before } = days ?? { from: firstDay, before: lastDay };
      const deliveries = await store.read('deliveryOfCaller', { ...input, from, before });
      const begun = deliveries.map(({ buy }) => Math.min(buy.startAtMs, buy.createdAtMs));
      return {
        startAtMs: days === undefined ? Math.min(input.nowMs, ...begun) : Date.parse(from),
        endAtMs: days === undefined ? input.nowMs : Date.parse(before),
        deliveries,
      };
    },
    controller: async (call) => {
      if (!parts.testController) throw new AppError('UNSUPPORTED_FEATURE');
      return control(parts, call);
    },
  };
}
