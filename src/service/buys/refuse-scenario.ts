/** Which calls of the test controller are refused before anything is looked up. */
import type { JsonObject } from '../../engine/types.ts';
import { Refused, scenarios } from './controller-words.ts';
import { textIn } from './json-parts.ts';

/** AdCP's scenarios for things that are not here, each with the parameter that names one. */
const ofOtherThings: Readonly<Record<string, string>> = {
  force_creative_status: 'creative_id',
  force_session_status: 'session_id',
};

/** The refusal, or null: the scenario can be run. `mayTouch`: the call is about a sandbox. */
export function refusalOfScenario(
  scenario: string,
  params: JsonObject,
  mayTouch: boolean,
): JsonObject | null {
  if (!mayTouch) return new Refused('FORBIDDEN', 'This is a live account.').answer;
  if (scenario === 'list_scenarios' || scenarios.some((one) => one === scenario)) return null;
  const idName = Object.hasOwn(ofOtherThings, scenario) ? ofOtherThings[scenario] : undefined;
  if (idName === undefined) {
    return new Refused('UNKNOWN_SCENARIO', 'Ask list_scenarios for those that there are.').answer;
  }
  if (textIn(params, idName) === undefined || textIn(params, 'status') === undefined) {
    return new Refused('INVALID_PARAMS', `params.${idName} and params.status must be strings.`).answer;
  }
  return new Refused('NOT_FOUND', 'This seller keeps no such things.').answer;
}
