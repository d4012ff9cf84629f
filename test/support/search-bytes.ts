/** Every form in which a hash could lie in a file: hexadecimal in either case, raw, Base64. */
export function formsOf(hash: Buffer): Buffer[] {
  const hex = hash.toString('hex');
  return [
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    hash,
    Buffer.from(hash.toString('base64').slice(0, 42)),
  ];
}

/** Counts needles in haystacks: a bit for each three-byte start, so that a pass costs little more than reading. */
export function createSearch(needles: readonly Buffer[]): (haystack: Buffer) => number {
  const isStart = new Uint8Array(1 << 24);
  const byStart = new Map<number, Buffer[]>();
  for (const needle of needles) {
    const start = needle.readUIntLE(0, 3);
    isStart[start] = 1;
    const known = byStart.get(start);
    if (known === undefined) byStart.set(start, [needle]);
    else known.push(needle);
  }
  return (haystack) => {
    let found = 0;
    for (let at = 0; at + 3 <= haystack.length; at++) {
      const start = haystack[at]! | (haystack[at + 1]! << 8) | (haystack[at + 2]! << 16);
      if (isStart[start] === 0) continue;
      for (const needle of byStart.get(start) ?? []) {
        if (haystack.subarray(at, at + needle.length).equals(needle)) found += 1;
      }
    }
    return found;
  };
}
