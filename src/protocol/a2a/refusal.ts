import { A2AError, toJsonRpcError } from 'a2a-sdk-v1/errors';

import type { AppError } from '../../base/faults.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import { errorOfFault } from '../adcp/error-body.ts';
import { rpcCodeOf } from '../adcp/rpc.ts';
import type { RpcId } from '../adcp/rpc.ts';
import type { Reply, ReplyRecord } from '../endpoint.ts';
import { faultHeaders, httpStatusOf } from '../http-status.ts';
import type { A2aBinding } from './binding.ts';

/** How an answer that is no task is addressed and spelled. */
export interface RefusalFacts {
  readonly id: RpcId;
  readonly binding: A2aBinding;
  readonly record?: ReplyRecord;
}

/** A JSON-RPC answer of this door. */
export function rpcReply(
  status: number,
  message: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(message),
  };
}

/** Who names the reasons of AdCP in an error of A2A 1.0. */
const adcpDomain = 'adcontextprotocol.org';

/** A2A 1.0 takes a list of typed details, 0.3 any value. */
function errorData(error: JsonObject, binding: A2aBinding): Json {
  if (binding === '0.3') return { adcp_error: error };
  return [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: error['code'] ?? '', domain: adcpDomain },
    { '@type': 'type.googleapis.com/google.protobuf.Struct', value: { adcp_error: error } },
  ];
}

/**
 * A fault that ends a call before it is routed: credentials, sizes, a body that cannot be read. The status is that of HTTP,
 * so that callers that match answers to questions by id still read it where the id is not known; AdCP readers find
 * their error in `data`.
 */
export function faultReply(
  fault: AppError,
  how: RefusalFacts & { readonly generation: Generation; readonly rpcCode?: number },
): Reply {
  const message = {
    jsonrpc: '2.0',
    id: how.id,
    error: {
      code: how.rpcCode ?? rpcCodeOf(fault),
      message: fault.message,
      data: errorData(errorOfFault(fault, how.generation), how.binding),
    },
  };
  return {
    ...rpcReply(httpStatusOf[fault.code], message, faultHeaders(fault)),
    record: { code: fault.code, ...how.record },
  };
}

/** A message that is no call of this door, by its JSON-RPC code alone. */
export function rpcError(code: number, says: string, how: RefusalFacts): Reply {
  const reply = rpcReply(200, { jsonrpc: '2.0', id: how.id, error: { code, message: says } });
  return { ...reply, record: { code: 'INVALID_REQUEST', ...how.record } };
}

/**
 * One of A2A's own errors: the call came through and could not be routed. A2A 1.0 wants the reason as a typed detail,
 * 0.3 knows none. Anything else is a bug, and goes on as one.
 */
export function nativeReply(error: unknown, how: RefusalFacts): Reply {
  if (!(error instanceof A2AError)) throw error;
  const { code, message, data } = toJsonRpcError(error);
  const details = how.binding === '1.0' && data !== undefined ? { data } : {};
  return {
    ...rpcReply(200, { jsonrpc: '2.0', id: how.id, error: { code, message, ...(details as JsonObject) } }),
    record: { code: error.reason, ...how.record },
  };
}
