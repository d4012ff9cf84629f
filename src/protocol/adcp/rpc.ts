import type { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import type { Reply, ReplyRecord } from '../endpoint.ts';
import { faultHeaders, httpStatusOf } from '../http-status.ts';
import { errorOfFault } from './error-body.ts';

export type RpcId = string | number | null;

/** JSON-RPC 2.0, 5.1. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
} as const;

/** Source: AdCP transport errors: codes of failures before a tool is dispatched. */
const dispatchCodes = { auth: -32028, unavailable: -32027, rateLimited: -32029 } as const;

/** The JSON-RPC code of a fault that is answered before, or instead of, an operation. */
export function rpcCodeOf(fault: AppError): number {
  switch (fault.code) {
    case 'AUTH_MISSING':
    case 'AUTH_INVALID':
    case 'SIGNATURE_REFUSED':
    case 'PERMISSION_DENIED':
      return dispatchCodes.auth;
    case 'RATE_LIMITED':
      return dispatchCodes.rateLimited;
    case 'SERVICE_UNAVAILABLE':
    case 'CONFIGURATION_ERROR':
      return dispatchCodes.unavailable;
    default:
      return rpcCodes.invalidRequest;
  }
}

/** The id of a JSON-RPC message as an answer repeats it; null when it has none that can be repeated. */
export function rpcIdOf(message: JsonObject): RpcId {
  const id = message['id'];
  return typeof id === 'string' || Number.isInteger(id) ? (id as RpcId) : null;
}

interface RpcRefusal {
  readonly id: RpcId;
  readonly generation: Generation;
  readonly rpcCode?: number;
  readonly record?: ReplyRecord;
}

/** A JSON-RPC error for a call that never reached a tool; AdCP readers find their error in `data.adcp_error`. */
export function rpcRefusal(fault: AppError, how: RpcRefusal): Reply {
  return {
    status: httpStatusOf[fault.code],
    headers: { 'content-type': 'application/json', ...faultHeaders(fault) },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: how.id,
      error: {
        code: how.rpcCode ?? rpcCodeOf(fault),
        message: fault.message,
        data: { adcp_error: errorOfFault(fault, how.generation) },
      },
    }),
    record: { code: fault.code, ...how.record },
  };
}
