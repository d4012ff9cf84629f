import { must } from '../../base/assert.ts';
import type { AudienceId, RequestKey } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type { AudienceRequest, ConsentBasis, ItemFault } from '../../service/api.ts';
import { memberFaultItems } from '../../service/member-fault-items.ts';
import { isArray, isObject, IssueList } from '../adcp/argument-reader.ts';
import { requestDigest } from '../adcp/request-digest.ts';
import { checkValue } from './check-schema.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { whole } from './schema.ts';
import {
  audiencesSchema,
  audienceSchema,
  deletedAudienceSchema,
  syncBodySchema,
  uidTypeWords,
} from './sync-schema.ts';
import { inRestWords } from './wire-words.ts';

const { items: _items, ...audiencesAlone } = audiencesSchema;
const bodyAlone = {
  ...syncBodySchema,
  properties: { ...syncBodySchema.properties, audiences: audiencesAlone },
};

/**
 * The shape of a body whose members were taken out: what is still under `add` or `remove` is no array. An entry that deletes
 * is only asked for its id, whatever else it holds. Sources: contract, delete, and each audience once in a call.
 */
function checkSyncBody(body: JsonObject, issues: IssueList): void {
  checkValue(bodyAlone, body, [], issues);
  const audiences = body['audiences'];
  const seen = new Set<string>();
  for (const [position, entry] of (isArray(audiences) ? audiences : []).entries()) {
    const path = ['audiences', position];
    const isDeletion = isObject(entry) && entry['delete'] === true;
    checkValue(isDeletion ? deletedAudienceSchema : audienceSchema, entry, path, issues);
    const id = isObject(entry) ? entry['audienceId'] : undefined;
    if (typeof id !== 'string') continue;
    if (seen.has(id)) {
      const says = 'names an audience that this request names already; merge the two entries.';
      issues.add([...path, 'audienceId'], 'uniqueItems', says);
    }
    seen.add(id);
  }
}

/** A channel that cannot be honoured is refused by name, never ignored. */
function refuseCallback(body: JsonObject): void {
  if (!Object.hasOwn(body, 'pushNotificationConfig')) return;
  throw new AppError('UNSUPPORTED_FEATURE', 'This server sends no callbacks yet.', {
    field: 'pushNotificationConfig',
    suggestion: 'Leave pushNotificationConfig out, and ask GET /tasks/{taskId} how far the sync is.',
  });
}

const noMembers: Omit<PreparedAudience, 'audienceIndex'> = {
  hasAdd: false,
  hasRemove: false,
  addCount: 0,
  removeCount: 0,
  addFaults: [],
  removeFaults: [],
  rejected: [],
  rejectedCount: 0,
};

function audienceOf(entry: JsonObject, prepared: PreparedAudience | undefined): AudienceRequest {
  const audienceId = entry['audienceId'] as AudienceId;
  if (entry['delete'] === true) return { audienceId, delete: true, ...noMembers };
  const { audienceIndex: _index, ...members } = prepared ?? { audienceIndex: 0, ...noMembers };
  return {
    audienceId,
    delete: false,
    ...(entry['name'] === undefined ? {} : { name: entry['name'] as string }),
    ...(entry['consentBasis'] === undefined ? {} : { consentBasis: entry['consentBasis'] as ConsentBasis }),
    ...members,
  };
}

/**
 * Source: Scope3 REST, 10,000 members an array. Bad members are known by kind, and one member can be of several kinds, so a list with
 * bad members counts as at least the largest group of them: whether it is refused for them or for its length is all that hangs on it.
 */
function checkArrayLengths(audiences: readonly AudienceRequest[], issues: IssueList): void {
  const max = limits.restMemberCountPerArrayMax;
  for (const [position, audience] of audiences.entries()) {
    const sides = [
      ['add', audience.addCount, audience.addFaults],
      ['remove', audience.removeCount, audience.removeFaults],
    ] as const;
    for (const [side, goodCount, faults] of sides) {
      const badCount = Math.max(0, ...faults.map(({ count }) => count));
      if (goodCount + badCount <= max) continue;
      issues.add(
        ['audiences', position, side],
        'maxItems',
        `must have at most ${max} members; send the rest in further requests.`,
      );
    }
  }
}

/** A member's fault in this API's words, for the details of a refusal. */
function memberError({ message, field, details }: ItemFault): JsonObject {
  return {
    message: inRestWords(message),
    ...(field === undefined ? {} : { field: inRestWords(field) }),
    ...(details === undefined ? {} : { reason: details['reason'] ?? null, count: details['count'] ?? null }),
  };
}

/** AdCP's capabilities are another door's; here the list is written out. */
function suggestionOf({ suggestion, details }: ItemFault): string | undefined {
  return details?.['reason'] === 'uid_type_unknown' ? `Use one of ${uidTypeWords}.` : suggestion;
}

