import { hash } from 'node:crypto';

/** SHA-256 of the UTF-8 of a normalised value, as 64 lower-case hexadecimal digits. Source: AdCP, hashed identifiers. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex');
}
