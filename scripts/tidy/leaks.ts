/** After a run: whether anything that must stay secret was written anywhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const canaryKinds = ['key', 'hash', 'credential', 'external_id', 'secret', 'email'] as const;
export type CanaryKind = (typeof canaryKinds)[number];

/** `log`: what a server wrote to its log or its console. `answer`: what a caller was answered. */
export const outputKinds = ['log', 'answer', 'talk'] as const;
export type OutputKind = (typeof outputKinds)[number];

export interface Leaks {
  readonly canaryCount: number;
  readonly outputBytes: number;
  /** Where a canary was seen, by its kind; never the canary itself. */
  readonly found: readonly string[];
}

/** A caller is told which of its own members were rejected, by the id that it gave them; and a key is shown to whoever makes it. */
function isLegal(kind: CanaryKind, where: OutputKind): boolean {
  return (kind === 'external_id' && where === 'answer') || (kind === 'email' && where === 'answer');
}

/** Everything that could be one: longer words have no other letters. */
const wordPattern = /[\w.@+-]{16,}/g;

/** `folder`: what test/support/canaries.ts wrote. `talk`: what the tests themselves printed. */
export function findLeaks(folder: string, talk: string): Leaks {
  const canaries = new Map<string, CanaryKind>();
  const outputs: (readonly [OutputKind, string])[] = [['talk', talk]];
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const kind = outputKinds.find((one) => file.startsWith(`${one}-`));
    if (kind !== undefined) outputs.push([kind, text]);
    else {
      for (const line of text.split('\n')) {
        const at = line.indexOf(' ');
        if (at > 0) canaries.set(line.slice(at + 1), line.slice(0, at) as CanaryKind);
      }
    }
  }
  const found = new Set<string>();
  // Some have letters that words do not have; they are few.
  const odd = [...canaries].filter(([value]) => !/^[\w.@+-]+$/.test(value));
  for (const [where, text] of outputs) {
    for (const [word] of text.matchAll(wordPattern)) {
      const kind = canaries.get(word);
      if (kind !== undefined && !isLegal(kind, where)) found.add(`${kind} in ${where}`);
    }
    for (const [value, kind] of odd) {
      if (!isLegal(kind, where) && text.includes(value)) found.add(`${kind} in ${where}`);
    }
  }
  const outputBytes = outputs.reduce((sum, [, text]) => sum + text.length, 0);
  return { canaryCount: canaries.size, outputBytes, found: [...found].toSorted() };
}
