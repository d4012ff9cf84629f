import { limits } from '../../base/limits.ts';
import { colon } from './bytes.ts';
import { forbiddenKeys, readValue } from './json.ts';
import type { MemberScan } from './member-scan.ts';
import { fieldNames } from './member-shape.ts';
import type { Reader } from './reader.ts';
import { expect, peekPastSpace } from './reader.ts';
import { readString } from './text.ts';

const known: ReadonlySet<string> = new Set(fieldNames);
/** With this many other fields a member might have too many; the general reader counts exactly. */
const otherCountMax = limits.jsonKeysPerObjectMax - fieldNames.length;

/**
 * Reads the key whose quote is at `p` and its value into the other fields of the member being read, so that a
 * member with fields of the caller's own stays on the fast way. Returns the position behind the value; -1
 * when the key needs the general reader: one of ours spelt with escapes, a double, a forbidden one.
 */
export function readOtherField(r: Reader, s: MemberScan, p: number): number {
  r.pos = p;
  r.path.push(s.columns.rowCount - s.firstRow);
  const key = readString(r);
  const others = (s.others ??= {});
  const isOdd = known.has(key) || forbiddenKeys.has(key) || Object.hasOwn(others, key);
  if (isOdd || s.otherCount >= otherCountMax) {
    r.path.pop();
    return -1;
  }
  r.path.push(key);
  r.depth++;
  expect(r, colon);
  peekPastSpace(r);
  s.otherCount++;
  others[key] = readValue(r, undefined);
  r.depth--;
  r.path.length -= 2;
  return r.pos;
}
