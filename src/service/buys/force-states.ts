/** States that a test brings about, of what it owns, by the rules of production where there are some. */
import { liveAudienceById, resumeAudience, suspendAudience } from '../../store/audience-rows.ts';
import { ownAccountById, setAccountStatus } from '../../store/account-rows.ts';
import { changeBuy } from '../../store/buy-rows.ts';
import { must } from '../../base/assert.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Script } from '../../store/script.ts';
import { forceAnswer } from '../../store/seeded-rows.ts';
import { endTask, taskRowOf } from '../../store/task-rows.ts';
import { audienceStatus } from '../audience-facts.ts';
import { sizeRule } from '../finish-sync.ts';
import { unappliedReason } from '../lifecycle/unapplied.ts';
import { factsOf } from '../read-facts.ts';
import { findBuy, neededText, type ControllerParts, type ControllerScope } from './controller-scope.ts';
import { Refused, transition } from './controller-words.ts';
import { objectIn, textIn } from './json-parts.ts';
import { buyStatuses, forcedFacts, statusOf } from './states.ts';
import type { BuyDocument, ForcedArm } from './stored.ts';
import { audienceReasonCodes } from './view-buy.ts';

const audienceStatuses = ['processing', 'ready', 'too_small', 'suspended'];

/** How a suspension by a test is told from one by the seller. */
const forcedReason = (code: string): string => `Suspended by a test: ${code}.`;

function* moveAudience(
  { sizes }: ControllerParts,
  scope: ControllerScope,
  accountNo: number,
  audienceId: string,
  code: string | null,
): Script<JsonObject | null> {
  const row = yield* liveAudienceById(accountNo, audienceId);
  if (row === undefined) return null;
  const rule = sizeRule(sizes, true);
  const before = audienceStatus(factsOf(row), rule);
  if (row.suspendedReason === unappliedReason) {
    throw new Refused('INVALID_STATE', 'The seller suspended it, and only the seller can end that.', before);
  }
  const { audienceNo } = row;
  if (code !== null) {
    yield* suspendAudience(accountNo, audienceNo, { reason: forcedReason(code), code, atMs: scope.nowMs });
  } else if (row.suspendedReason !== null) yield* resumeAudience(accountNo, audienceNo, row.suspendedReason);
  const after = must(yield* liveAudienceById(accountNo, audienceId), () => 'the audience is there');
  const message = 'Statuses other than suspended follow from what was counted, and cannot be forced.';
  return transition(before, audienceStatus(factsOf(after), rule), code === null ? message : undefined);
}

export function* forceAudience(parts: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const audienceId = neededText(scope, 'audience_id');
  const status = neededText(scope, 'status');
  if (!audienceStatuses.includes(status)) {
    throw new Refused('INVALID_PARAMS', `status must be one of ${audienceStatuses.join(', ')}.`);
  }
  const code = textIn(scope.params, 'reason') ?? 'policy_violation';
  if (!audienceReasonCodes.some((one) => one === code)) {
    throw new Refused('INVALID_PARAMS', `reason must be one of ${audienceReasonCodes.join(', ')}.`);
  }
  for (const accountNo of scope.accountNos) {
    const wanted = status === 'suspended' ? code : null;
    const answer = yield* moveAudience(parts, scope, accountNo, audienceId, wanted);
    if (answer !== null) return answer;
  }
  throw new Refused('NOT_FOUND', 'No sandbox account of yours has this audience.');
}

const accountStatuses = ['active', 'pending_approval', 'rejected', 'payment_required', 'suspended', 'closed'];

export function* forceAccount(_: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const accountId = neededText(scope, 'account_id');
  const status = neededText(scope, 'status');
  if (!accountStatuses.includes(status)) {
    throw new Refused('INVALID_PARAMS', `status must be one of ${accountStatuses.join(', ')}.`);
  }
  const account = yield* ownAccountById(scope.principalNo, accountId);
  if (account === undefined) throw new Refused('NOT_FOUND', 'No such account, or it is not yours.');
  if (!scope.accountNos.includes(account.accountNo))
    throw new Refused('FORBIDDEN', 'Only accounts for tests can be forced.');
  const isTerminal = account.status === 'rejected' || account.status === 'closed';
  if (isTerminal && account.status !== status) {
    throw new Refused('INVALID_TRANSITION', `A ${account.status} account stays so.`, account.status);
  }
  yield* setAccountStatus(account.accountNo, status);
  return transition(account.status, status);
}

