/** What a test sets up before it begins: products, accounts, media buys. Seeding the same again changes nothing. */
import { limits } from '../../base/limits.ts';
import { canonicalJson } from '../../base/jcs.ts';
import type { JsonObject } from '../../engine/types.ts';
import { anyAccountById, bindAccount, insertAccount, ownAccountById } from '../../store/account-rows.ts';
import { insertBuy, isBuyIdTaken, ownBuy } from '../../store/buy-rows.ts';
import type { Script } from '../../store/script.ts';
import { putSeededProduct, seededProducts } from '../../store/seeded-rows.ts';
import { newRow } from '../account-scripts.ts';
import { neededText, type ControllerParts, type ControllerScope } from './controller-scope.ts';
import { Refused } from './controller-words.ts';
import { objectIn, textIn } from './json-parts.ts';
import { faultOfPrice, pricesIn, type SeededProduct } from './seeded-product.ts';
import { buyStatuses, forcedFacts } from './states.ts';
import type { BuyStatus } from './api.ts';
import type { BuyDocument } from './stored.ts';

const dayMs = 24 * 3_600_000;
const seeded = { success: true } as const;

const fixtureOf = ({ params }: ControllerScope): JsonObject => objectIn(params, 'fixture') ?? {};

const isSame = (a: JsonObject, b: JsonObject): boolean => canonicalJson(a) === canonicalJson(b);

function refuseOther(before: JsonObject | undefined, now: JsonObject): void {
  if (before === undefined || isSame(before, now)) return;
  throw new Refused('INVALID_PARAMS', 'This id was seeded with another fixture.');
}

/** What a caller's tests added to the products. */
export function* seededBy(
  { sealer }: Pick<ControllerParts, 'sealer'>,
  principalNo: number,
): Script<readonly (readonly [string, SeededProduct])[]> {
  const rows = yield* seededProducts(principalNo, limits.seededProductCountMax);
  return rows.map(({ productId, document }) => [productId, sealer.open<SeededProduct>(document)] as const);
}

function refusePrices(prices: readonly JsonObject[]): void {
  if (prices.length > limits.seededPriceCountMax) {
    throw new Refused('INVALID_STATE', `A product has at most ${limits.seededPriceCountMax} prices.`);
  }
  for (const price of prices) {
    const fault = faultOfPrice(price);
    if (fault !== null) throw new Refused('INVALID_PARAMS', `Of a price, ${fault}.`);
  }
}

export function* seedProduct(parts: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const productId = neededText(scope, 'product_id');
  const known = new Map(yield* seededBy(parts, scope.principalNo));
  const fixture = fixtureOf(scope);
  const before = known.get(productId);
  refuseOther(before?.fixture, fixture);
  refusePrices(pricesIn(fixture).map(([, price]) => price));
  if (before === undefined && known.size >= limits.seededProductCountMax) {
    throw new Refused('INVALID_STATE', `At most ${limits.seededProductCountMax} products can be seeded.`);
  }
  const document = parts.sealer.seal({ fixture, prices: before?.prices ?? {} });
  yield* putSeededProduct(scope.principalNo, { productId, document });
  return seeded;
}

export function* seedPrice(parts: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const productId = neededText(scope, 'product_id');
  const priceId = neededText(scope, 'pricing_option_id');
  const product = new Map(yield* seededBy(parts, scope.principalNo)).get(productId);
  if (product === undefined) throw new Refused('NOT_FOUND', 'Seed the product first.');
  const fixture = fixtureOf(scope);
  refuseOther(Object.hasOwn(product.prices, priceId) ? product.prices[priceId] : undefined, fixture);
  refusePrices([...Object.values(product.prices), fixture]);
  const document = parts.sealer.seal({ ...product, prices: { ...product.prices, [priceId]: fixture } });
  yield* putSeededProduct(scope.principalNo, { productId, document });
  return seeded;
}

const domainIn = (object: JsonObject, name: string): string | undefined => {
  const value = textIn(object, name);
  return value !== undefined && /^[a-z0-9.-]+$/.test(value) ? value : undefined;
};

