import {
  runConformance,
  seedFixtures,
  type ConformanceFailure,
  type ConformanceFixtures,
  type ConformanceToolName,
} from '@adcp/sdk/conformance';

import { withoutTime } from '../support/wire.ts';
import type { Target } from './official-runner.ts';

/** Our tools that the fuzzer knows. It has no schema for create_media_buy, the test controller, and what is about audiences and accounts. */
export const fuzzedTools = [
  'get_adcp_capabilities',
  'get_products',
  'list_creative_formats',
  'get_media_buys',
  'get_media_buy_delivery',
  'update_media_buy',
] as const satisfies readonly ConformanceToolName[];
export type FuzzedTool = (typeof fuzzedTools)[number];

export interface ToolFuzz {
  readonly tool: FuzzedTool;
  readonly runs: number;
  readonly accepted: number;
  /** One line for each request that was not answered as it must be. */
  readonly findings: readonly string[];
}

/** A media buy of the caller, made by the fuzzer's own client. */
export async function fuzzFixtures(target: Target, brandDomain: string): Promise<ConformanceFixtures> {
  const { protocol, url, key } = target;
  const made = await seedFixtures(url, {
    ...{ protocol, authToken: key, brand: { domain: brandDomain } },
    seeders: ['create_media_buy'],
  });
  if (made.warnings.length > 0) throw new Error(JSON.stringify(made.warnings));
  return made.fixtures;
}

/** A number that no reader of JSON keeps is refused before the tool, where the fuzzer's client finds no code. */
function isBeforeTheTool({ response }: ConformanceFailure): boolean {
  return JSON.stringify(response).includes('too large to be kept exactly');
}

/** At least as many runs of a tool as wanted: it stops at what it finds, and is started again after what is meant to be so. */
export async function fuzzTool(
  target: Target,
  tool: FuzzedTool,
  wanted: number,
  seed: number,
  fixtures: ConformanceFixtures = {},
): Promise<ToolFuzz> {
  const { protocol, url, key } = target;
  const found = { tool, runs: 0, accepted: 0, findings: [] as string[] };
  for (let round = 0; round < 50 && found.runs < wanted; round++) {
    const report = await runConformance(url, {
      ...{ seed: seed + round, tools: [tool], turnBudget: wanted - found.runs, protocol },
      ...{ authToken: key, fixtures },
    });
    found.runs += report.perTool[tool]?.runs ?? 0;
    found.accepted += report.perTool[tool]?.accepted ?? 0;
    for (const failure of report.failures.filter((one) => !isBeforeTheTool(one))) {
      const { invariantFailures, input } = failure;
      found.findings.push(`seed ${seed + round}: ${invariantFailures.join('; ')} ${JSON.stringify(input)}`);
    }
    if (found.findings.length > 0) break;
  }
  return found;
}

/**
 * What another caller is told of a buy that is not its own, and of one that nobody has: the bodies without their times, which the fuzzer
 * itself does not leave out where the answer is a success.
 */
export async function foreignAndUnknown(
  target: Target,
  strangerKey: string,
  fixtures: ConformanceFixtures,
): Promise<readonly string[]> {
  const { protocol, url, key } = target;
  const { uniformError } = await runConformance(url, {
    ...{ seed: 1, tools: ['get_media_buy_delivery'], turnBudget: 1, protocol, authToken: key },
    ...{ authTokenCrossTenant: strangerKey, fixtures },
  });
  const [{ mode, probes } = {}] = uniformError;
  if (mode !== 'cross-tenant' || probes === undefined) throw new Error('the fuzzer did not look');
  return [probes.inaccessibleOrRandomA, probes.impossibleOrRandomB].map(({ status, body }) =>
    withoutTime(`${status} ${body}`).replace(/"id":\d+/, '"id":0'),
  );
}
