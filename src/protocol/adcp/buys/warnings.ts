/** Warnings in the errors of a success. Source: AdCP, transport errors: these never make a call a failure. */
import type { JsonObject } from '../../../engine/types.ts';

/** A filter that is not applied must not look as if it were. `fields`: those that were named and not applied. */
export function notAppliedBody(fields: readonly string[], why: string): JsonObject {
  if (fields.length === 0) return {};
  const errors = fields.map((field) => ({
    code: 'UNSUPPORTED_FEATURE',
    message: `${field} was not applied: ${why}`,
    field,
    severity: 'warning',
    recovery: 'correctable',
  }));
  return { errors };
}
