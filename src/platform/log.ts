/** Severity, lowest first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * The only fields that can reach a log. Everything here is made by the server or is a public id; nothing is a value
 * that a caller sent. A field that is not listed is dropped, whatever the types say.
 */
export const logFieldNames = [
  'request_id',
  'method',
  'route',
  'status',
  'duration_ms',
  'moved_ms',
  'bytes_in',
  'bytes_out',
  'operation',
  'code',
  'key_id',
  'error_name',
  'error_stack',
  'cause_name',
  'reason',
  'account_no',
  'audience_no',
  'operation_seq',
  'task_count',
  'job_count',
  'member_count',
  'matched_count',
  'graph_version',
  'user_count',
  'thread',
  'host',
  'port',
  'signal',
  'version',
] as const;
export type LogField = (typeof logFieldNames)[number];
export type LogFields = { readonly [Name in LogField]?: string | number | boolean | null | undefined };

/** Writes one event. Event names are fixed words in snake case. Never throws. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

export interface LogOptions {
  /** Events below this level are dropped. */
  readonly level: LogLevel;
  /** For people at a terminal instead of one JSON object per line. */
  readonly pretty: boolean;
  readonly now: () => number;
  /** Takes one line, its newline included. */
  readonly write: (line: string) => void;
}

const valueCharsMax = 2_048;
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function safeValue(value: unknown): string | number | boolean | null | undefined {
  if (typeof value === 'string')
    return value.length > valueCharsMax ? `${value.slice(0, valueCharsMax)}…` : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'boolean' || value === null ? value : undefined;
}

function allowed(fields: LogFields): [LogField, string | number | boolean | null][] {
  const kept: [LogField, string | number | boolean | null][] = [];
  for (const name of logFieldNames) {
    const value = safeValue(fields[name]);
    if (value !== undefined) kept.push([name, value]);
  }
  return kept;
}

function jsonLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, event, ...Object.fromEntries(allowed(fields)) })}\n`;
}

function prettyLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  const words = allowed(fields).map(([name, value]) => `${name}=${String(value).replace(control, ' ')}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${[event, ...words].join('  ')}\n`;
}

/** A log that drops what is below its level and every field that is not on the list. */
export function createLog(options: LogOptions): Log {
  const lowest = logLevels.indexOf(options.level);
  const format = options.pretty ? prettyLine : jsonLine;
  return (level, event, fields = {}) => {
    if (logLevels.indexOf(level) < lowest) return;
    try {
      options.write(format(new Date(options.now()).toISOString(), level, event, fields));
    } catch {
      // A log that cannot be written must not stop the work that it tells of.
    }
  };
}

/** The log of a process: standard error. */
export function stderrLog(level: LogLevel, pretty: boolean): Log {
  return createLog({ level, pretty, now: () => Date.now(), write: (line) => process.stderr.write(line) });
}

/**
 * What may be logged of an error: its name and where it was thrown. The message stays out, because a library's message can
 * quote what it was given.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error_name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? { cause_name: error.cause.name } : {};
  return {
    error_name: error.name,
    error_stack: frames
      .slice(0, 12)
      .map((line) => line.trim())
      .join(' | '),
    ...cause,
  };
}
