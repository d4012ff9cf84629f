import { assert } from './assert.ts';

/** A plain JSON value, as JSON.parse gives it. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * The one text of a JSON value: no white space, keys sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them. Two values are equal exactly when their texts are. Source: RFC 8785.
 *
 * The value must hold finite numbers and well-formed strings only, and must not be nested so deeply that
 * recursion fails: our parser refuses all three, so here they are bugs.
 *
 * Example: `canonicalJson({ b: 1.0, a: [null] })` is `{"a":[null],"b":1}`.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), () => 'a canonical number is finite');
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    text += `${text === '' ? '' : ','}${canonicalText(key)}:${canonicalJson(value[key] as JsonValue)}`;
  }
  return `{${text}}`;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What JSON.stringify escapes, and surrogates, which may be lone. */
const notPlain = /[\u0000-\u001f"\\\ud800-\udfff]/;

function canonicalText(text: string): string {
  if (!notPlain.test(text)) return `"${text}"`;
  assert(text.isWellFormed(), () => 'a canonical string has no lone surrogate');
  return JSON.stringify(text);
}
