import type { Option, OptionTable, OptionValues } from './options-table.ts';
import { UsageFault } from './options-table.ts';
import { nearest } from './options-nearest.ts';

/** Where settings come from, strongest first. */
export interface OptionSources {
  /** Flags by name without the dashes, in the order given; a repeated flag has several values. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The parsed configuration file, or null when there is none. */
  readonly file: unknown;
}

/** Environment names that are ours but no settings: the place of the configuration file, and the tests' switch for long runs. */
const otherEnvironmentNames = ['ROLLCALL_CONFIG', 'ROLLCALL_LONG'];

/**
 * Settles every option of `table`: flag, then environment, then configuration file, then default.
 *
 * `known` holds every setting of the program. A flag must be an option of this table; a name in the environment
 * or the file must be a setting of `known`, because one file serves all commands. Anything else is a mistake
 * that would otherwise be silently without effect: UsageFault, with the nearest name.
 */
export function resolveOptions<T extends OptionTable>(
  table: T,
  known: OptionTable,
  sources: OptionSources,
): OptionValues<T> {
  const file = readFile(sources.file);
  refuseUnknownFlags(table, sources.flags);
  refuseUnknownEnvironment({ ...known, ...table }, sources.environment);
  refuseUnknownFileNames({ ...known, ...table }, file);
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) values[key] = settle(option, sources, file);
  return values as OptionValues<T>;
}

function settle(
  option: Option<unknown>,
  sources: OptionSources,
  file: Readonly<Record<string, unknown>>,
): unknown {
  const flags = sources.flags.get(option.name);
  if (flags !== undefined) return fromFlags(option, flags);
  const fromEnvironment = environmentValue(option, sources.environment);
  if (fromEnvironment !== null)
    return located(`in ${fromEnvironment.name}`, () => option.parse(fromEnvironment.value));
  if (option.env !== null && Object.hasOwn(file, option.name)) return fromFile(option, file[option.name]);
  return option.fallback;
}

function fromFlags(option: Option<unknown>, flags: readonly string[]): unknown {
  if (option.secret || flags.some((value) => option.isSecretValue?.(value) === true)) {
    throw new UsageFault(
      `--${option.name} ${option.secret ? 'is' : 'holds'} a secret and would show in the list of processes; set ${option.env ?? 'it'} instead.`,
    );
  }
  if (option.kind === 'list') return option.parse(flags.join(','));
  if (flags.length > 1)
    throw new UsageFault(`--${option.name} is given ${flags.length} times; give it once.`);
  return located(`in --${option.name}`, () => option.parse(flags[0] ?? ''));
}

/** An empty variable counts as not set, as hosting platforms do it. PORT is what most of them set. */
function environmentValue(
  option: Option<unknown>,
  environment: OptionSources['environment'],
): { name: string; value: string } | null {
  const names = option.env === null ? [] : option.name === 'port' ? [option.env, 'PORT'] : [option.env];
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}

function fromFile(option: Option<unknown>, value: unknown): unknown {
  const wrong = new UsageFault(`${option.name} in the configuration file has the wrong type.`);
  const place = `${option.name} in the configuration file`;
  switch (option.kind) {
    case 'integer':
      if (typeof value !== 'number') throw wrong;
      return located(place, () => option.parse(String(value)));
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong;
      return value;
    case 'list':
      if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) throw wrong;
      return value;
    case 'text':
    case 'choice':
      if (typeof value !== 'string') throw wrong;
      return located(place, () => option.parse(value));
  }
}

function readFile(file: unknown): Readonly<Record<string, unknown>> {
  if (file === null || file === undefined) return {};
  if (typeof file !== 'object' || Array.isArray(file)) {
    throw new UsageFault('The configuration file must hold one JSON object.');
  }
  return file as Readonly<Record<string, unknown>>;
}

function refuseUnknownFlags(table: OptionTable, flags: OptionSources['flags']): void {
  const names = Object.values(table).map((option) => option.name);
  for (const name of flags.keys()) {
    if (!names.includes(name))
      throw new UsageFault(`There is no option --${name}.${hint(name, names, '--')}`);
  }
}

function refuseUnknownEnvironment(known: OptionTable, environment: OptionSources['environment']): void {
  const names = [
    ...Object.values(known).flatMap((option) => (option.env === null ? [] : [option.env])),
    ...otherEnvironmentNames,
  ];
  for (const name of Object.keys(environment)) {
    if (name.startsWith('ROLLCALL_') && !names.includes(name)) {
      throw new UsageFault(`There is no setting ${name} (from the environment).${hint(name, names, '')}`);
    }
  }
}

function refuseUnknownFileNames(known: OptionTable, file: Readonly<Record<string, unknown>>): void {
  const names = Object.values(known).flatMap((option) => (option.env === null ? [] : [option.name]));
  for (const name of Object.keys(file)) {
    if (!names.includes(name)) {
      throw new UsageFault(
        `There is no setting "${name}" (from the configuration file).${hint(name, names, '')}`,
      );
    }
  }
}

/** ` Did you mean X?`, or a pointer to help. */
function hint(word: string, names: readonly string[], prefix: string): string {
  const near = nearest(word, names);
  return near === null ? ' See --help.' : ` Did you mean ${prefix}${near}?`;
}

function located<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof UsageFault)) throw cause;
    throw new UsageFault(`${cause.message.replace(/\.$/, '')} (${place}).`, { cause });
  }
}
