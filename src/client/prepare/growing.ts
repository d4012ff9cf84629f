/** Byte and number columns whose length is not known beforehand. Appending is amortised constant. */
export interface GrowingBytes {
  bytes: Buffer;
  length: number;
}

export function growingBytes(capacity: number): GrowingBytes {
  return { bytes: Buffer.alloc(capacity), length: 0 };
}

/** Makes room for `count` more bytes. */
export function reserve(column: GrowingBytes, count: number): void {
  const needed = column.length + count;
  if (needed <= column.bytes.length) return;
  const larger = Buffer.alloc(Math.max(needed, column.bytes.length * 2));
  larger.set(column.bytes.subarray(0, column.length));
  column.bytes = larger;
}

export function appendBytes(column: GrowingBytes, source: Uint8Array, start: number, end: number): void {
  reserve(column, end - start);
  for (let i = start, at = column.length; i < end; i++, at++) column.bytes[at] = source[i]!;
  column.length += end - start;
}

/** The bytes in memory of their own, ready to be handed to another thread. */
export function finishBytes(column: GrowingBytes): Uint8Array<ArrayBuffer> {
  return new Uint8Array(column.bytes.subarray(0, column.length));
}

export interface GrowingNumbers {
  values: Uint32Array<ArrayBuffer>;
  length: number;
}

export function growingNumbers(capacity: number): GrowingNumbers {
  return { values: new Uint32Array(capacity), length: 0 };
}

export function appendNumber(column: GrowingNumbers, value: number): void {
  if (column.length === column.values.length) {
    const larger = new Uint32Array(column.values.length * 2);
    larger.set(column.values);
    column.values = larger;
  }
  column.values[column.length++] = value;
}

export function finishNumbers(column: GrowingNumbers): Uint32Array<ArrayBuffer> {
  return column.values.slice(0, column.length);
}
