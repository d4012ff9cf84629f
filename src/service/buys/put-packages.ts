/** Packages on their way into the store, as parts of the transactions that create and change buys. */
import { AppError } from '../../base/faults.ts';
import { must } from '../../base/assert.ts';
import { liveAudienceById } from '../../store/audience-rows.ts';
import { insertPackage, setPackageAudiences, type PackageAudiences } from '../../store/package-rows.ts';
import type { Script } from '../../store/script.ts';
import type { Sealer } from '../seal.ts';
import type { AudienceNames, PricedPackage } from './api.ts';
import type { PackageDocument } from './stored.ts';

/**
 * The audiences of an overlay. One that never was, one that was deleted and one of another account are refused alike, at their exact
 * place; whether an audience can be used yet is not asked. Source: AdCP targeting, audience_include.
 */
export function* audiencesNamed(
  accountNo: number,
  path: string,
  names: AudienceNames,
): Script<PackageAudiences> {
  const numbers = { include: [] as number[], exclude: [] as number[] };
  for (const side of ['include', 'exclude'] as const) {
    for (const [position, audienceId] of names[side].entries()) {
      const row = yield* liveAudienceById(accountNo, audienceId);
      if (row === undefined) throw unknownAudience(`${path}.targeting_overlay.audience_${side}[${position}]`);
      numbers[side].push(row.audienceNo);
    }
  }
  return numbers;
}

function unknownAudience(field: string): AppError {
  return new AppError('INVALID_REQUEST', `${field} names no audience of this account.`, {
    field,
    suggestion: 'Send the audience with sync_audiences first, on the same account.',
  });
}

interface BuyWindow {
  readonly startAt: number;
  readonly endAt: number;
}

/** A package runs within its buy, and for some time. */
export function checkWindow(
  buy: BuyWindow,
  path: string,
  startAt: number | null,
  endAt: number | null,
): void {
  const refuse = (name: string, says: string): never => {
    throw new AppError('VALIDATION_ERROR', `${path}.${name} ${says}`, { field: `${path}.${name}` });
  };
  if (startAt !== null && startAt < buy.startAt) refuse('start_time', 'must not be before that of the buy.');
  if (endAt !== null && endAt > buy.endAt) refuse('end_time', 'must not be after that of the buy.');
  const isEmpty = (startAt ?? buy.startAt) >= (endAt ?? buy.endAt);
  if (isEmpty) refuse(endAt === null ? 'start_time' : 'end_time', 'leaves the package no time to run.');
}

/** An end that is over would make a package that never runs, without a word. */
export function checkEnd(path: string, endAt: number | null | undefined, nowMs: number): void {
  if (endAt === null || endAt === undefined || endAt > nowMs) return;
  const field = `${path}.end_time`;
  throw new AppError('VALIDATION_ERROR', `${field} is in the past.`, { field });
}

export function* putPackages(
  sealer: Sealer,
  buy: BuyWindow & { readonly accountNo: number; readonly buyNo: number },
  packages: readonly PricedPackage[],
  packageIds: readonly string[],
  nowMs: number,
): Script<void> {
  for (const [position, one] of packages.entries()) {
    checkEnd(one.path, one.endAtMs, nowMs);
    checkWindow(buy, one.path, one.startAtMs, one.endAtMs);
    const audiences = yield* audiencesNamed(buy.accountNo, one.path, one.audiences);
    const document: PackageDocument = {
      pricingOptionId: one.pricingOptionId,
      floorMicros: one.floorMicros,
      minBudgetMicros: one.minBudgetMicros,
      cancellationReason: null,
      words: one.words,
    };
    const packageNo = yield* insertPackage({
      accountNo: buy.accountNo,
      packageId: must(packageIds[position], () => 'an id for each package'),
      buyNo: buy.buyNo,
      productId: one.productId,
      budgetMicros: one.budgetMicros,
      rateMicros: one.rateMicros,
      paused: one.paused ? 1 : 0,
      canceledAt: null,
      startAt: one.startAtMs,
      endAt: one.endAtMs,
      document: sealer.seal(document),
    });
    yield* setPackageAudiences(buy.accountNo, packageNo, audiences);
  }
}
