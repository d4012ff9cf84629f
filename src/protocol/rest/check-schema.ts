import { unreachable } from '../../base/assert.ts';
import type { Json } from '../../engine/types.ts';
import { isArray, isObject, type IssueList } from '../adcp/argument-reader.ts';
import type { Path } from '../adcp/issues.ts';
import { charCount, isPlainLine, isPlainText } from '../adcp/text.ts';
import type { Schema, TypeName } from './schema.ts';

/** The keywords that requests may use; a request's schema with another one would promise what nobody checks. */
export const checkedKeywords: ReadonlySet<string> = new Set([
  ...['type', 'description', 'enum', 'default', 'examples', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'maximum', 'items', 'minItems', 'maxItems', 'properties', 'required', 'x-says'],
]);

/** Collects everything that is wrong with a value of a request. No message holds what the caller sent. */
export function checkValue(schema: Schema, value: Json, path: Path, issues: IssueList): void {
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    const hint = value === null ? ' Leave it out instead of sending null.' : '';
    issues.add(path, 'type', `must be ${types.map(nameOfType).join(' or ')}.${hint}`);
    return;
  }
  if (typeof value === 'string') checkString(schema, value, path, issues);
  else if (typeof value === 'number') checkNumber(schema, value, path, issues);
  else if (isArray(value)) checkArray(schema, value, path, issues);
  else if (isObject(value)) checkObject(schema, value, path, issues);
}

function typesOf({ type }: Schema): readonly TypeName[] {
  if (type === undefined) return [];
  return typeof type === 'string' ? [type] : type;
}

function isOfType(value: Json, type: TypeName): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return isObject(value);
    case 'array':
      return isArray(value);
    case 'null':
      return value === null;
    default:
      return unreachable(type);
  }
}

const typeNames: Readonly<Record<TypeName, string>> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

function nameOfType(type: TypeName): string {
  return typeNames[type];
}

function checkString(schema: Schema, value: string, path: Path, issues: IssueList): void {
  const { enum: accepted, minLength = 0, maxLength = Infinity, pattern } = schema;
  if (accepted !== undefined) {
    const words = accepted.filter((word) => word !== null);
    if (!words.includes(value)) issues.add(path, 'enum', `must be one of ${words.join(', ')}.`, words);
    return;
  }
  if (value.length < minLength) {
    const count = `${minLength} character${minLength === 1 ? '' : 's'}`;
    issues.add(path, 'minLength', `must have at least ${count}.`);
    return;
  }
  // A code point is one or two units, so the cheap comparison decides all but a few.
  if (value.length > maxLength && (value.length > 2 * maxLength || charCount(value) > maxLength)) {
    issues.add(path, 'maxLength', `must have at most ${maxLength} characters.`);
    return;
  }
  if (!(schema.format === 'multiline' ? isPlainText(value) : isPlainLine(value))) {
    issues.add(path, 'pattern', 'must not hold control, direction or invisible characters.');
    return;
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    issues.add(path, 'pattern', `must be ${schema['x-says'] ?? 'in the documented form'}.`);
  }
}

function checkNumber({ minimum, maximum }: Schema, value: number, path: Path, issues: IssueList): void {
  if (minimum !== undefined && value < minimum) issues.add(path, 'minimum', `must be ${minimum} or more.`);
  if (maximum !== undefined && value > maximum) issues.add(path, 'maximum', `must be ${maximum} or less.`);
}

function checkArray(schema: Schema, value: readonly Json[], path: Path, issues: IssueList): void {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (value.length < minItems) {
    issues.add(path, 'minItems', `must have at least ${minItems} element${minItems === 1 ? '' : 's'}.`);
  }
  if (value.length > maxItems) {
    issues.add(path, 'maxItems', `must have at most ${maxItems} elements.`);
    return;
  }
  if (items === undefined) return;
  for (const [position, element] of value.entries()) checkValue(items, element, [...path, position], issues);
}

function checkObject(
  { properties = {}, required = [] }: Schema,
  value: { readonly [key: string]: Json },
  path: Path,
  issues: IssueList,
): void {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) issues.add([...path, name], 'required', 'is required.');
  }
  for (const [name, schema] of Object.entries(properties)) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field !== undefined) checkValue(schema, field, [...path, name], issues);
  }
}
