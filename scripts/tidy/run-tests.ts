import { relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

import { root } from './tree.ts';

/** What Node's runner counts. */
export interface Counts {
  readonly tests: number;
  readonly suites: number;
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
  readonly durationMs: number;
}

export const noCounts: Counts = {
  tests: 0,
  suites: 0,
  passed: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
  todo: 0,
  durationMs: 0,
};

export interface PhaseResult {
  /** All that the tests printed. */
  readonly talk: string;
  readonly counts: Counts;
  /** One text per failed test: where, what, why. */
  readonly failures: readonly string[];
}

/** A test that takes longer hangs. */
const testMsMax = 15 * 60_000;

/** What a file wrote to stderr is shown only when it failed, and only its end. */
const talkCharsMax = 20_000;

/**
 * Runs test files, each in a process of its own, at most `concurrency` at a time. Prints a line per file when it
 * ends. A file that declares no test is a failure: the runner alone would count it as a test that passed.
 */
export async function runPhase(files: readonly string[], concurrency: number): Promise<PhaseResult> {
  let counts = noCounts;
  const failures: string[] = [];
  const talk = new Map<string | undefined, string>();
  let everything = '';
  if (files.length === 0) return { counts, failures, talk: everything };
  const events = run({ files: [...files], concurrency, cwd: root, timeout: testMsMax });
  for await (const event of events as AsyncIterable<TestEvent>) {
    if (event.type === 'test:fail') {
      const failure = describeFailure(event.data);
      if (failure !== null) failures.push(failure);
    } else if (event.type === 'test:pass' && isFileItself(event.data)) {
      failures.push(`${shortPath(event.data.file)} declares no test.`);
    } else if (event.type === 'test:stdout') {
      everything += event.data.message;
    } else if (event.type === 'test:stderr') {
      const { file, message } = event.data;
      everything += message;
      talk.set(file, `${talk.get(file) ?? ''}${message}`.slice(-talkCharsMax));
    } else if (event.type === 'test:summary') {
      const { file, success, counts: seen, duration_ms: durationMs } = event.data;
      if (file === undefined) counts = countsOf(seen, durationMs);
      else console.log(fileLine(shortPath(file), success, seen.tests, durationMs));
      if (file !== undefined && !success) console.log(talk.get(file) ?? '');
    }
  }
  return { counts, failures, talk: everything };
}

type FailData = Extract<TestEvent, { type: 'test:fail' }>['data'];
type SummaryCounts = Extract<TestEvent, { type: 'test:summary' }>['data']['counts'];

/** Null for a suite that failed only because a test in it did; that test speaks for itself. */
function describeFailure(data: FailData): string | null {
  const error = data.details.error as Error & { readonly failureType?: string };
  if (error.failureType === 'subtestsFailed') return null;
  const cause = error.cause ?? error;
  const place = `${shortPath(data.file)}:${data.line ?? 0}`;
  return `${place}  ${data.name}\n${inspect(cause, { depth: 6 }).replaceAll(/^/gm, '    ')}`;
}

function isFileItself(data: { readonly name: string; readonly file?: string }): boolean {
  return data.file !== undefined && shortPath(data.name) === shortPath(data.file);
}

function fileLine(path: string, ok: boolean, tests: number, durationMs: number): string {
  return `${ok ? '✔' : '✖'} ${path} (${tests} tests, ${Math.round(durationMs)} ms)`;
}

function shortPath(path: string | undefined): string {
  if (path === undefined) return '(unknown file)';
  return path.startsWith('/') || path.includes(':\\') ? relative(root, path) : path;
}

function countsOf(seen: SummaryCounts, durationMs: number): Counts {
  const { tests, suites, passed, cancelled, skipped, todo } = seen;
  const failed = tests - passed - cancelled - skipped - todo;
  return { tests, suites, passed, failed, cancelled, skipped, todo, durationMs };
}

export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = {};
  for (const key of Object.keys(a) as (keyof Counts)[]) sum[key] = a[key] + b[key];
  return sum as unknown as Counts;
}

/** The closing lines of Node's own runner, summed over the phases. */
export function summaryLines(counts: Counts): string {
  const { tests, suites, passed, failed, cancelled, skipped, todo, durationMs } = counts;
  const rows: readonly (readonly [string, number])[] = [
    ['tests', tests],
    ['suites', suites],
    ['pass', passed],
    ['fail', failed],
    ['cancelled', cancelled],
    ['skipped', skipped],
    ['todo', todo],
    ['duration_ms', Math.round(durationMs)],
  ];
  return rows.map(([name, value]) => `ℹ ${name} ${value}`).join('\n');
}
