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

/** An operation and its arguments as they stand in a body; nothing about them is checked. */
interface Found {
  readonly operation: Json | undefined;
  readonly args: Json | undefined;
}

const nothing: Found = { operation: undefined, args: undefined };

/** The one data part of an A2A message: AdCP allows no second, and a body with more is refused by name later. */
function inMessage(skeleton: Json): Found {
  const parts = fieldOf(fieldOf(fieldOf(skeleton, 'params'), 'message'), 'parts');
  if (!Array.isArray(parts)) return nothing;
  const data = (parts as readonly Json[])
    .map((part) => fieldOf(part, 'data'))
    .filter((one) => one !== undefined);
  if (data.length !== 1) return nothing;
  return {
    operation: fieldOf(data[0], 'skill'),
    args: fieldOf(data[0], 'input') ?? fieldOf(data[0], 'parameters'),
  };
}

function found(skeleton: Json, envelope: Envelope): Found {
  if (envelope === 'rest') return { operation: undefined, args: skeleton };
  if (envelope === 'a2a') return inMessage(skeleton);
  const params = fieldOf(skeleton, 'params');
  return { operation: fieldOf(params, 'name'), args: fieldOf(params, 'arguments') };
}

/** How bad members of this body are treated. */
export function memberPolicyOf(skeleton: Json, envelope: Envelope): MemberPolicy {
  const { operation, args } = found(skeleton, envelope);
  const skips = fieldOf(fieldOf(fieldOf(args, 'ext'), 'rollcall'), 'invalid_members') === 'skip';
  const derives =
    operation === 'sync_audiences' &&
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
