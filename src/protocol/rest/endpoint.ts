import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { isObject, IssueList } from '../adcp/argument-reader.ts';
import { refuse } from '../adcp/issues.ts';
import { refusalOfScan } from '../adcp/scan-refusal.ts';
import { callerOf, keyRecord, sealOf, unsignedRefusal, type Caller } from '../auth/caller.ts';
import type { Admission, Endpoint, Reply, ReplyRecord, RequestHead } from '../endpoint.ts';
import type { IngestedCall } from '../ingest.ts';
import { requireScopes, type Scope } from '../../service/scopes.ts';
import { checkValue } from './check-schema.ts';
import { matchRoute } from './match-route.ts';
import { openApiYaml } from './openapi.ts';
import { readQuery } from './read-query.ts';
import { Refused } from './refused.ts';
import { refusal, refusalOf } from './rest-errors.ts';
import type { RestCall, RestOptions, Route } from './route.ts';
import { restBase, routes } from './routes.ts';

const noMembers = { members: [], membersDigest: new Uint8Array(0) } as const;

/** Any text without spaces; it is stored only as a keyed hash. */
const requestKeyPattern = /^[\x21-\x7e]{1,255}$/;

interface Exchange {
  readonly options: RestOptions;
  readonly head: RequestHead;
  readonly caller: Extract<Caller, { readonly known: true }>;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function recordOf({ route, caller }: Exchange): ReplyRecord {
  return { operation: route.operation, ...keyRecord(caller) };
}

function refusalOfError(error: unknown, record: ReplyRecord): Reply {
  if (error instanceof Refused) return refusal(error.status, error.error, {}, record);
  if (error instanceof AppError) return refusalOf(error, { ...record, code: error.code });
  return refusalOf(new AppError('SERVICE_UNAVAILABLE'), { ...record, unexpected: error });
}

function requestKeyOf({ route, head }: Exchange): string | null {
  const key = route.takesRequestKey === true ? head.headers['idempotency-key'] : undefined;
  if (key === undefined) return null;
  if (requestKeyPattern.test(key)) return key;
  return refuse(['Idempotency-Key'], 'pattern', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
}

/**
 * Members were taken out wherever a body of any protocol may hold them. Here they may lie in the body's own `audiences` only:
 * anywhere else they would be taken for the members of another list.
 */
function refuseStrayAudiences(body: JsonObject): void {
  const params = body['params'];
  if (isObject(params) && (Object.hasOwn(params, 'arguments') || Object.hasOwn(params, 'message'))) {
    refuse(['params'], 'not', 'params belongs to another protocol; send audiences at the top of the body.');
  }
}

function readBody(
  { route }: Exchange,
  call: IngestedCall | null,
): Pick<RestCall, 'body' | 'members' | 'membersDigest'> {
  if (route.body === undefined || call === null) return { body: {}, ...noMembers };
  if (!call.ok) throw refusalOfScan(call.fault);
  const body = call.skeleton;
  if (!isObject(body)) return refuse([], 'type', 'The body must be a JSON object.');
  refuseStrayAudiences(body);
  const issues = new IssueList();
  if (route.body.check === undefined) checkValue(route.body.schema, body, [], issues);
  else route.body.check(body, issues);
  issues.settle();
  return { body, members: call.audiences, membersDigest: call.membersDigest };
}

/** Checks one request, performs it, and says how it went. Never rejects. */
async function answer(exchange: Exchange, ingested: IngestedCall | null): Promise<Reply> {
  const { options, head, caller, route, params } = exchange;
  const record = recordOf(exchange);
  try {
    const issues = new IssueList();
    const query = readQuery(route.query ?? {}, head.query, issues);
    issues.settle();
    const requestKey = requestKeyOf(exchange);
    const body = readBody(exchange, ingested);
    const unsigned = unsignedRefusal(caller, options.signatures, adcpNameOf(route), body.body);
    if (unsigned !== null) throw unsigned;
    requireScopes(caller.principal, scopesOfBody(body.body));
    // A sync counts where its account is known.
    if (route.operation !== 'syncAudiences') {
      options.limits.take(route.method === 'GET' ? 'read' : 'write', caller.principal.principalNo, 0);
    }
    const done = await route.perform(options, {
      caller: caller.principal,
      params,
      query,
      requestKey,
      ...body,
    });
    return {
      status: done.status,
      headers: { 'content-type': 'application/json', ...done.headers },
      body: JSON.stringify(done.body),
      record,
    };
  } catch (error) {
    return refusalOfError(error, record);
  }
}

/** The advice to send fewer members helps nobody whose body holds none. */
function ofBody(fault: AppError, { route }: Exchange): AppError {
  if (fault.code !== 'BODY_TOO_LARGE' || route.operation === 'syncAudiences') return fault;
  const suggestion = 'Send a shorter body.';
  return new AppError(fault.code, fault.message, { ...fault.info, suggestion });
}

function document(head: RequestHead): Reply {
  if (head.method !== 'GET' && head.method !== 'HEAD') return wrongMethod(['GET'], {});
  return { status: 200, headers: { 'content-type': 'application/yaml; charset=utf-8' }, body: openApiYaml() };
}

function wrongMethod(methods: readonly string[], record: ReplyRecord): Reply {
  // RFC 9110, 9.3.2: whatever can be read can be asked for without its body.
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  const message = `This address is served for ${methods.join(' and ')} only.`;
  return refusal(405, { code: 'METHOD_NOT_ALLOWED', message }, { allow }, record);
}

function nothingHere(record: ReplyRecord): Reply {
  const details = { suggestion: `See ${restBase}/openapi.yaml for what is served.` };
  return refusal(
    404,
    { code: 'NOT_FOUND', message: 'There is nothing at this address.', details },
    {},
    record,
  );
}

/** Nothing is sent that a digest could be of, so a signature that covers one is wrong. */
async function answerWithoutBody(exchange: Exchange): Promise<Reply> {
  const fault = (await exchange.caller.seal?.check(null)) ?? null;
  return fault === null ? answer(exchange, null) : refusalOfError(fault, recordOf(exchange));
}

/** Reading reads; everything else changes something of the caller's. */
function scopesOfRoute({ method }: Route): readonly Scope[] {
  return [method === 'GET' ? 'audiences:read' : 'audiences:write'];
}

function scopesOfBody(body: JsonObject): readonly Scope[] {
  return body['pushNotificationConfig'] === undefined ? [] : ['webhooks'];
}

/** The one operation of AdCP that has its like here; settings name operations in AdCP's words. */
function adcpNameOf({ operation }: Route): string {
  return operation === 'syncAudiences' ? 'sync_audiences' : operation;
}

async function admit(options: RestOptions, head: RequestHead): Promise<Admission> {
  const path = head.path.slice(restBase.length);
  if (path === '/openapi.yaml') return { admitted: false, reply: document(head) };
  let caller: Caller;
  try {
    caller = await callerOf(options, head);
  } catch (error) {
    return { admitted: false, reply: refusalOfError(error, {}) };
  }
  if (!caller.known) return { admitted: false, reply: refusalOfError(caller.fault, {}) };
  const record = keyRecord(caller);
  const match = matchRoute(routes, head.method === 'HEAD' ? 'GET' : head.method, path);
  if (match.kind === 'none') return { admitted: false, reply: nothingHere(record) };
  if (match.kind === 'other_method') return { admitted: false, reply: wrongMethod(match.methods, record) };
  const { route, params } = match;
  const exchange: Exchange = { options, head, caller, route, params };
  try {
    // Before the body is read: a key that may not change anything need not upload it.
    requireScopes(caller.principal, scopesOfRoute(route));
  } catch (error) {
    return { admitted: false, reply: refusalOfError(error, recordOf(exchange)) };
  }
  if (route.body === undefined) return { admitted: false, reply: await answerWithoutBody(exchange) };
  return {
    admitted: true,
    bodyBytesMax: route.body.bytesMax,
    ...sealOf(caller),
    answer: async (call) => answer(exchange, call),
    refuse: (fault) => refusalOfError(ofBody(fault, exchange), recordOf(exchange)),
  };
}

/**
 * The REST door, in the shape of Scope3's buyer API: every call needs a key, only the OpenAPI document does not. A sync is
 * answered 202 as soon as it is durable.
 */
export function createRestEndpoint(options: RestOptions): Endpoint {
  return {
    envelope: 'rest',
    admit: (head) => admit(options, head),
    refuseUnseen: (fault) => refusalOfError(fault, {}),
  };
}
