import { must } from '../../base/assert.ts';
import type { AudienceId, RequestKey } from '../../base/brand.ts';
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { JsonObject, PreparedAudience } from '../../engine/types.ts';
import type { AudienceRequest, CallbackRequest, ConsentBasis, ItemFault } from '../../service/api.ts';
import { memberFaultItems } from '../../service/member-fault-items.ts';
import { isArray, isObject, IssueList } from '../adcp/argument-reader.ts';
import { checkCallbackAddress } from '../adcp/push-config.ts';
import { requestDigest } from '../adcp/request-digest.ts';
import { retryAfterHeader } from '../http-status.ts';
import { checkValue } from './check-schema.ts';
import { inRestItemWords } from './item-fault.ts';
import type { RestAnswer, RestCall, RestOptions, Route } from './route.ts';
import { whole } from './schema.ts';
import { audiencesSchema, audienceSyncSchema, deletedAudienceSchema, syncBodySchema } from './sync-schema.ts';

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
    checkValue(isDeletion ? deletedAudienceSchema : audienceSyncSchema, entry, path, issues);
    const id = isObject(entry) ? entry['audienceId'] : undefined;
    if (typeof id !== 'string') continue;
    if (seen.has(id)) {
      const says = 'names an audience that this request names already; merge the two entries.';
      issues.add([...path, 'audienceId'], 'uniqueItems', says);
    }
    seen.add(id);
  }
}

/** Checked for shape by the route's schema. Source: Scope3 REST, callbacks. */
function callbackOf(body: JsonObject): CallbackRequest | null {
  const config = body['pushNotificationConfig'];
  if (!isObject(config)) return null;
  const { url, token, authentication } = config;
  const given = isObject(authentication) ? authentication : null;
  const schemes = given?.['schemes'] as readonly ('Bearer' | 'HMAC-SHA256')[] | undefined;
  const scheme = schemes?.[0];
  return {
    shape: 'rest',
    url: url as string,
    operationId: null,
    token: typeof token === 'string' ? token : null,
    authentication:
      given === null || scheme === undefined ? null : { scheme, credentials: given['credentials'] as string },
  };
}

const noMembers: Omit<PreparedAudience, 'audienceIndex'> = {
  hasAdd: false,
  hasRemove: false,
  addCount: 0,
  removeCount: 0,
  addFaults: [],
  removeFaults: [],
  badAddCount: 0,
  badRemoveCount: 0,
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

/** Source: Scope3 REST, 10,000 members an array. An entry that deletes holds none, whatever was sent with it. */
function checkArrayLengths(
  entries: readonly JsonObject[],
  members: readonly PreparedAudience[],
  issues: IssueList,
): void {
  const max = limits.restMemberCountPerArrayMax;
  for (const prepared of members) {
    if (entries[prepared.audienceIndex]?.['delete'] === true) continue;
    const sides = [
      ['add', prepared.addCount + prepared.badAddCount],
      ['remove', prepared.removeCount + prepared.badRemoveCount],
    ] as const;
    for (const [side, count] of sides) {
      if (count <= max) continue;
      issues.add(
        ['audiences', prepared.audienceIndex, side],
        'maxItems',
        `must have at most ${max} members; send the rest in further requests.`,
      );
    }
  }
}

/** One of several faults, for the details of a refusal. */
function shortFault({ message, field, details }: ItemFault): JsonObject {
  return {
    message,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { reason: details['reason'] ?? null, count: details['count'] ?? null }),
  };
}

/**
 * A request of which nothing could be applied is refused at once, instead of being accepted in order to fail. Where some audience
 * of it is good, the bad ones fail inside the task (contract, bad members).
 */
function refuseIfAllFail(audiences: readonly AudienceRequest[]): void {
  const faultsOf = audiences.map((audience, index) => memberFaultItems(audience, index));
  if (faultsOf.some((items) => items.length === 0)) return;
  const faults = faultsOf.flat().map(inRestItemWords);
  const [first] = faults;
  if (first === undefined) return;
  const { code, message, field, suggestion, details } = first;
  const paths = details?.['paths'];
  throw new AppError(code, message, {
    ...(field === undefined ? {} : { field }),
    ...(suggestion === undefined ? {} : { suggestion }),
    details: {
      ...(paths === undefined ? {} : { paths }),
      errors: faults.slice(0, limits.rejectedSampleCountMax).map(shortFault),
    },
  });
}

function invalidMembersOf(body: JsonObject): 'fail' | 'skip' {
  const ext = body['ext'];
  const ours = isObject(ext) ? ext['rollcall'] : undefined;
  return isObject(ours) && ours['invalid_members'] === 'skip' ? 'skip' : 'fail';
}

async function performSync(options: RestOptions, call: RestCall): Promise<RestAnswer> {
  const entries = call.body['audiences'] as readonly JsonObject[];
  const issues = new IssueList();
  checkArrayLengths(entries, call.members, issues);
  issues.settle();
  const preparedAt = new Map(call.members.map((audience) => [audience.audienceIndex, audience]));
  const audiences = entries.map((entry, position) => audienceOf(entry, preparedAt.get(position)));
  const invalidMembers = invalidMembersOf(call.body);
  if (invalidMembers === 'fail') refuseIfAllFail(audiences);
  const accountId = must(call.params['accountId'], () => 'the route names the account');
  const callback = callbackOf(call.body);
  await checkCallbackAddress(callback, options.refusalOfAddress, 'pushNotificationConfig.url');
  const { replayed, taskId, retryAfterSeconds } = await options.service.syncAudiences({
    caller: call.caller,
    // The words of tasks that AdCP callers ask for; this door has its own.
    generation: '3.1',
    account: { kind: 'id', accountId },
    requestKey: call.requestKey as RequestKey | null,
    requestDigest: requestDigest(options.primitives, 'rest.syncAudiences', call.body, call.membersDigest),
    audiences,
    deleteMissing: call.body['deleteMissing'] === true,
    invalidMembers,
    callback,
    wantsTask: true,
    context: undefined,
    encode: () => ({}),
  });
  const id = must(taskId, () => 'a sync that changes something has a task');
  return {
    status: 202,
    body: { success: true, accountId, operationId: id, taskId: id },
    headers: {
      ...retryAfterHeader(retryAfterSeconds),
      ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
    },
  };
}

const counted = (count: number): string => count.toLocaleString('en-US');

const exampleHash = 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72';
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
    hasRetryAfter: true,
  },
  refusals: [403, 404, 409],
  perform: performSync,
};
