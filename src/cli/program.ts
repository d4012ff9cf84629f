import { AppError } from '../base/faults.ts';
import { nearest } from '../server/options-nearest.ts';
import { resolveOptions } from '../server/options-resolve.ts';
import { boolean, text, UsageFault } from '../server/options-table.ts';
import type { OptionTable } from '../server/options-table.ts';
import { commandFirst, parseArguments } from './arguments.ts';
import type { AnyCommand } from './command.ts';
import type { CommandEntry } from './commands/index.ts';
import { exitCodes, exitOf } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import { openTerminal } from './terminal.ts';
import type { TerminalStream } from './terminal.ts';

/** The world as the program sees it; `main.ts` fills it in with the real one. */
export interface ProgramHost {
  readonly words: readonly string[];
  readonly entries: readonly CommandEntry[];
  /** Every setting that the environment or the configuration file may hold. */
  readonly settings: OptionTable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly version: string;
  /** The parsed configuration file; null when none was asked for and none is there. */
  readonly readConfig: (path: string | null) => unknown;
  readonly signal: AbortSignal;
}

/** Options that every command understands; none is a setting. */
const globalOptions = {
  help: boolean({ name: 'help', fallback: false, setting: false, help: 'Show help.' }),
  json: boolean({ name: 'json', fallback: false, setting: false, help: 'Print JSON.' }),
  color: boolean({ name: 'color', fallback: true, setting: false, help: 'Use colour.' }),
  version: boolean({ name: 'version', fallback: false, setting: false, help: 'Show the release.' }),
  config: text({ name: 'config', fallback: '', setting: false, help: 'The configuration file.' }),
} as const satisfies OptionTable;

/** Runs one command line and returns its exit code. Never throws: a fault becomes a sentence on stderr. */
export async function runProgram(host: ProgramHost): Promise<ExitCode> {
  try {
    return await dispatch(host);
  } catch (thrown) {
    report(thrown, host);
    return exitCodes[exitOf(thrown)];
  }
}

async function dispatch(host: ProgramHost): Promise<ExitCode> {
  const words = commandFirst(host.words);
  const [first] = words;
  if (first === undefined) {
    host.stderr.write(`${programHelp(host.entries)}\n`);
    return exitCodes.usage;
  }
  if (first.startsWith('-')) return programFlag(first, host);
  const found = findCommand(words, host.entries);
  if ('help' in found) {
    host.stdout.write(`${found.help}\n`);
    return exitCodes.ok;
  }
  const { command } = await found.entry.load();
  return runCommand(command, words.slice(found.wordCount), host);
}

function programFlag(flag: string, host: ProgramHost): ExitCode {
  if (flag === '--version' || flag === '-v') {
    host.stdout.write(`${host.version}\n`);
    return exitCodes.ok;
  }
  if (flag === '--help' || flag === '-h') {
    host.stdout.write(`${programHelp(host.entries)}\n`);
    return exitCodes.ok;
  }
  throw new UsageFault(`${flag} needs a command. See rollcall --help.`);
}

type Found = { readonly entry: CommandEntry; readonly wordCount: number } | { readonly help: string };

function findCommand(words: readonly string[], entries: readonly CommandEntry[]): Found {
  for (const wordCount of [2, 1]) {
    const name = words.slice(0, wordCount).join(' ');
    const entry = words.length < wordCount ? undefined : entries.find((one) => one.name === name);
    if (entry !== undefined) return { entry, wordCount };
  }
  const [first = '', second] = words;
  const group = entries.filter((entry) => entry.name.startsWith(`${first} `));
  if (group.length > 0 && (second === undefined || second.startsWith('-'))) {
    if (words.includes('--help') || words.includes('-h')) return { help: groupHelp(first, group) };
    throw new UsageFault(
      `${first} needs a second word: ${group.map((entry) => entry.name.slice(first.length + 1)).join(', ')}.`,
    );
  }
  throw unknownCommand(first, second, group.length > 0, entries);
}

function unknownCommand(
  first: string,
  second: string | undefined,
  isGroup: boolean,
  entries: readonly CommandEntry[],
): UsageFault {
  const typed = second !== undefined && !second.startsWith('-') ? [`${first} ${second}`, first] : [first];
  const names = entries.map((entry) => entry.name);
  const groups = names.flatMap((name) => (name.includes(' ') ? [name.slice(0, name.indexOf(' '))] : []));
  const near = typed
    .map((words) => nearest(words, [...names, ...groups]))
    .find((name) => name !== null && name !== first);
  const shown = isGroup ? (typed[0] ?? first) : first;
  const hint = near === undefined || near === null ? 'See rollcall --help.' : `Did you mean ${near}?`;
  return new UsageFault(`There is no command ${shown}. ${hint}`);
}

async function runCommand(
  command: AnyCommand,
  words: readonly string[],
  host: ProgramHost,
): Promise<ExitCode> {
  const { flags, operands } = parseArguments(words, command.options);
  if (flags.has('help')) {
    host.stdout.write(`${commandHelp(command)}\n`);
    return exitCodes.ok;
  }
  if (flags.has('version')) return programFlag('--version', host);
  const configPath = flags.get('config')?.at(-1) ?? host.environment['ROLLCALL_CONFIG'] ?? '';
  const all = resolveOptions({ ...command.options, ...globalOptions }, host.settings, {
    flags,
    environment: host.environment,
    file: host.readConfig(configPath === '' ? null : configPath),
  });
  checkOperands(command, operands);
  const terminal = openTerminal({
    stdout: host.stdout,
    stderr: host.stderr,
    environment: host.environment,
    json: all.json,
    color: all.color,
  });
  return command.run({ values: all, operands, terminal, json: all.json, signal: host.signal });
}

function checkOperands(command: AnyCommand, given: readonly string[]): void {
  const wanted = command.operands ?? [];
  const missing = wanted[given.length];
  if (missing !== undefined && missing.optional !== true) {
    throw new UsageFault(`${command.name} needs ${missing.name}: ${missing.help} See --help.`);
  }
  if (given.length > wanted.length) {
    throw new UsageFault(
      `${command.name} takes ${wanted.length === 0 ? 'no words' : `${wanted.length} word${wanted.length === 1 ? '' : 's'}`} ` +
        `after it, not ${given.length}. See --help.`,
    );
  }
}

/** With `--json` a fault is one JSON object on stderr; stdout stays empty, so that a reader never takes it for a result. */
function report(thrown: unknown, host: ProgramHost): void {
  const exit = exitOf(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (host.words.includes('--json')) {
    const code = thrown instanceof AppError ? { code: thrown.code } : {};
    host.stderr.write(`${JSON.stringify({ error: { exit, ...code, message } })}\n`);
    return;
  }
  host.stderr.write(`rollcall: ${message}\n`);
  const suggestion = thrown instanceof AppError ? thrown.info.suggestion : undefined;
  if (suggestion !== undefined) host.stderr.write(`${suggestion}\n`);
  if (exit === 'failure' && isUnforeseen(thrown)) host.stderr.write(`${(thrown as Error).stack ?? ''}\n`);
}

/** A bug shows its stack: somebody has to report it. Faults with a sentence of their own do not. */
function isUnforeseen(thrown: unknown): boolean {
  return thrown instanceof Error && !(thrown instanceof AppError) && thrown.name !== 'CommandFault';
}
