import type { OptionTable, OptionValues } from '../server/options-table.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** A word after the command that is no option: a file, an id. */
export interface Operand {
  /** In help: `FILE`. */
  readonly name: string;
  readonly help: string;
  readonly example: string;
  /** Default: must be given. */
  readonly optional?: boolean;
}

/** What a command gets to work with. */
export interface CommandCall<T extends OptionTable> {
  readonly values: OptionValues<T>;
  /** As many as the command declares; a missing optional one is absent. */
  readonly operands: readonly string[];
  readonly terminal: Terminal;
  /** `--json`: print exactly one JSON value on stdout, with `terminal.json`. */
  readonly json: boolean;
  /** Aborted by Ctrl-C and by SIGTERM. A second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
}

/** One command of the program. `src/cli/commands/NAME.ts` exports it as `command`. */
export interface Command<T extends OptionTable = OptionTable> {
  /** With its group: `account create`. */
  readonly name: string;
  /** One line, present tense, no full stop. */
  readonly summary: string;
  readonly operands?: readonly Operand[];
  readonly options: T;
  /**
   * Does the work. Results go to stdout, talk to stderr. Returns the exit code; throws CommandFault, UsageFault
   * or AppError for everything that has a sentence for the user.
   */
  run(call: CommandCall<T>): Promise<ExitCode>;
}

/** A command whose option types only it knows. */
export interface AnyCommand extends Omit<Command, 'run'> {
  run(call: CommandCall<OptionTable>): Promise<ExitCode>;
}

/** Types the command by its own table, then forgets the table's type so that commands fit in one list. */
export function defineCommand<const T extends OptionTable>(command: Command<T>): AnyCommand {
  return {
    ...command,
    run: (call) => command.run({ ...call, values: call.values as OptionValues<T> }),
  };
}
