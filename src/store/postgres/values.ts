/**
 * Values as Postgres writes them in its text format, as scripts expect them. The driver reads no other format: it takes every value
 * for text, so that a blob arrives as twice as many digits. What is sent goes as it is.
 */
import type { CustomTypesConfig } from 'pg';

import type { SqlValue } from '../script.ts';

/** By the number of a type. Source: PostgreSQL, `pg_type.dat`. */
const parsers: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => (text === 't' ? 1 : 0), // bool: as SQLite has it
  17: bytesOf, // bytea
  20: wholeOf, // int8
  21: Number, // int2
  23: Number, // int4
  701: Number, // float8
  1700: wholeOf, // numeric: what sum gives over whole numbers
};

export const valueTypes = {
  getTypeParser: (oid: number) => parsers[oid] ?? String,
} as unknown as CustomTypesConfig;

function wholeOf(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError('a number in the database is beyond 2^53');
  return number;
}

/** `\x0aff`, in memory of its own. */
function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow((text.length - 2) / 2);
  bytes.write(text.slice(2), 'hex');
  return new Uint8Array(bytes.buffer);
}
