/** The test controller's transactions: one for each scenario that changes something. */
import type { JsonObject } from '../../engine/types.ts';
import type { Script } from '../../store/script.ts';
import type { ControllerParts, ControllerScope } from './controller-scope.ts';
import { Refused, type Scenario } from './controller-words.ts';
import { armCreation, completeTask, forceAccount, forceAudience, forceBuy } from './force-states.ts';
import { seedAccount, seedBuy, seedPrice, seedProduct, seededBy } from './seed.ts';
import type { SeededProduct } from './seeded-product.ts';
import { simulateDelivery, simulateSpend } from './simulate.ts';

type Run = (parts: ControllerParts, scope: ControllerScope) => Script<JsonObject>;

const runs: Readonly<Record<Scenario, Run>> = {
  force_audience_status: forceAudience,
  force_account_status: forceAccount,
  force_media_buy_status: forceBuy,
  force_create_media_buy_arm: armCreation,
  force_task_completion: completeTask,
  seed_product: seedProduct,
  seed_pricing_option: seedPrice,
  seed_account: seedAccount,
  seed_media_buy: seedBuy,
  simulate_delivery: simulateDelivery,
  simulate_budget_spend: simulateSpend,
};

export interface ControlInput extends ControllerScope {
  readonly scenario: Scenario;
}

export function createControllerScripts(parts: ControllerParts) {
  return {
    /** A refusal changes nothing: it is thrown before anything is written, and given as the answer. */
    *control(input: ControlInput): Script<JsonObject> {
      try {
        return yield* runs[input.scenario](parts, input);
      } catch (error) {
        if (error instanceof Refused) return error.answer;
        throw error;
      }
    },

    *seededProducts({
      principalNo,
    }: {
      readonly principalNo: number;
    }): Script<readonly (readonly [string, SeededProduct])[]> {
      return yield* seededBy(parts, principalNo);
    },
  };
}
