import { runConformance } from '@adcp/sdk/conformance';
import {
  comply,
  getComplianceStoryboardById,
  resolveStoryboardsForCapabilities,
  runStoryboard,
} from '@adcp/sdk/testing';

/** The agent under test, over HTTP. */
export interface Target {
  readonly protocol: 'mcp' | 'a2a';
  readonly url: string;
  readonly key: string;
}

/** What came of one storyboard. */
export interface StoryboardRun {
  readonly id: string;
  /** Steps that were carried out; zero means that nothing of the storyboard concerns our tools. */
  readonly stepsRun: number;
  /** One line per failed step: where and why. */
  readonly failures: readonly string[];
}

/**
 * Storyboards that the runner selects for every agent although their own text limits them to agents that declare
 * a capability, with the reason why ours is not among them. See docs/internals/conformance.md.
 */
export const notOurs: Readonly<Record<string, string>> = {
  signed_requests: 'only for agents that declare request_signing, which this build does not offer',
};

const probeTask = 'list_accounts';
const securityBaseline = 'security_baseline';

function options(target: Target) {
  return {
    protocol: target.protocol,
    auth: { type: 'bearer' as const, token: target.key },
    allow_http: true,
    test_kit: { auth: { api_key: target.key, probe_task: 'list_creatives' } },
  };
}

/** Every storyboard that the runner selects for what the agent declares; it reads them from its own package. */
export async function runSelectedStoryboards(target: Target): Promise<readonly StoryboardRun[]> {
  const selected = resolveStoryboardsForCapabilities({
    supported_protocols: ['media_buy'],
    specialisms: ['audience-sync'],
  }).storyboards.map(({ id }) => id);
  const ids = selected.filter((id) => id !== securityBaseline && !Object.hasOwn(notOurs, id));
  const result = await comply(target.url, { ...options(target), storyboards: ids });
  const runs = new Map<string, { stepsRun: number; failures: string[] }>();
  for (const id of result.storyboards_executed ?? []) runs.set(id, { stepsRun: 0, failures: [] });
  for (const scenario of result.tracks.flatMap((track) => track.scenarios)) {
    const name = String(scenario.scenario);
    const run = runs.get(name.slice(0, name.lastIndexOf('/')));
    const steps = (scenario.steps ?? []) as readonly { readonly skipped?: boolean }[];
    if (run !== undefined) run.stepsRun += steps.filter((step) => step.skipped !== true).length;
  }
  for (const failure of result.failures ?? []) {
    const run = runs.get(failure.storyboard_id);
    const why = failure.error ?? failure.validation?.description ?? 'failed';
    const line = `${failure.step_id}: ${why} ${JSON.stringify(failure.validation?.actual ?? null)}`;
    if (run === undefined) runs.set(failure.storyboard_id, { stepsRun: 1, failures: [line] });
    else run.failures.push(line);
  }
  return [...runs].map(([id, run]) => ({ id, ...run }));
}

/**
 * The storyboard about authentication, with one change: it probes `list_accounts`. The runner lets a test kit
 * choose only among five tasks, and an agent that takes audiences and sells nothing has none of them.
 */
export async function runSecurityBaseline(target: Target): Promise<StoryboardRun> {
  const original = getComplianceStoryboardById(securityBaseline);
  if (original === undefined) throw new Error(`the runner has no storyboard ${securityBaseline}`);
  const storyboard = structuredClone(original);
  let changed = 0;
  for (const step of storyboard.phases.flatMap((phase) => phase.steps)) {
    if (step.task !== '$test_kit.auth.probe_task') continue;
    step.task = probeTask;
    changed++;
  }
  if (changed === 0) throw new Error('no probe was found to point at our task');
  const result = await runStoryboard(target.url, storyboard, options(target));
  const steps = result.phases.flatMap((phase) => phase.steps);
  return {
    id: securityBaseline,
    stepsRun: steps.filter((step) => step.skipped !== true).length,
    failures: steps
      .filter((step) => !step.passed)
      .map((step) => `${step.step_id}: ${step.error ?? 'failed'}`),
  };
}

/** The runner's own fuzzer knows one of our tools; the others have no schema in it. */
export async function fuzz(
  target: Target,
  runs: number,
  seed: number,
): Promise<{ readonly accepted: number; readonly findings: readonly string[] }> {
  const report = await runConformance(target.url, {
    seed,
    tools: ['get_adcp_capabilities'],
    turnBudget: runs,
    protocol: target.protocol,
    authToken: target.key,
  });
  return {
    accepted: report.perTool['get_adcp_capabilities']?.accepted ?? 0,
    findings: report.failures.map(
      ({ tool, seed: failed, invariantFailures }) =>
        `${tool} (seed ${failed}): ${invariantFailures.join('; ')}`,
    ),
  };
}
