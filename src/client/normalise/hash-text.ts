import { hash } from 'node:crypto';

/** SHA-256 of the UTF-8 of a text as 64 lower-case hexadecimal digits: the form that AdCP carries. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Node's buffers have this method; its types leave it out, and `write` costs twice as much for short values. */
interface Latin1Writer {
  latin1Write(text: string, at: number, length: number): number;
}

/**
 * SHA-256 of bytes, written as 32 bytes to `out` at `at`. Costs about 0.35 µs for short values;
 * asking Node for a Buffer costs three times that.
 */
export function hashInto(bytes: Uint8Array, out: Buffer, at: number): void {
  const digest = hash('sha256', bytes, 'binary');
  (out as Buffer & Latin1Writer).latin1Write(digest, at, 32);
}

/** The same of the UTF-8 of a text. */
export function hashTextInto(text: string, out: Buffer, at: number): void {
  const digest = hash('sha256', text, 'binary');
  (out as Buffer & Latin1Writer).latin1Write(digest, at, 32);
}
