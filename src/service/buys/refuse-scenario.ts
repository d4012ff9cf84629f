/** Which calls of the test controller are refused before anything is looked up. */
import type { JsonObject } from '../../engine/types.ts';
import { Refused, scenarios } from './controller-words.ts';
import { textIn } from './json-parts.ts';

/** AdCP's scenarios for things that are not here, each with the parameter that names one. */
const ofOtherThings: Readonly<Record<string, string>> = {
  force_creative_status: 'creative_id',
  force_session_status: 'session_id',
};

/** Of a call that names a live account. */
export const liveRefusal: JsonObject = new Refused('FORBIDDEN', 'This is a live account.').answer;

/** The refusal, or null: the scenario can be run. */
export function refusalOfScenario(scenario: string, params: JsonObject): JsonObject | null {
  if (scenarios.some((one) => one === scenario)) return null;
  const idName = Object.hasOwn(ofOtherThings, scenario) ? ofOtherThings[scenario] : undefined;
  if (idName === undefined) {
    return new Refused('UNKNOWN_SCENARIO', 'Ask list_scenarios for those that there are.').answer;
  }
  if (textIn(params, idName) === undefined || textIn(params, 'status') === undefined) {
    return new Refused('INVALID_PARAMS', `params.${idName} and params.status must be strings.`).answer;
  }
  return new Refused('NOT_FOUND', 'This seller keeps no such things.').answer;
}
