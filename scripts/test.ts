/**
 * `npm test`: the checks, then every test of the repository, phase by phase.
 *
 *   npm test -- --only PATTERN   only the test files whose path contains PATTERN; no checks
 *   npm test -- --list           which files run in which phase
 *
 * A phase that ran no test fails, and so does a file without one. ROLLCALL_LONG=1 makes property tests run longer.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { findLeaks } from './tidy/leaks.ts';
import { addCounts, noCounts, runPhase, summaryLines } from './tidy/run-tests.ts';
import type { Counts } from './tidy/run-tests.ts';
import { readSources, root } from './tidy/tree.ts';

interface Phase {
  readonly name: string;
  readonly concurrency: number;
  readonly files: readonly string[];
}

/** Long, each with servers of its own, and none that measures time: they share two processors well. */
const sideBySide = [
  /^test\/(?:postgres|proof|conformance|kill|deploy|fuzz|sabotage)\//,
  /^test\/integration\/(?:contract|isolation|bad-input|rest|a2a|media-buys|syndication)\b/,
  /^test\/integration\/(?:sync-model|same-outcome|signed-requests|audience-export|audit|backup|move|parked|verify)\./,
];
/** Begun first, so that none of them runs on alone when the others are done. */
const long = [/\/zombies\./, /\/sync-model\./, /\/conformance\/run\./, /\/contract-/, /\/proof\//];
function rankOf(path: string): number {
  const rank = long.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? long.length : rank;
}

const isSideBySide = (path: string): boolean => sideBySide.some((pattern) => pattern.test(path));

function longestFirst(files: readonly string[]): readonly string[] {
  return files.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function planPhases(only: string): readonly Phase[] {
  const files = [...readSources().keys()].filter((path) => path.endsWith('.test.ts') && path.includes(only));
  const phases = [
    { name: 'house rules', concurrency: 2, files: files.filter((path) => path.startsWith('test/tidy/')) },
    { name: 'unit', concurrency: 2, files: files.filter((path) => !path.startsWith('test/')) },
    {
      name: 'whole',
      concurrency: 1,
      files: files.filter(
        (path) => path.startsWith('test/') && !path.startsWith('test/tidy/') && !isSideBySide(path),
      ),
    },
    { name: 'side by side', concurrency: 2, files: longestFirst(files.filter(isSideBySide)) },
  ];
  return only === '' ? phases : phases.filter((phase) => phase.files.length > 0);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log('npm test -- [--only PATTERN] [--list]');
    return 0;
  }
  const phases = planPhases(values.only);
  if (values.list) {
    for (const phase of phases)
      console.log(`${phase.name}\n${phase.files.map((file) => `  ${file}`).join('\n')}`);
    return 0;
  }
  const checked = values.only !== '' || check();
  return (await runPhases(phases, values.only === '')) && checked ? 0 : 1;
}

function check(): boolean {
  const result = spawnSync(process.execPath, [join(root, 'scripts', 'check.ts')], { stdio: 'inherit' });
  return result.status === 0;
}

/** Fewer, or less, and nothing was looked at. */
const canaryCountMin = 1_000;
const outputBytesMin = 1_000_000;

/** Whether anything that must stay secret was printed, logged or answered by the whole run. */
function lookForLeaks(folder: string, talk: string, isWhole: boolean): readonly string[] {
  const { canaryCount, outputBytes, found } = findLeaks(folder, talk);
  rmSync(folder, { recursive: true, force: true });
  const megabytes = (outputBytes / 1e6).toFixed(1);
  console.log(
    `\nleaks: ${canaryCount} secrets looked for in ${megabytes} MB of output, ${found.length} found`,
  );
  const isEmpty = canaryCount < canaryCountMin || outputBytes < outputBytesMin;
  return [
    ...found.map((where) => `A secret was written: ${where}.`),
    ...(isWhole && isEmpty ? ['The search for leaks looked at next to nothing.'] : []),
  ];
}

async function runPhases(phases: readonly Phase[], isWhole: boolean): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-canaries-'));
  process.env['CANARY_FOLDER'] = folder;
  let talk = '';
  let total: Counts = noCounts;
  let good = true;
  const failures: string[] = [];
  for (const phase of phases) {
    console.log(`\n${phase.name}: ${phase.files.length} files`);
    const result = await runPhase(phase.files, phase.concurrency);
    talk += result.talk;
    if (result.counts.tests === 0) failures.push(`The phase "${phase.name}" ran no test.`);
    good &&= result.counts.tests > 0 && result.failures.length === 0;
    failures.push(...result.failures);
    total = addCounts(total, result.counts);
  }
  if (phases.length === 0) failures.push('No test file fits.');
  const leaks = lookForLeaks(folder, talk, isWhole);
  good &&= leaks.length === 0;
  failures.push(...leaks);
  for (const failure of failures) console.log(`\n✖ ${failure}`);
  console.log(`\n${summaryLines(total)}`);
  return good && phases.length > 0 && total.failed === 0 && total.cancelled === 0;
}

process.exitCode = await main();
