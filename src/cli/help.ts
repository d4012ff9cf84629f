import type { Option } from '../server/options-table.ts';
import type { AnyCommand } from './command.ts';

/** A command as the list of commands knows it, without loading it. */
export interface CommandLine {
  readonly name: string;
  readonly summary: string;
}

const globalLines: readonly (readonly [string, string])[] = [
  ['--json', 'Print the result as one JSON value.'],
  ['--config FILE', 'Read settings from FILE instead of rollcall.config.json.'],
  ['--no-color', 'Print without colour; NO_COLOR does the same.'],
  ['--help', 'Show this.'],
];

const exitLine =
  'Exit codes: 0 ok, 1 failure, 2 usage, 3 partial, 4 auth, 5 not found, 6 bad input file, 7 temporary, 8 conflict.';

/** What `rollcall --help` shows. */
export function programHelp(commands: readonly CommandLine[]): string {
  return [
    'Rollcall takes hashed customer lists from ad buyers and matches them against your own users.',
    '',
    'usage: rollcall COMMAND [OPTIONS]',
    '',
    ...columns(commands.map((command) => [command.name, command.summary])),
    '',
    'example: rollcall demo',
    '',
    'rollcall COMMAND --help tells more about one of them; rollcall --version names this release.',
    exitLine,
  ].join('\n');
}

/** What `rollcall account --help` shows, where `account` is only the first word of several commands. */
export function groupHelp(group: string, commands: readonly CommandLine[]): string {
  const lines = commands.map((command) => [command.name, command.summary] as const);
  return [`usage: rollcall ${group} COMMAND [OPTIONS]`, '', ...columns(lines)].join('\n');
}

/** What `rollcall NAME --help` shows; all of it follows from the command's tables. */
export function commandHelp(command: AnyCommand): string {
  const operands = command.operands ?? [];
  const options = Object.values(command.options);
  const words = operands.map((operand) => (operand.optional === true ? `[${operand.name}]` : operand.name));
  const sections: string[][] = [
    [`${command.summary}.`],
    [`usage: ${['rollcall', command.name, ...words, '[OPTIONS]'].join(' ')}`],
  ];
  if (operands.length > 0) {
    sections.push(columns(operands.map((operand) => [operand.name, operand.help])));
  }
  sections.push(columns([...options.filter(isFlag).map(optionLine), ...globalLines]));
  sections.push([`example: ${exampleOf(command)}`]);
  const settings = options.filter((option) => option.env !== null);
  if (settings.length > 0) sections.push(settingLines(settings));
  sections.push([exitLine]);
  return sections.map((section) => section.join('\n')).join('\n\n');
}

/** A command line that works as it stands, made of the examples in the tables. */
export function exampleOf(command: AnyCommand): string {
  const operands = (command.operands ?? []).map((operand) => operand.example);
  const options = Object.values(command.options).flatMap((option) => {
    if (option.example === undefined || option.secret) return [];
    return [option.kind === 'boolean' ? `--${option.name}` : `--${option.name} ${option.example}`];
  });
  return ['rollcall', command.name, ...operands, ...options].join(' ');
}

function isFlag(option: Option<unknown>): boolean {
  return !option.secret;
}

function optionLine(option: Option<unknown>): readonly [string, string] {
  const on = option.kind === 'boolean' && option.fallback === true;
  const flag = on ? `--no-${option.name}` : `--${option.name} ${option.placeholder}`.trimEnd();
  return [flag, `${on ? `Turns off: ${option.help}` : option.help}${fallbackNote(option)}`];
}

function fallbackNote(option: Option<unknown>): string {
  const { fallback } = option;
  if (typeof fallback === 'number') return ` [${fallback}]`;
  if (typeof fallback === 'string' && fallback !== '') return ` [${fallback}]`;
  return '';
}

function settingLines(options: readonly Option<unknown>[]): string[] {
  const [first] = options;
  const names = options.map((option) => option.env ?? '').join(', ');
  const lines = [
    'The same from the environment, where a flag does not say otherwise:',
    ...wrap(names, 98).map((line) => `  ${line}`),
  ];
  if (first !== undefined)
    lines.push(`or from rollcall.config.json, by the option's name: { "${first.name}": … }.`);
  return lines;
}

/** Two columns; the second is wrapped to stay within 100 characters. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, words]) =>
    wrap(words, Math.max(40, 98 - left)).map((line, at) => `  ${(at === 0 ? name : '').padEnd(left)}${line}`),
  );
}

function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
