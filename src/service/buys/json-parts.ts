/** Fields of JSON whose shape nobody has checked. */
import type { JsonObject } from '../../engine/types.ts';

export function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string that says something, or undefined. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined;
}

/** The number where there is one and it is within bounds; null: there is something else. */
export function boundedIn(object: JsonObject, name: string, max: number): number | null | undefined {
  if (!Object.hasOwn(object, name)) return undefined;
  const value = object[name];
  return typeof value === 'number' && value >= 0 && value <= max ? value : null;
}

export function objectIn(object: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isPlainObject(value) ? value : undefined;
}
