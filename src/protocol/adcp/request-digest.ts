import { canonicalJson } from '../../base/jcs.ts';
import type { Primitives } from '../../base/primitives.ts';
import type { Json, JsonObject } from '../../engine/types.ts';

/** What does not make two requests different. Source: AdCP idempotency, payload equivalence: a closed list. */
const excludedFields = ['idempotency_key', 'context', 'governance_context'] as const;

function withoutWebhookSecret(config: Json): Json {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const authentication = (config as JsonObject)['authentication'];
  if (typeof authentication !== 'object' || authentication === null || Array.isArray(authentication)) {
    return config;
  }
  const { credentials: _credentials, ...rest } = authentication as JsonObject;
  return { ...(config as JsonObject), authentication: rest };
}

/**
 * 32 bytes that are equal exactly when two requests are the same for idempotency: same operation, same arguments as
 * canonical JSON (RFC 8785) without the excluded fields, same member arrays. The operation counts because one key
 * on two operations is a conflict. Absent differs from null, array order counts.
 */
export function requestDigest(
  primitives: Primitives,
  operation: string,
  args: JsonObject,
  membersDigest: Uint8Array,
): Uint8Array {
  const counted: Record<string, Json> = {};
  for (const [name, value] of Object.entries(args)) {
    if ((excludedFields as readonly string[]).includes(name)) continue;
    counted[name] = name === 'push_notification_config' ? withoutWebhookSecret(value) : value;
  }
  // The length of the members' digest is fixed, so the parts cannot be confused with each other.
  const text = new TextEncoder().encode(`${operation}\0${canonicalJson(counted)}`);
  const bytes = new Uint8Array(text.length + membersDigest.length);
  bytes.set(text);
  bytes.set(membersDigest, text.length);
  return primitives.sha256(bytes);
}
