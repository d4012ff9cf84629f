import { limits } from '../../base/limits.ts';
import { closeBrace, closeBracket, comma, openBrace, quote, skipSpace } from './bytes.ts';
import type { MemberScan } from './member-scan.ts';
import { stageUid, uidCodes } from './member-scan.ts';
import { copyPlainText, lookAheadBytes, valueAfter, word } from './plain-text.ts';

const wType = word('type');
const wValu = word('valu');
const lastOfValue = 0x65;

/** A uid type's name with its closing quote. */
interface TypeName {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly firstWord: number;
}
const typeNames: readonly TypeName[] = [...uidCodes].map(([type, code]) => ({
  code,
  bytes: new TextEncoder().encode(`${type}"`),
  firstWord: word(`${type}"`.slice(0, 4)),
}));

/** The known uid type whose name begins at `p`; undefined for any other text. */
function typeAt(view: DataView, p: number): TypeName | undefined {
  const first = view.getInt32(p, true);
  for (let i = 0; i < typeNames.length; i++) {
    const name = typeNames[i]!;
    if (name.firstWord !== first) continue;
    let same = 4;
    while (same < name.bytes.length && view.getUint8(p + same) === name.bytes[same]) same++;
    if (same === name.bytes.length) return name;
  }
  return undefined;
}

/**
 * Reads the elements of a `uids` array, from behind its bracket, into the staged uids. Returns the position
 * behind the array; -1 when any is not a plain, good `{type, value}` in either order.
 */
export function readPlainUids(s: MemberScan, start: number): number {
  const { bytes, end } = s;
  let p = start;
  for (;;) {
    p = skipSpace(bytes, p, end);
    if (p >= end || bytes[p] !== openBrace || s.uidCount >= limits.uidCountPerMemberMax) return -1;
    p = readPlainUid(s, p + 1);
    if (p < 0) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    const byte = bytes[p++];
    if (byte === closeBracket) return p;
    if (byte !== comma) return -1;
  }
}

function readPlainUid(s: MemberScan, start: number): number {
  const { bytes, view, end } = s;
  let code = 0;
  let valueBytes = 0;
  let p = start;
  for (let field = 0; field < 2; field++) {
    p = skipSpace(bytes, p, end);
    if (p + lookAheadBytes > end || bytes[p] !== quote) return -1;
    const key = view.getInt32(p + 1, true);
    if (key === wType && bytes[p + 5] === quote && code === 0) {
      p = valueAfter(bytes, p + 6, end);
      if (p < 0 || bytes[p] !== quote) return -1;
      const name = typeAt(view, p + 1);
      if (name === undefined) return -1;
      code = name.code;
      p += 1 + name.bytes.length;
    } else if (key === wValu && bytes[p + 5] === lastOfValue && bytes[p + 6] === quote && valueBytes === 0) {
      p = valueAfter(bytes, p + 7, end);
      if (p < 0 || bytes[p] !== quote) return -1;
      valueBytes = copyPlainText(bytes, p + 1, end, s.value, 0, limits.uidValueBytesMax);
      if (valueBytes <= 0) return -1;
      p += valueBytes + 2;
    } else return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end || bytes[p++] !== (field === 0 ? comma : closeBrace)) return -1;
  }
  return stageUid(s, code, valueBytes) ? p : -1;
}
