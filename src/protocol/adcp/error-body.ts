import { faults } from '../../base/faults.ts';
import type { AppError, FaultCode } from '../../base/faults.ts';
import type { Json, JsonObject } from '../../engine/types.ts';
import type { Generation, ItemFault } from '../../service/api.ts';
import { errorWord } from './error-codes.ts';
import { pointerOf, pointerOfField, RequestFault } from './issues.ts';

/** Source: AdCP transport errors: a serialised error is at most this long, its code 64 characters. */
export const errorBytesMax = 4096;
const messageCharsMax = 600;
/** What is left of a message that is all escapes. */
const messageCharsMin = 200;
const retryAfterSecondsMin = 1;
const retryAfterSecondsMax = 3600;

interface WireIssue {
  readonly pointer: string;
  readonly message: string;
  readonly keyword: string;
}

interface ErrorParts {
  readonly code: FaultCode;
  readonly message: string;
  readonly field: string | undefined;
  readonly suggestion: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly issues: readonly WireIssue[];
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function clampRetry(seconds: number): number {
  return Math.min(retryAfterSecondsMax, Math.max(retryAfterSecondsMin, Math.ceil(seconds)));
}

function bodyOf(
  parts: ErrorParts,
  generation: Generation,
  issueCount: number,
  withDetails: boolean,
): JsonObject {
  const word = errorWord(parts.code, generation);
  // Whoever stole a key learns nothing from it: the official runner takes any other field for a leak.
  if (parts.code === 'IDEMPOTENCY_CONFLICT')
    return { code: word.code, message: parts.message.slice(0, messageCharsMax) };
  const issues = parts.issues.slice(0, issueCount);
  const details = {
    ...(withDetails ? parts.details : undefined),
    ...word.other,
    // Readers of before 3.1 look for issues inside details.
    ...(generation === '3.1' || issues.length === 0 ? undefined : { issues }),
  };
  return {
    code: word.code,
    message: parts.message.slice(0, messageCharsMax),
    recovery: faults[parts.code].recovery,
    ...(parts.field === undefined ? {} : { field: parts.field }),
    ...(parts.suggestion === undefined ? {} : { suggestion: parts.suggestion.slice(0, messageCharsMax) }),
    ...(parts.retryAfterSeconds === undefined ? {} : { retry_after: clampRetry(parts.retryAfterSeconds) }),
    ...(generation === '3.1' && issues.length > 0 ? { issues: issues as unknown as Json } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details: details as JsonObject }),
  };
}

/** Gives up issues from the last, then details, then length, until the error fits. */
function fitted(parts: ErrorParts, generation: Generation): JsonObject {
  for (let count = parts.issues.length; count > 0; count -= 1) {
    const body = bodyOf(parts, generation, count, true);
    if (bytesOf(body) <= errorBytesMax) return body;
  }
  const body = bodyOf(parts, generation, 0, true);
  if (bytesOf(body) <= errorBytesMax) return body;
  const bare = bodyOf(parts, generation, 0, false);
  if (bytesOf(bare) <= errorBytesMax) return bare;
  const short = { ...parts, message: parts.message.slice(0, messageCharsMin), suggestion: undefined };
  return bodyOf(short, generation, 0, false);
}

/**
 * Keywords of faults that the service finds at a field. `field` equals the first issue's pointer in the other notation
 * (AdCP `core/error.json`), so an issue is only made where its keyword is known.
 */
function issuesOfField(code: FaultCode, field: string | undefined, message: string): readonly WireIssue[] {
  if (code !== 'INVALID_HASH' || field === undefined) return [];
  return [{ pointer: pointerOfField(field), message, keyword: 'pattern' }];
}

/** A whole call's fault in the words of a generation. */
export function errorOfFault(fault: AppError, generation: Generation): JsonObject {
  const issues =
    fault instanceof RequestFault
      ? fault.issues.map((issue) => ({
          pointer: pointerOf(issue.path),
          message: issue.message,
          keyword: issue.keyword,
        }))
      : issuesOfField(fault.code, fault.info.field, fault.message);
  return fitted(
    {
      code: fault.code,
      message: fault.message,
      field: fault.info.field,
      suggestion: fault.info.suggestion,
      retryAfterSeconds: fault.info.retryAfterSeconds ?? defaultRetry(fault.code),
      details: fault.info.details,
      issues,
    },
    generation,
  );
}

/** A fault of one audience or account of a call. */
export function errorOfItem(fault: ItemFault, generation: Generation): JsonObject {
  return fitted(
    {
      code: fault.code,
      message: fault.message,
      field: fault.field,
      suggestion: fault.suggestion,
      retryAfterSeconds: undefined,
      details: fault.details,
      issues: issuesOfField(fault.code, fault.field, fault.message),
    },
    generation,
  );
}

function defaultRetry(code: FaultCode): number | undefined {
  return faults[code].recovery === 'transient' ? retryAfterSecondsMin : undefined;
}
