import { must } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/faults.ts';
import type { FaultCode } from '../../base/faults.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type {
  Generation,
  Principal,
  RollcallService,
  TaskPage,
  TaskQuery,
  TaskView,
} from '../../service/api.ts';
import type { BuyService } from '../../service/buys/api.ts';
import { buyHandlers } from './buys/operations.ts';
import { readListAccounts, readSyncAccounts } from './accounts-request.ts';
import { listAccountsBody, syncAccountsBody } from './accounts-response.ts';
import type { FailureBudget } from '../failure-budget.ts';
import type { SignatureGate } from '../signature-gate.ts';
import { requireScopes } from '../../service/scopes.ts';
import { scopesOf } from './operation-scopes.ts';
import { capabilitiesBody, readCapabilitiesFilter } from './capabilities.ts';
import type { BuildFacts } from './capabilities.ts';
import { holdsCredential, refuseCredentials } from './credentials.ts';
import { checkContext, echoableContext, enveloped } from './envelope.ts';
import { errorOfFault } from './error-body.ts';
import { checkCallbackAddress, type RefusalOfAddress } from './push-config.ts';
import { defaultRelease, negotiate } from './releases.ts';
import { operationNames, testOperation } from './operation-names.ts';
import type { AnyOperation } from './operation-names.ts';
import { requestDigest } from './request-digest.ts';
import { readSyncAudiences } from './sync-audiences-request.ts';
import { syncAudiencesBody } from './sync-audiences-response.ts';
import { readGetTask, readListTasks } from './tasks-request.ts';
import { listTasksBody, taskBody } from './tasks-response.ts';

export interface AdcpOptions {
  readonly service: RollcallService & BuyService;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly build: BuildFacts;
  readonly refusalOfAddress: RefusalOfAddress;
  /** Null: signatures of requests are not looked at. */
  readonly signatures: SignatureGate | null;
  readonly failures: FailureBudget;
}

/** One invocation, its members already taken to tokens. */
export interface OperationCall {
  readonly operation: AnyOperation;
  readonly args: JsonObject;
  readonly prepared: readonly PreparedAudience[];
  readonly membersDigest: Uint8Array;
  /** Null only for public operations. */
  readonly caller: Principal | null;
}

/** An answer for any transport. A refusal's body holds `adcp_error` and repeats it in `errors`. */
export type OperationReply =
  | {
      readonly ok: true;
      readonly body: JsonObject;
      /** Something of the answer will change by itself: when to look again. */
      readonly retryAfterSeconds: number | null;
    }
  | {
      readonly ok: false;
      readonly body: JsonObject;
      readonly code: FaultCode;
      readonly unexpected?: unknown;
    };

interface Answer {
  readonly body: JsonObject;
  readonly replayed: boolean;
  readonly retryAfterSeconds: number | null;
}

type Handler = (
  options: AdcpOptions,
  call: OperationCall,
  caller: Principal,
  generation: Generation,
) => Promise<Answer>;

/** The operations of a server, by what it was built and told to be. */
export function servedOperations({
  testScenarios,
}: Pick<BuildFacts, 'testScenarios'>): readonly AnyOperation[] {
  return testScenarios.length === 0 ? operationNames : [...operationNames, testOperation];
}

export function isOperation(name: unknown, build: Pick<BuildFacts, 'testScenarios'>): name is AnyOperation {
  return servedOperations(build).some((operation) => operation === name);
}

function fresh(body: JsonObject, retryAfterSeconds: number | null = null): Answer {
  return { body, replayed: false, retryAfterSeconds };
}

const syncAudiences: Handler = async (options, call, caller, generation) => {
  const read = readSyncAudiences(call.args, call.prepared, generation);
  await checkCallbackAddress(read.callback, options.refusalOfAddress);
  const answer = await options.service.syncAudiences({
    ...read,
    caller,
    generation,
    requestDigest: requestDigest(options.primitives, call.operation, call.args, call.membersDigest),
    context: echoableContext(call.args),
    encode: (outcome) => syncAudiencesBody(outcome, generation),
  });
  return answer;
};

const syncAccounts: Handler = async (options, call, caller, generation) => {
  const { warnings, callback, ...read } = readSyncAccounts(call.args, generation);
  // Accounts are synced before the answer, so that nothing is left to notify of; what is wrong with the channel is still said.
  await checkCallbackAddress(callback, options.refusalOfAddress);
  const answer = await options.service.syncAccounts({
    ...read,
    caller,
    generation,
    requestDigest: requestDigest(options.primitives, call.operation, call.args, call.membersDigest),
    context: echoableContext(call.args),
    encode: (outcome) => syncAccountsBody(outcome, warnings, generation),
  });
  return { ...fresh(answer.body), replayed: answer.replayed };
};

