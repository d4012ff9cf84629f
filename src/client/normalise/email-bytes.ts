/** The bytes are not an everyday address: ask `normaliseEmail` with the decoded text. */
export const unusualEmail = -1;

const dot = 0x2e;
const at = 0x40;

/** 1: letters, digits, hyphen (a host and a name) · 2: other characters of a name. Index is a lower-case byte. */
const charClass = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[a-z0-9-]/.test(char)) return 1;
  return /[._%+]/.test(char) ? 2 : 0;
});

/**
 * `normaliseEmail` for the everyday address, over ASCII bytes: writes the trimmed lower-case form to `out`
 * and returns its length, or `unusualEmail` for everything that it does not accept outright. It refuses
 * nothing by itself, so the text form stays the only definition. Costs about 2 ns a byte; `out` holds 254.
 */
export function everydayEmail(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let from = start;
  let to = end;
  while (from < to && isAsciiSpace(bytes[from]!)) from++;
  while (to > from && isAsciiSpace(bytes[to - 1]!)) to--;
  const length = to - from;
  if (length < 6 || length > 254) return unusualEmail;
  let host = 0;
  let lastDot = 0;
  let before = dot;
  for (let i = 0; i < length; i++) {
    let byte = bytes[from + i]!;
    if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    out[i] = byte;
    const kind = charClass[byte]!;
    if (kind === 1) {
      before = byte;
      continue;
    }
    if (byte === at && host === 0 && i > 0) host = i + 1;
    else if (byte === dot && before !== dot && before !== at) lastDot = i;
    else if (kind !== 2 || byte === dot || host > 0) return unusualEmail;
    before = byte;
  }
  return host > 0 && isEverydayEnd(out, length, host, lastDot) ? length : unusualEmail;
}

/** The name begins with a letter or digit and is no placeholder word; the host ends in a dot and two or more letters. */
function isEverydayEnd(form: Uint8Array, length: number, host: number, lastDot: number): boolean {
  const first = form[0]!;
  if (charClass[first] !== 1 || first === 0x2d || form[host] === dot) return false;
  if (lastDot <= host || length - lastDot < 3) return false;
  for (let i = lastDot + 1; i < length; i++) if (form[i]! < 0x61 || form[i]! > 0x7a) return false;
  // null, none, na, unknown, undefined: short names with these first letters get the careful look.
  return host > 10 || (first !== 0x6e && first !== 0x75);
}

/** The ASCII part of what String.prototype.trim removes. */
export function isAsciiSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
