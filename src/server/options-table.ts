/**
 * Settings and flags are declared once, as rows of a table; help, documentation, the environment and the
 * configuration file all come from the row.
 */

/** One setting that yields a T. */
export interface Option<T> {
  /** As written after `--` and in the configuration file: kebab-case. */
  readonly name: string;
  /** `ROLLCALL_…`, or null for a flag that belongs to one command and is no setting. */
  readonly env: string | null;
  readonly kind: OptionKind;
  /** What stands for the value in help: `PORT`. */
  readonly placeholder: string;
  readonly fallback: T;
  /** One sentence, present tense. */
  readonly help: string;
  /** The value that the example of `--help` shows; absent: the example leaves the option out. */
  readonly example?: string;
  /** A secret is never shown, and is not accepted as a flag: other users of the machine see those. */
  readonly secret: boolean;
  /** Of an option that is a secret only where its value holds one. */
  readonly isSecretValue?: (value: string) => boolean;
  /** Reads one spelling of the value. Throws UsageFault with a sentence that names the way out. */
  readonly parse: (text: string) => T;
}

export type OptionKind = 'text' | 'integer' | 'boolean' | 'choice' | 'list';

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table: `{ port: number, host: string, … }`. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V : never;
};

/** The caller asked for something that does not exist or does not fit. Exit code 2. */
export class UsageFault extends Error {
  override name = 'UsageFault';
}

interface Common<T> {
  readonly name: string;
  readonly help: string;
  readonly fallback: T;
  readonly example?: string;
  readonly placeholder?: string;
  /** False: a flag of one command only, neither in the environment nor in the configuration file. */
  readonly setting?: boolean;
}

export function text(row: Common<string> & { secret?: boolean }): Option<string> {
  return make(row, 'text', row.placeholder ?? 'TEXT', (value) => value, row.secret ?? false);
}

export function integer(row: Common<number> & { min: number; max: number }): Option<number> {
  return make(row, 'integer', row.placeholder ?? 'N', (value) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= row.min && number <= row.max)) {
      throw new UsageFault(`${row.name} takes a whole number from ${row.min} to ${row.max}.`);
    }
    return number;
  });
}

const yes = new Set(['true', 'yes', 'on', '1']);
const no = new Set(['false', 'no', 'off', '0']);

/** On the command line: `--name`, `--no-name` or `--name=yes`. */
export function boolean(row: Common<boolean>): Option<boolean> {
  return make(row, 'boolean', '', (value) => {
    const word = value.toLowerCase();
    if (yes.has(word)) return true;
    if (no.has(word)) return false;
    throw new UsageFault(`${row.name} takes yes or no.`);
  });
}

export function choice<const T extends string>(
  row: Common<T> & { choices: readonly [T, ...T[]] },
): Option<T> {
  return make(row, 'choice', row.placeholder ?? row.choices.join('|'), (value) => {
    const found = row.choices.find((one) => one === value);
    if (found === undefined) throw new UsageFault(`${row.name} takes one of ${row.choices.join(', ')}.`);
    return found;
  });
}

/** Repeat the flag, or separate values with commas; an array in the configuration file. */
export function list(row: Common<readonly string[]>): Option<readonly string[]> {
  return make(row, 'list', row.placeholder ?? 'TEXT', (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

/** The name in the environment that follows from a setting's name. */
export function envName(name: string): string {
  return `ROLLCALL_${name.toUpperCase().replaceAll('-', '_')}`;
}

function make<T>(
  row: Common<T>,
  kind: OptionKind,
  placeholder: string,
  parse: (value: string) => T,
  secret = false,
): Option<T> {
  const { name, help, fallback, setting = true, example } = row;
  const env = setting ? envName(name) : null;
  return {
    name,
    env,
    kind,
    placeholder,
    fallback,
    help,
    secret,
    parse,
    ...(example === undefined ? {} : { example }),
  };
}
