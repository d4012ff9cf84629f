import {
  comply,
  getComplianceStoryboardById,
  resolveStoryboardsForCapabilities,
  runStoryboard,
  type Storyboard,
  type StoryboardStep,
} from '@adcp/sdk/testing';
import { StaticJwksResolver } from '@adcp/sdk/signing/server';

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
  'media_buy_seller/pending_creatives_to_start':
    'only for agents with sync_creatives, which its text requires',
  pagination_integrity_creative_formats:
    'only for agents that declare the protocol creative, which its text requires; it seeds formats of its own',
  'media_buy_seller/proposal_finalize': 'only for agents that make proposals, which its text requires',
};

const unreadable =
  'the runner’s A2A client reads no body of a task that failed, so that it sees no code of a refusal';

/** Storyboards that the runner cannot judge over A2A, and why. They are judged over MCP. */
export const notOverA2a: Readonly<Record<string, string>> = {
  error_compliance: unreadable,
  idempotency: unreadable,
  schema_validation: unreadable,
  'media_buy_seller/invalid_transitions': unreadable,
  'media_buy_seller/measurement_terms_rejected': unreadable,
  media_buy_state_machine: 'it takes a buy that is canceled for a task that is canceled',
  media_buy_seller: 'it brings the next one with it',
  'media_buy_seller/create_media_buy_async':
    'it goes on sending the A2A task of a submitted answer, which has ended',
};

/** Storyboards that have a run of their own below, and why. */
const onTheirOwn: readonly string[] = [
  // Its dates are over, so that the runner would send others with every call, and a repeat would be none.
  'idempotency',
  // Probes a tool that the runner would not choose.
  'security_baseline',
  // Counts all accounts of the caller, which other storyboards add to.
  'pagination_integrity_list_accounts',
  // Waits for notifications of calls that are answered at once, unless they are forced.
  'webhook_emission',
];

const probeTask = 'get_media_buy_delivery';
const securityBaseline = 'security_baseline';

function options(target: Target) {
  return {
    protocol: target.protocol,
    auth: { type: 'bearer' as const, token: target.key },
    allow_http: true,
    test_kit: { auth: { api_key: target.key, probe_task: 'list_creatives' } },
    // So that addresses of notifications are addresses; what arrives is looked at where a storyboard is run for it.
    webhook_receiver: { mode: 'loopback_mock' as const },
  };
}

/** Every storyboard that the runner selects for what the agent declares; it reads them from its own package. */
export async function runSelectedStoryboards(target: Target): Promise<readonly StoryboardRun[]> {
  const selected = resolveStoryboardsForCapabilities({
    supported_protocols: ['media_buy'],
    specialisms: ['audience-sync'],
  }).storyboards.map(({ id }) => id);
  return runStoryboards(
    target,
    selected.filter(
      (id) =>
        !onTheirOwn.includes(id) &&
        !Object.hasOwn(notOurs, id) &&
        !(target.protocol === 'a2a' && Object.hasOwn(notOverA2a, id)),
    ),
  );
}

/** These storyboards as they are. */
export async function runStoryboards(
  target: Target,
  ids: readonly string[],
): Promise<readonly StoryboardRun[]> {
  const result = await comply(target.url, { ...options(target), storyboards: [...ids] });
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
  // Some bring others with them that are not ours.
  return [...runs].filter(([id]) => ids.includes(id)).map(([id, run]) => ({ id, ...run }));
}

/** The storyboard about authentication, probing a task of ours that the runner knows and that needs a key. */
export async function runSecurityBaseline(target: Target): Promise<StoryboardRun> {
  const storyboard = getComplianceStoryboardById(securityBaseline);
  if (storyboard === undefined) throw new Error(`the runner has no storyboard ${securityBaseline}`);
  const test_kit = { auth: { api_key: target.key, probe_task: probeTask } };
  const result = await runStoryboard(target.url, storyboard, { ...options(target), test_kit });
  return storyboardRun(securityBaseline, result);
}

