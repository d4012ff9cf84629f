import { readFileSync, statSync } from 'node:fs';

import { KeyFault } from './key-fault.ts';
import type { LoadedKeys } from './key-source.ts';
import { readKeys } from './read-keys.ts';
import { receiveLimits } from './receive-limits.ts';

/** The keys of a file with a key set. Throws KeyFault. */
export function keysOfFile(path: string): LoadedKeys {
  const at = `The key file ${path}`;
  const text = readSmallFile(path, at);
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new KeyFault(
      `${at} is no JSON.`,
      'It must be a key set such as {"keys": [ … ]} (RFC 7517).',
      error,
    );
  }
  return { keys: readKeys(value, at), from: path };
}

/** The text of a small file. Throws KeyFault; `at` names it: `The secret file x`. */
export function readSmallFile(path: string, at: string): string {
  try {
    if (statSync(path).size <= receiveLimits.fileBytesMax) return readFileSync(path, 'utf8');
  } catch (error) {
    throw new KeyFault(`${at} cannot be read.`, 'Is the path right, and may you read it?', error);
  }
  throw new KeyFault(`${at} is larger than ${receiveLimits.fileBytesMax} bytes.`, 'Is it the right one?');
}
