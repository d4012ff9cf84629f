import { createHash } from 'node:crypto';

import { AppError } from '../../base/faults.ts';
import { canonicalJson } from '../../base/jcs.ts';
import { limits } from '../../base/limits.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { DecisionService, ImpressionAnswer, OverlayAnswer } from '../../service/decisions/api.ts';
import type { Decision } from '../../service/decisions/book.ts';
import { requireScopes } from '../../service/scopes.ts';
import { callerOf, keyRecord, sealOf, type Caller, type Credentials } from '../auth/caller.ts';
import type { Admission, Endpoint, Reply, ReplyRecord, RequestHead } from '../endpoint.ts';
import { faultHeaders, httpStatusOf } from '../http-status.ts';
import {
  overlayOfQuery,
  readDecisionRequest,
  readImpressionRequest,
  readOverlayRequest,
} from './read-request.ts';

/** Where the seller's ad server asks. */
export const adServerPath = '/v1';

export interface AdServerOptions extends Credentials {
  readonly decisions: DecisionService;
}

const jsonType = { 'content-type': 'application/json' };

interface Route {
  readonly operation: string;
  /** Makes the body of what follows `?`: it can be asked by GET too. */
  readonly readQuery?: (query: string) => Json;
  perform(options: AdServerOptions, body: Json): Promise<JsonObject>;
}

const routes: Readonly<Record<string, Route>> = {
  '/v1/decisions': {
    operation: 'decide',
    perform: async ({ decisions }, body) => {
      const { asks, isBatch, explains } = readDecisionRequest(body);
      const answers = decisions.decide(asks).map((decision) => decisionBody(decision, explains));
      return isBatch ? { decisions: answers } : answers[0]!;
    },
  },
  '/v1/impressions': {
    operation: 'countImpressions',
    perform: async ({ decisions }, body) => {
      const { batchId, reports } = readImpressionRequest(body);
      const digest = createHash('sha256')
        .update(canonicalJson(reports as never))
        .digest();
      return impressionBody(await decisions.countImpressions(batchId, digest, reports));
    },
  },
  '/v1/overlays': {
    operation: 'overlay',
    readQuery: overlayOfQuery,
    perform: async ({ decisions }, body) => overlayBody(await decisions.overlay(readOverlayRequest(body))),
  },
};

function decisionBody({ eligible, ineligible }: Decision, explains: boolean): JsonObject {
  if (!explains) return { eligible: [...eligible] };
  return {
    eligible: [...eligible],
    ineligible: ineligible.map(({ packageId, reason }) => ({ package_id: packageId, reason })),
  };
}

function impressionBody({ impressions, rejected, replayed }: ImpressionAnswer): JsonObject {
  return {
    counted: impressions,
    rejected: rejected.map(({ index, reason }) => ({ field: `impressions[${index}]`, reason })),
    ...(replayed ? { replayed } : {}),
  };
}

function overlayBody({ isValid, problems, reach }: OverlayAnswer): JsonObject {
  return {
    valid: isValid,
    reach,
    problems: problems.map(({ side, index, reason }) => ({ field: `audience_${side}[${index}]`, reason })),
  };
}

function refusalOf(fault: AppError, record: ReplyRecord = {}): Reply {
  const { field, suggestion } = fault.info;
  const error = {
    code: fault.code,
    message: fault.message,
    ...(field === undefined || field === '' ? {} : { field }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  return {
    status: httpStatusOf[fault.code],
    headers: { ...jsonType, ...faultHeaders(fault) },
    body: JSON.stringify({ error }),
    record: { ...record, code: fault.code },
  };
}

function plainRefusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = JSON.stringify({ error: { code: 'INVALID_REQUEST', message } });
  return { status, headers: { ...jsonType, ...headers }, body };
}

async function answer(
  options: AdServerOptions,
  caller: Caller,
  route: Route,
  read: () => Json,
): Promise<Reply> {
  const record: ReplyRecord = { operation: route.operation, ...keyRecord(caller), isRoutine: true };
  try {
    const body = await route.perform(options, read());
    return { status: 200, headers: jsonType, body: JSON.stringify(body), record };
  } catch (error) {
    if (error instanceof AppError) return refusalOf(error, record);
    return refusalOf(new AppError('SERVICE_UNAVAILABLE'), { ...record, unexpected: error });
  }
}

function parsed(bytes: Uint8Array): Json {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as Json;
  } catch {
    throw new AppError('INVALID_REQUEST', 'The body is no JSON.');
  }
}

async function admit(options: AdServerOptions, head: RequestHead): Promise<Admission> {
  const route = Object.hasOwn(routes, head.path) ? routes[head.path] : undefined;
  if (route === undefined) {
    const known = Object.keys(routes).join(', ');
    return { admitted: false, reply: plainRefusal(404, `There is nothing here; there are ${known}.`) };
  }
  const readQuery = head.method === 'GET' ? route.readQuery : undefined;
  if (head.method !== 'POST' && readQuery === undefined) {
    const allow = route.readQuery === undefined ? 'POST' : 'GET, POST';
    return { admitted: false, reply: plainRefusal(405, `Ask by ${allow}.`, { allow }) };
  }
  try {
    const caller = await callerOf(options, head);
    if (!caller.known) return { admitted: false, reply: refusalOf(caller.fault) };
    requireScopes(caller.principal, ['decisions']);
    const refuse = (fault: AppError): Reply => refusalOf(fault, keyRecord(caller));
    return {
      admitted: true,
      bodyBytesMax: limits.decisionBytesMax,
      ...sealOf(caller),
      answerBytes: async (bytes) =>
        answer(options, caller, route, () =>
          readQuery === undefined ? parsed(bytes) : readQuery(head.query),
        ),
      refuse,
    };
  } catch (error) {
    const fault = error instanceof AppError ? error : new AppError('SERVICE_UNAVAILABLE');
    return { admitted: false, reply: refusalOf(fault, error === fault ? {} : { unexpected: error }) };
  }
}

/** Decisions for the seller's own ad server, by a key with the scope `decisions`; answered from memory, in the thread that reads. */
export function createAdServerEndpoint(options: AdServerOptions): Endpoint {
  return {
    envelope: 'rest',
    admit: (head) => admit(options, head),
    refuseUnseen: (fault) => refusalOf(fault),
  };
}
