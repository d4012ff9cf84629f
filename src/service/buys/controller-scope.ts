/** What a call of the test controller may touch, and what it says. */
import { ownBuy, type BuyRow } from '../../store/buy-rows.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Script } from '../../store/script.ts';
import type { SizeRules } from '../finish-sync.ts';
import type { Sealer } from '../seal.ts';
import type { Outbox } from '../webhooks/outbox.ts';
import { Refused } from './controller-words.ts';
import { textIn } from './json-parts.ts';

export interface ControllerParts {
  readonly sealer: Sealer;
  readonly outbox: Outbox;
  readonly sizes: SizeRules;
}

export interface ControllerScope {
  readonly principalNo: number;
  /** The accounts of the caller that are for tests; the one that the call names comes first. */
  readonly accountNos: readonly number[];
  readonly params: JsonObject;
  readonly nowMs: number;
  /** For what is made. */
  readonly newId: string;
}

export function neededText({ params }: ControllerScope, name: string): string {
  const value = textIn(params, name);
  if (value === undefined) throw new Refused('INVALID_PARAMS', `params.${name} must be a string.`);
  return value;
}

/** The buy that the call names, on any of its accounts. */
export function* findBuy(scope: ControllerScope): Script<BuyRow> {
  const mediaBuyId = neededText(scope, 'media_buy_id');
  for (const accountNo of scope.accountNos) {
    const buy = yield* ownBuy(accountNo, scope.principalNo, mediaBuyId);
    if (buy !== undefined) return buy;
  }
  throw new Refused('NOT_FOUND', 'No sandbox account of yours has this media buy.');
}