const taskIdOf = (trigger: string): string => `task_${trigger}`;

/** A step of the test controller. */
function controllerStep(id: string, scenario: string, params: object): StoryboardStep {
  return {
    id,
    title: scenario,
    task: 'comply_test_controller',
    stateful: true,
    sample_request: { scenario, params },
    validations: [{ check: 'field_value', path: 'success', allowed_values: [true], description: scenario }],
  } as unknown as StoryboardStep;
}

/** The result that a forced creation ends with. */
const result = { media_buy_id: 'mb_forced', packages: [], revision: 1, confirmed_at: '2026-01-01T00:00:00Z' };

/** Each trigger is answered `submitted`, and its task ended after it. */
function forced(original: Storyboard): Storyboard {
  const storyboard = structuredClone(original);
  let triggers = 0;
  for (const phase of storyboard.phases) {
    phase.steps = phase.steps.flatMap((step) => {
      // The runner always waits to the end; a second attempt comes after five seconds.
      if (step.task === 'expect_webhook_retry_keys_stable') return [{ ...step, timeout_seconds: 20 }];
      if (step.task_default !== 'create_media_buy') return [step];
      triggers++;
      const taskId = taskIdOf(step.id);
      const arm = { arm: 'submitted', task_id: taskId };
      return [
        controllerStep(`arm_${step.id}`, 'force_create_media_buy_arm', arm),
        step,
        controllerStep(`end_${step.id}`, 'force_task_completion', { task_id: taskId, result }),
      ];
    });
  }
  if (triggers !== 3) throw new Error(`${triggers} triggers of notifications instead of 3`);
  return storyboard;
}

/**
 * The storyboard about notifications. AdCP forbids one for a call that was answered with its outcome, and creations are answered so here;
 * so the test controller makes each of the three wait, and ends it. The runner receives, and looks at keys and signatures.
 */
export async function runWebhookEmission(target: Target, keySetUrl: string): Promise<StoryboardRun> {
  const original = getComplianceStoryboardById('webhook_emission');
  if (original === undefined) throw new Error('the runner has no storyboard webhook_emission');
  const { keys } = (await (await fetch(keySetUrl)).json()) as { keys: never[] };
  const run = await runStoryboard(target.url, forced(original), {
    ...options(target),
    // As comply() does it.
    sandbox: true,
    contracts: ['webhook_receiver_runner'],
    webhook_signing: { jwks: new StaticJwksResolver(keys) },
  });
  return storyboardRun('webhook_emission', run);
}

/**
 * The storyboard about idempotency, with dates that are to come and one account in all calls. Its one step about notifications needs a contract that is not given: it
 * wants one for a creation that was answered with its buy, which AdCP forbids.
 */
export async function runIdempotency(target: Target): Promise<StoryboardRun> {
  const original = getComplianceStoryboardById('idempotency');
  if (original === undefined) throw new Error('the runner has no storyboard idempotency');
  const text = JSON.stringify(original)
    .replaceAll('"2026-', '"2096-')
    // The runner puts its own account into most calls, and not into the one that must conflict with them.
    .replaceAll('"operator":"pinnacle-agency.example"', '"operator":"test.example","sandbox":true')
    .replaceAll('acmeoutdoor.example', 'test.example');
  const storyboard = JSON.parse(text) as Storyboard;
  const run = await runStoryboard(target.url, storyboard, { ...options(target), sandbox: true });
  return storyboardRun('idempotency', run);
}

function storyboardRun(id: string, run: Awaited<ReturnType<typeof runStoryboard>>): StoryboardRun {
  const steps = run.phases.flatMap((phase) => phase.steps);
  return {
    id,
    stepsRun: steps.filter((step) => step.skipped !== true).length,
    failures: steps
      .filter((step) => !step.passed)
      .map((step) => `${step.step_id}: ${step.error ?? JSON.stringify(step.validations).slice(0, 500)}`),
  };
}
