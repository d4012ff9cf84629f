import { receiveLimits } from './receive-limits.ts';

/**
 * Whether an object somewhere in this JSON text names a key twice: parsers disagree on which value counts, so
 * what was signed could mean two things. The text must be valid JSON, else the answer means nothing. True as
 * well when it is nested deeper than `jsonDepthMax`: it cannot be ruled out there. Source: AdCP webhooks,
 * `duplicate_key_input`.
 */
export function hasDuplicateKey(text: string): boolean {
  /** Keys of the objects that are open; null: an array. */
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (expectsKey && keys instanceof Set) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) return true;
        keys.add(key);
        expectsKey = false;
      }
      at = end - 1;
    } else if (char === '{' || char === '[') {
      if (open.length >= receiveLimits.jsonDepthMax) return true;
      open.push(char === '{' ? new Set() : null);
      expectsKey = char === '{';
    } else if (char === '}' || char === ']') {
      open.pop();
      expectsKey = false;
    } else if (char === ',') {
      expectsKey = open.at(-1) instanceof Set;
    }
  }
  return false;
}

/** The place after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}