const emptyPage: TaskPage = { tasks: [], totalMatching: 0, byStatus: {}, nextCursor: null };

/** A filter by an account that is not the caller's finds nothing, and does not say why. Source: AdCP list_tasks. */
async function findTasks(options: AdcpOptions, caller: Principal, query: TaskQuery): Promise<TaskPage> {
  try {
    return await options.service.listTasks(caller, query);
  } catch (error) {
    if (error instanceof AppError && error.code === 'ACCOUNT_NOT_FOUND') return emptyPage;
    throw error;
  }
}

/** When the first of some tasks is worth asking after; null when all have ended. */
function hintOf(tasks: readonly TaskView[]): number | null {
  const seconds = tasks.flatMap(({ forecast }) =>
    forecast === undefined ? [] : [forecast.retryAfterSeconds],
  );
  return seconds.length === 0 ? null : Math.min(...seconds);
}

const protectedHandlers = {
  sync_audiences: syncAudiences,
  sync_accounts: syncAccounts,
  async list_accounts(options, call, caller) {
    return fresh(listAccountsBody(await options.service.listAccounts(caller, readListAccounts(call.args))));
  },
  async get_task_status(options, call, caller, generation) {
    const read = readGetTask(call.args);
    const task = await options.service.getTask(caller, read.taskId, read.account);
    return fresh(taskBody(task, read.includeResult, generation), hintOf([task]));
  },
  async list_tasks(options, call, caller) {
    const query = readListTasks(call.args);
    const page = await findTasks(options, caller, query);
    return fresh(listTasksBody(page, query), hintOf(page.tasks));
  },
} as const satisfies Record<Exclude<AnyOperation, 'get_adcp_capabilities' | BuyOperation>, Handler>;

type BuyOperation = keyof typeof buyHandlers;

function isBuyOperation(operation: AnyOperation): operation is BuyOperation {
  return Object.hasOwn(buyHandlers, operation);
}

async function dispatch(options: AdcpOptions, call: OperationCall, generation: Generation): Promise<Answer> {
  if (call.operation === 'get_adcp_capabilities') {
    const wanted = readCapabilitiesFilter(call.args);
    const facts = await options.service.capabilityFacts();
    const words = { generation, isNamed: Object.hasOwn(call.args, 'adcp_version') };
    return fresh(capabilitiesBody(facts, options.build, words, wanted));
  }
  const caller = must(call.caller, () => `${call.operation} was dispatched without a caller`);
  requireScopes(caller, scopesOf(call.operation, call.args));
  if (isBuyOperation(call.operation)) {
    return {
      ...(await buyHandlers[call.operation](options, call, caller, generation)),
      retryAfterSeconds: null,
    };
  }
  return protectedHandlers[call.operation](options, call, caller, generation);
}

/** The body of a refusal, in the words of a generation. */
export function refusalBody(
  fault: AppError,
  generation: Generation,
  context: JsonObject | undefined,
  nowMs: number,
): JsonObject {
  const error = errorOfFault(fault, generation);
  return enveloped(
    { status: 'failed', adcp_error: error, errors: [error] },
    { generation, context, nowMs, replayed: false },
  );
}

/** What a caller is told of a fault that nobody foresaw: that it may try again, and nothing of the reason. */
export function faultOf(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('SERVICE_UNAVAILABLE');
}

/**
 * Performs one operation: version, credentials, context, arguments, service, words. Never rejects. The context is
 * echoed on refusals too, unless it is what the refusal is about.
 */
export async function performOperation(options: AdcpOptions, call: OperationCall): Promise<OperationReply> {
  let generation: Generation = defaultRelease;
  const echo = echoableContext(call.args);
  // A credential that lies in the context must not be sent back.
  const context = echo !== undefined && holdsCredential(echo) ? undefined : echo;
  try {
    generation = negotiate(call.operation, call.args);
    refuseCredentials(call.args);
    checkContext(call.args);
    const answer = await dispatch(options, call, generation);
    const facts = { generation, context, nowMs: options.clock.now(), replayed: answer.replayed };
    const { retryAfterSeconds } = answer;
    return { ok: true, body: enveloped(answer.body, facts), retryAfterSeconds };
  } catch (error) {
    const fault = faultOf(error);
    const body = refusalBody(fault, generation, context, options.clock.now());
    return { ok: false, body, code: fault.code, ...(error === fault ? {} : { unexpected: error }) };
  }
}
