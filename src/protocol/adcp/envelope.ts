import { limits } from '../../base/limits.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import { isObject } from './argument-reader.ts';
import { refuse } from './issues.ts';
import { majorVersion } from './releases.ts';

/** Members of every answer beside the operation's own body. Source: AdCP `core/protocol-envelope.json`. */
export interface EnvelopeFacts {
  readonly generation: Generation;
  readonly context: JsonObject | undefined;
  readonly nowMs: number;
  readonly replayed: boolean;
}

/** The caller's context where it can be echoed, however wrong the rest of the call is. */
export function echoableContext(args: JsonObject): JsonObject | undefined {
  const context = Object.hasOwn(args, 'context') ? args['context'] : undefined;
  if (!isObject(context)) return undefined;
  return Buffer.byteLength(JSON.stringify(context)) <= limits.contextBytesMax ? context : undefined;
}

/** Refuses a context that cannot be echoed, rather than dropping it. */
export function checkContext(args: JsonObject): void {
  if (!Object.hasOwn(args, 'context')) return;
  if (!isObject(args['context'])) refuse(['context'], 'type', 'context must be an object.');
  if (echoableContext(args) === undefined) {
    refuse(['context'], 'maxLength', `context must have at most ${limits.contextBytesMax} bytes as JSON.`);
  }
}

/** The version fields of an answer: the release served, which callers of before 3.0 never asked for. */
function versionFields(generation: Generation): JsonObject {
  return generation === 'legacy' ? {} : { adcp_version: generation, adcp_major_version: majorVersion };
}

/** Puts the envelope around a body. The body's own words win: a polled task's status is the answer's status. */
export function enveloped(body: JsonObject, facts: EnvelopeFacts): JsonObject {
  return {
    status: 'completed',
    ...versionFields(facts.generation),
    timestamp: new Date(facts.nowMs).toISOString(),
    ...(facts.replayed ? { replayed: true } : {}),
    ...body,
    ...(facts.context === undefined ? {} : { context: facts.context }),
  };
}