interface AccountWords {
  readonly domain?: string;
  readonly operator?: string;
  readonly name?: string;
}

/** What a fixture says of an account, as far as accounts have it. */
function accountWords(fixture: JsonObject): AccountWords {
  const domain = domainIn(objectIn(fixture, 'brand') ?? {}, 'domain');
  const operator = domainIn(fixture, 'operator');
  const name = textIn(fixture, 'name');
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(operator === undefined ? {} : { operator }),
    ...(name === undefined ? {} : { name }),
  };
}

/** A sandbox account of the caller's own. */
export function* seedAccount(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const { principalNo, nowMs } = scope;
  const accountId = neededText(scope, 'account_id');
  const known = yield* ownAccountById(principalNo, accountId);
  if (known !== undefined) {
    // What it does not say was chosen for it.
    const { brandDomain: domain, operator: by, name: called } = known;
    const said = accountWords(fixtureOf(scope));
    refuseOther({ domain, operator: by, name: called, ...said }, { domain, operator: by, name: called });
    return seeded;
  }
  if ((yield* anyAccountById(accountId)) !== undefined) {
    throw new Refused('INVALID_PARAMS', 'This account_id is taken.');
  }
  const said = accountWords(fixtureOf(scope));
  const brandDomain = said.domain ?? 'seeded.example';
  const operator = said.operator ?? `${scope.newId.slice(0, 8)}.example`;
  const name = said.name ?? null;
  const row = newRow({ accountId, brandDomain, brandId: null, operator, sandbox: true, name, nowMs });
  const accountNo = yield* insertAccount({ ...row, declaredBy: principalNo });
  yield* bindAccount(principalNo, accountNo);
  return seeded;
}

function seededStatus(fixture: JsonObject): BuyStatus {
  const named = Object.hasOwn(fixture, 'status') ? fixture['status'] : 'active';
  const status = buyStatuses.find((one) => one === named);
  if (status !== undefined) return status;
  throw new Refused('INVALID_PARAMS', `fixture.status must be one of ${buyStatuses.join(', ')}.`);
}

function seededCurrency(fixture: JsonObject): string {
  const currency = Object.hasOwn(fixture, 'currency') ? fixture['currency'] : 'USD';
  if (typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)) return currency;
  throw new Refused('INVALID_PARAMS', 'fixture.currency must be three capital letters.');
}

/** A buy without packages, in the state that the fixture names. */
export function* seedBuy({ sealer }: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const { principalNo, nowMs, accountNos } = scope;
  const mediaBuyId = neededText(scope, 'media_buy_id');
  const fixture = fixtureOf(scope);
  const status = seededStatus(fixture);
  const currency = seededCurrency(fixture);
  for (const accountNo of accountNos) {
    const known = yield* ownBuy(accountNo, principalNo, mediaBuyId);
    if (known === undefined) continue;
    refuseOther(sealer.open<BuyDocument>(known.document).fixture, fixture);
    return seeded;
  }
  if (yield* isBuyIdTaken(mediaBuyId)) throw new Refused('INVALID_PARAMS', 'This media_buy_id is taken.');
  const accountNo = accountNos[0];
  if (accountNo === undefined)
    throw new Refused('INVALID_STATE', 'You have no sandbox account to put it on.');
  const start = {
    startAt: nowMs + dayMs,
    endAt: nowMs + 31 * dayMs,
    paused: 0,
    canceledAt: null,
    rejectedAt: null,
  };
  const begun = { ...start, startAt: nowMs };
  const facts = forcedFacts(
    ['active', 'paused', 'completed'].includes(status) ? begun : start,
    status,
    nowMs,
  );
  if (facts === null) throw new Refused('INVALID_PARAMS', 'fixture.status cannot be brought about here.');
  const document: BuyDocument = {
    ...{ context: null, cancellationReason: null, rejectionReason: null, words: {} },
    fixture,
  };
  yield* insertBuy({
    ...{ accountNo, mediaBuyId, principalNo, revision: 1, ...facts, confirmedAt: nowMs },
    ...{ currency, createdAt: nowMs, document: sealer.seal(document) },
  });
  return seeded;
}
