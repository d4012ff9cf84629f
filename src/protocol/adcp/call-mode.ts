import type { Json, JsonObject, MemberPolicy } from '../../engine/types.ts';
import type { Envelope } from '../ingest.ts';

/**
 * What the ingest thread must know of a call before it reads members. Pure and tolerant: a shape that is wrong
 * here is refused later by name, so anything unexpected gets the strict policy.
 */

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

const modernFields = ['idempotency_key', 'adcp_version', 'adcp_major_version'] as const;

/**
 * A caller of the first reference page of sync_audiences: it knows neither idempotency keys nor versions.
 * Only that operation has such callers.
 */
export function isLegacyCall(operation: string, args: JsonObject): boolean {
  return operation === 'sync_audiences' && !modernFields.some((name) => Object.hasOwn(args, name));
}

/** How bad members of this body are treated. */
export function memberPolicyOf(skeleton: Json, envelope: Envelope): MemberPolicy {
  const params = fieldOf(skeleton, 'params');
  const args = envelope === 'mcp' ? fieldOf(params, 'arguments') : skeleton;
  const skips = fieldOf(fieldOf(fieldOf(args, 'ext'), 'rollcall'), 'invalid_members') === 'skip';
  const derives =
    envelope === 'mcp' &&
    fieldOf(params, 'name') === 'sync_audiences' &&
    typeof args === 'object' &&
    args !== null &&
    !Array.isArray(args) &&
    isLegacyCall('sync_audiences', args as JsonObject);
  return {
    derivesMissingKeys: derives,
    ...(envelope === 'rest' ? { removesByIdOnly: true } : {}),
    invalidMembers: skips ? 'skip' : 'fail',
  };
}
