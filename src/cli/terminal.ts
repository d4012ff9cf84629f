import { progressLine } from './progress.ts';
import type { Progress } from './progress.ts';

/** The two streams that a command writes to, and what they can show. */
export interface Terminal {
  /** A result: stdout. Silent with `--json`, where the one JSON value is the result. */
  print(line: string): void;
  /** The result of `--json`: one line on stdout. */
  json(value: unknown): void;
  /** Talk: stderr. Silent with `--json` unless it is a terminal. */
  say(line: string): void;
  /** A line that rewrites itself on a terminal, and says only its end elsewhere. */
  progress(label: string): Progress;
  /** Colours for stdout; the words unchanged when colour is off. */
  readonly paint: Paint;
  /** Columns of stdout; 80 when unknown. */
  readonly columns: number;
}

export interface Paint {
  bold(words: string): string;
  dim(words: string): string;
  good(words: string): string;
  bad(words: string): string;
  accent(words: string): string;
}

/** As much of a stream as a terminal needs; tests pass an array-backed one. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalSetup {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly json: boolean;
  /** False for `--no-color`. NO_COLOR and TERM=dumb are read from the environment. */
  readonly color: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function openTerminal(setup: TerminalSetup): Terminal {
  const { stdout, stderr, json } = setup;
  const colorful = setup.color && allowsColor(setup.environment);
  const animated = stderr.isTTY === true && setup.environment['TERM'] !== 'dumb';
  const quiet = json && !animated;
  return {
    print: (line) => void (json || stdout.write(`${line}\n`)),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    say: (line) => void (quiet || stderr.write(`${line}\n`)),
    progress: (label) => progressLine(label, quiet ? null : stderr, animated),
    paint: makePaint(colorful && stdout.isTTY === true),
    columns: stdout.columns ?? 80,
  };
}

/** https://no-color.org: any value but the empty one turns colour off. */
function allowsColor(environment: TerminalSetup['environment']): boolean {
  return (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

function makePaint(on: boolean): Paint {
  const style = (code: number) => (words: string) => (on ? `\u001b[${code}m${words}\u001b[0m` : words);
  return { bold: style(1), dim: style(2), good: style(32), bad: style(31), accent: style(36) };
}
