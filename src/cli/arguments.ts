import { UsageFault } from '../server/options-table.ts';
import type { OptionTable } from '../server/options-table.ts';

/** Words of a command line, taken apart but not yet understood. */
export interface Arguments {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/** Options that every command understands. All are booleans but `config`. */
export const globalFlags = ['help', 'json', 'color', 'version', 'config'] as const;

/** The words that may stand before a command's name: `rollcall --json account list`. */
const leadingBooleans = new Set(['--help', '-h', '--json', '--no-color', '--color', '--version', '-v']);

/** Moves global booleans that stand before the command behind it, so that the command's name comes first. */
export function commandFirst(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !leadingBooleans.has(word));
  return at <= 0 ? words : [...words.slice(at), ...words.slice(0, at)];
}

/**
 * Takes apart what follows a command's name. `--name value`, `--name=value`, `--flag` and `--no-flag` for
 * booleans, `-h`; everything after `--` is an operand. Names are not checked here.
 */
export function parseArguments(words: readonly string[], table: OptionTable): Arguments {
  const booleans = new Set<string>(globalFlags.filter((name) => name !== 'config'));
  for (const option of Object.values(table)) if (option.kind === 'boolean') booleans.add(option.name);
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  const put = (name: string, value: string) => flags.set(name, [...(flags.get(name) ?? []), value]);
  for (let at = 0; at < words.length; at++) {
    const word = shortForms[words[at] ?? ''] ?? words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const flag = readFlag(word, booleans);
    if (flag.value !== null) put(flag.name, flag.value);
    else put(flag.name, valueAfter(flag.name, words[++at]));
  }
  return { flags, operands };
}

const shortForms: Readonly<Record<string, string>> = { '-h': '--help', '-v': '--version' };

/** A value of null stands in the next word. */
function readFlag(word: string, booleans: ReadonlySet<string>): { name: string; value: string | null } {
  if (!word.startsWith('--')) {
    throw new UsageFault(`${word} is not an option; options are written out, like --help.`);
  }
  const equals = word.indexOf('=');
  if (equals !== -1) return { name: word.slice(2, equals), value: word.slice(equals + 1) };
  const name = word.slice(2);
  if (booleans.has(name)) return { name, value: 'true' };
  if (name.startsWith('no-') && booleans.has(name.slice(3))) return { name: name.slice(3), value: 'false' };
  return { name, value: null };
}

function valueAfter(name: string, word: string | undefined): string {
  // A word that looks like an option is far more often a forgotten value than a value; --name=--x says it.
  if (word === undefined || word.startsWith('--')) throw new UsageFault(`--${name} needs a value.`);
  return word;
}
