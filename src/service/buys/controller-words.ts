/** Scenarios and refusals of the test controller. Source: AdCP comply_test_controller. */
import type { JsonObject } from '../../engine/types.ts';

/** What is offered, as list_scenarios and the capabilities name it. */
export const scenarios = [
  'force_audience_status',
  'force_account_status',
  'force_media_buy_status',
  'force_create_media_buy_arm',
  'force_task_completion',
  'seed_product',
  'seed_pricing_option',
  'seed_account',
  'seed_media_buy',
  'simulate_delivery',
  'simulate_budget_spend',
] as const;
export type Scenario = (typeof scenarios)[number];

type Word =
  'INVALID_TRANSITION' | 'INVALID_STATE' | 'NOT_FOUND' | 'UNKNOWN_SCENARIO' | 'INVALID_PARAMS' | 'FORBIDDEN';

/** A refusal is an answer: runners read it from the body. */
export class Refused extends Error {
  override name = 'Refused';
  readonly answer: JsonObject;

  constructor(error: Word, detail: string, currentState?: string) {
    super(error);
    this.answer = {
      success: false,
      error,
      error_detail: detail,
      ...(currentState === undefined ? {} : { current_state: currentState }),
    };
  }
}

export function transition(previous: string, current: string, message?: string): JsonObject {
  return {
    success: true,
    previous_state: previous,
    current_state: current,
    ...(message === undefined ? {} : { message }),
  };
}