/**
 * A request of which nothing could be applied is refused at once, instead of being accepted in order to fail. Where some audience
 * of it is good, the bad ones fail inside the task (contract, bad members).
 */
function refuseIfAllFail(audiences: readonly AudienceRequest[]): void {
  const faults = audiences.map((audience, index) => memberFaultItems(audience, index));
  if (faults.some((items) => items.length === 0)) return;
  const [first] = faults.flat();
  if (first === undefined) return;
  const suggestion = suggestionOf(first);
  const paths = first.details?.['paths'];
  throw new AppError(first.code, first.message, {
    ...(first.field === undefined ? {} : { field: first.field }),
    ...(suggestion === undefined ? {} : { suggestion }),
    details: {
      ...(isArray(paths) ? { paths: paths.filter((path) => typeof path === 'string').map(inRestWords) } : {}),
      errors: faults.flat().slice(0, limits.rejectedSampleCountMax).map(memberError),
    },
  });
}

function invalidMembersOf(body: JsonObject): 'fail' | 'skip' {
  const ext = body['ext'];
  const ours = isObject(ext) ? ext['rollcall'] : undefined;
  return isObject(ours) && ours['invalid_members'] === 'skip' ? 'skip' : 'fail';
}

async function performSync(options: RestOptions, call: RestCall): Promise<RestAnswer> {
  refuseCallback(call.body);
  const preparedAt = new Map(call.members.map((audience) => [audience.audienceIndex, audience]));
  const entries = call.body['audiences'] as readonly JsonObject[];
  const audiences = entries.map((entry, position) => audienceOf(entry, preparedAt.get(position)));
  const issues = new IssueList();
  checkArrayLengths(audiences, issues);
  issues.settle();
  const invalidMembers = invalidMembersOf(call.body);
  if (invalidMembers === 'fail') refuseIfAllFail(audiences);
  const accountId = must(call.params['accountId'], () => 'the route names the account');
  const { replayed, taskId } = await options.service.syncAudiences({
    caller: call.caller,
    // The words of tasks that AdCP callers ask for; this door has its own.
    generation: '3.1',
    account: { kind: 'id', accountId },
    requestKey: call.requestKey as RequestKey | null,
    requestDigest: requestDigest(options.primitives, 'rest.syncAudiences', call.body, call.membersDigest),
    audiences,
    deleteMissing: call.body['deleteMissing'] === true,
    invalidMembers,
    wantsCallback: false,
    wantsTask: true,
    context: undefined,
    encode: () => ({}),
  });
  const id = must(taskId, () => 'a sync that changes something has a task');
  return {
    status: 202,
    body: { success: true, accountId, operationId: id, taskId: id },
    headers: replayed ? { 'idempotency-replayed': 'true' } : {},
  };
}

const counted = (count: number): string => count.toLocaleString('en-US');

const exampleHash = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b';
const exampleTask = '8f0f2a5e-6a55-4a4a-9e0b-0d3c5a1f7b21';

export const accountParam = 'Id of the advertiser; AdCP calls it `account_id`.';

/** Source: Scope3 REST, `POST /advertisers/{accountId}/audiences/sync`. */
export const syncAudiences: Route = {
  method: 'POST',
  path: '/advertisers/{accountId}/audiences/sync',
  operation: 'syncAudiences',
  tag: 'Audiences',
  summary: 'Sync audiences',
  description: `Creates, changes and deletes audiences. Answered as soon as the request is on disk; matching follows, and the task tells how far it is.

Requests to one audience take effect in the order of their answers. In one request \`remove\` wins over \`add\`. At most ${counted(limits.restMemberCountPerArrayMax)} members in an array and ${counted(limits.memberCountPerCallMax)} in a request; send longer lists as further requests. A bad member fails its audience, and the other audiences go on; a request of which nothing could be applied is refused at once.`,
  params: { accountId: accountParam },
  body: {
    schema: syncBodySchema,
    bytesMax: limits.requestBytesMax,
    check: checkSyncBody,
    example: {
      audiences: [
        {
          audienceId: 'winter-buyers',
          name: 'Winter buyers',
          add: [{ externalId: 'crm-1001', hashedEmail: exampleHash }],
          remove: [{ externalId: 'crm-0007' }],
          consentBasis: 'consent',
        },
      ],
    },
  },
  takesRequestKey: true,
  success: {
    status: 202,
    description: 'Accepted: the request is on disk and will be carried out.',
    schema: whole({
      success: { const: true, type: 'boolean' },
      accountId: { type: 'string', description: 'The advertiser of the path.' },
      operationId: { type: 'string', format: 'uuid', description: 'The same as `taskId`.' },
      taskId: { type: 'string', format: 'uuid', description: 'For `GET /tasks/{taskId}`.' },
    }),
    example: { success: true, accountId: 'acct_12345', operationId: exampleTask, taskId: exampleTask },
  },
  refusals: [403, 404, 409],
  perform: performSync,
};