export function* forceBuy({ sealer }: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const named = neededText(scope, 'status');
  const status = buyStatuses.find((one) => one === named);
  if (status === undefined) {
    throw new Refused('INVALID_PARAMS', `status must be one of ${buyStatuses.join(', ')}.`);
  }
  const buy = yield* findBuy(scope);
  const before = statusOf(buy, scope.nowMs);
  const next = forcedFacts(buy, status, scope.nowMs);
  if (next === null) {
    throw new Refused('INVALID_TRANSITION', `A media buy that is ${before} cannot become ${status}.`, before);
  }
  const document = sealer.open<BuyDocument>(buy.document);
  const rejectionReason = status === 'rejected' ? (textIn(scope.params, 'rejection_reason') ?? null) : null;
  if (next !== buy) {
    yield* changeBuy({
      ...next,
      updatedAt: scope.nowMs,
      document: sealer.seal({ ...document, rejectionReason }),
    });
  }
  return transition(before, statusOf(next, scope.nowMs));
}

/** Source: AdCP `compliance/comply-test-controller-request.json`, task_id and message. */
const taskIdCharsMax = 128;
const messageCharsMax = 2_000;

function forcedMessage({ params }: ControllerScope): string | null {
  if (!Object.hasOwn(params, 'message')) return null;
  const { message } = params;
  if (typeof message === 'string' && message !== '' && message.length <= messageCharsMax) return message;
  throw new Refused('INVALID_PARAMS', `message must be a text of at most ${messageCharsMax} characters.`);
}

export function* armCreation({ sealer }: ControllerParts, scope: ControllerScope): Script<JsonObject> {
  const arm = neededText(scope, 'arm');
  if (arm !== 'submitted' && arm !== 'input-required') {
    throw new Refused('INVALID_PARAMS', 'arm must be submitted or input-required.');
  }
  const forced: ForcedArm = { arm, message: forcedMessage(scope) };
  const message = sealer.seal(forced);
  if (arm === 'input-required') {
    yield* forceAnswer(scope.principalNo, { taskId: '', message });
    return { success: true, forced: { arm } };
  }
  const taskId = neededText(scope, 'task_id');
  if (taskId.length > taskIdCharsMax) {
    throw new Refused('INVALID_PARAMS', `task_id must have at most ${taskIdCharsMax} characters.`);
  }
  if ((yield* taskRowOf(scope.principalNo, taskId)) !== undefined) {
    throw new Refused('INVALID_PARAMS', 'task_id names a task that is there already.');
  }
  yield* forceAnswer(scope.principalNo, { taskId, message });
  return { success: true, forced: { arm, task_id: taskId } };
}

/** Ends a task that a forced answer made, with exactly the result that is given, and sends its notification. */
export function* completeTask(
  { sealer, outbox }: ControllerParts,
  scope: ControllerScope,
): Script<JsonObject> {
  const taskId = neededText(scope, 'task_id');
  const body = objectIn(scope.params, 'result');
  if (body === undefined) throw new Refused('INVALID_PARAMS', 'result must be an object.');
  const task = yield* taskRowOf(scope.principalNo, taskId);
  const isOurs = task?.taskType === 'create_media_buy' && scope.accountNos.includes(task.accountNo);
  if (task === undefined || !isOurs)
    throw new Refused('NOT_FOUND', 'No such task that a test could complete.');
  if (task.completedAt !== null) throw new Refused('INVALID_TRANSITION', 'The task has ended.', task.status);
  const stored = sealer.seal({ kind: 'body', body });
  yield* endTask(task.accountNo, taskId, 'completed', stored, 0, scope.nowMs);
  yield* outbox.release(task, { status: 'completed', body }, scope.nowMs);
  return transition(task.status, 'completed');
}
