import { limits } from '../../base/limits.ts';
import type { Json } from '../types.ts';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './bytes.ts';
import type { Place } from './envelope.ts';
import { readNumber } from './number.ts';
import type { Reader } from './reader.ts';
import { enter, expect, leave, peek, peekPastSpace, stop } from './reader.ts';
import { readString } from './text.ts';

/** Keys that reach into prototypes of objects built by careless code further on. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads the value at `pos` (no white space before it) into plain values, taking out the member arrays
 * below `place`. Recursion is bounded by jsonDepthMax.
 */
export function readValue(r: Reader, place: Place | undefined): Json {
  if (r.pos > r.skeletonEnd) stop(r, 'skeleton_size');
  switch (peek(r)) {
    case quote:
      return readString(r);
    case openBrace:
      return readObject(r, place);
    case openBracket:
      return readArray(r, place);
    case 0x66:
      return readWord(r, 'false', false);
    case 0x6e:
      return readWord(r, 'null', null);
    case 0x74:
      return readWord(r, 'true', true);
    default:
      return readNumber(r);
  }
}

function readWord<T>(r: Reader, word: string, value: T): T {
  for (let i = 0; i < word.length; i++, r.pos++) {
    if (peek(r) !== word.charCodeAt(i)) stop(r, 'not_json');
  }
  return value;
}

function readArray(r: Reader, place: Place | undefined): Json {
  enter(r);
  const array: Json[] = [];
  const element = place?.element;
  const audiencesNumber = element?.isAudience === true ? ++r.audiencesNumber : 0;
  if (peekPastSpace(r) === closeBracket) {
    leave(r);
    return array;
  }
  for (;;) {
    if (array.length >= limits.jsonElementsPerArrayMax) stop(r, 'too_many_elements');
    r.path.push(array.length);
    if (audiencesNumber > 0) r.audienceIndex = array.length;
    array.push(readValue(r, element));
    r.path.pop();
    const byte = peekPastSpace(r);
    if (byte === closeBracket) break;
    if (byte !== comma) stop(r, 'not_json');
    r.pos++;
    peekPastSpace(r);
  }
  leave(r);
  return array;
}

function readObject(r: Reader, place: Place | undefined): Json {
  enter(r);
  const object: Record<string, Json> = {};
  const taken: string[] = [];
  let keyCount = 0;
  if (peekPastSpace(r) === closeBrace) {
    leave(r);
    return object;
  }
  for (;;) {
    const keyAt = r.pos;
    if (peek(r) !== quote) stop(r, 'not_json');
    const key = readString(r);
    r.path.push(key);
    if (++keyCount > limits.jsonKeysPerObjectMax) stop(r, 'too_many_keys', keyAt);
    if (forbiddenKeys.has(key)) stop(r, 'forbidden_key', keyAt);
    if (Object.hasOwn(object, key) || taken.includes(key)) stop(r, 'duplicate_key', keyAt);
    expect(r, colon);
    const byte = peekPastSpace(r);
    if (place?.isAudience === true && (key === 'add' || key === 'remove') && byte === openBracket) {
      r.takeMembers(r, key);
      taken.push(key);
    } else {
      object[key] = readValue(r, place?.keys.get(key));
    }
    r.path.pop();
    const next = peekPastSpace(r);
    if (next === closeBrace) break;
    if (next !== comma) stop(r, 'not_json');
    r.pos++;
    peekPastSpace(r);
  }
  leave(r);
  return object;
}
