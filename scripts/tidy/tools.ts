import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { root } from './tree.ts';

/** How a tool ended. */
export interface ToolRun {
  readonly ok: boolean;
  readonly output: string;
}

/** The start script of a package's program, run with our own Node: shell wrappers differ between systems. */
function programOf(packageName: string, program: string): string {
  const require = createRequire(join(root, 'package.json'));
  return join(dirname(require.resolve(`${packageName}/package.json`)), program);
}

/** Output beyond this is a tool gone mad. */
const outputBytesMax = 32 * 1024 * 1024;

function runTool(script: string, args: readonly string[], cwd: string): Promise<ToolRun> {
  const path = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH']}`;
  const options = { cwd, maxBuffer: outputBytesMax, env: { ...process.env, PATH: path } };
  return new Promise((done) => {
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      done({ ok: error === null, output: `${stdout}${stderr}` }),
    );
  });
}

/** Folders that hold TypeScript. */
export const codeFolders = ['src', 'test', 'bench', 'scripts'] as const;

export function runTypes(): Promise<ToolRun> {
  return runTool(programOf('typescript', 'bin/tsc'), ['--noEmit', '--listFiles'], root);
}

/** Compiles the product to `out`. */
export function runBuild(out: string): Promise<ToolRun> {
  return runTool(programOf('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', out], root);
}

/** Lints with the project's own rules, type-aware ones included; `folder` is for tests that plant violations. */
export function runLint(folder: string = root, paths: readonly string[] = codeFolders): Promise<ToolRun> {
  const args = ['-c', join(root, '.oxlintrc.json'), '--type-aware', '--deny-warnings', ...paths];
  return runTool(programOf('oxlint', 'bin/oxlint'), args, folder);
}

/** Formats, or says what is not formatted. */
export function runFormat(paths: readonly string[], write: boolean): Promise<ToolRun> {
  return runTool(
    programOf('prettier', 'bin/prettier.cjs'),
    [write ? '--write' : '--check', '--log-level', 'log', '--no-error-on-unmatched-pattern', ...paths],
    root,
  );
}

/** The functions of `paths` that are longer than `linesMax`, as the linter counts them: from brace to brace. */
export async function longFunctions(
  paths: readonly string[],
  linesMax: number,
  folder: string = root,
): Promise<{ readonly fileCount: number; readonly long: readonly LongFunction[] }> {
  const config = join(root, 'scripts', 'tidy', 'long-functions.oxlintrc.json');
  const run = await runTool(
    programOf('oxlint', 'bin/oxlint'),
    ['-c', config, '-f', 'json', ...paths],
    folder,
  );
  const report = JSON.parse(run.output) as LintReport;
  const long = report.diagnostics.flatMap((finding) => {
    const lines = Number(/too many lines \((\d+)\)/.exec(finding.message)?.[1]);
    const name = /function `([^`]+)`/.exec(finding.message)?.[1] ?? '(without a name)';
    return lines > linesMax ? [{ path: finding.filename.replaceAll('\\', '/'), name, lines }] : [];
  });
  return { fileCount: report.number_of_files, long };
}

export interface LongFunction {
  readonly path: string;
  readonly name: string;
  readonly lines: number;
}

interface LintReport {
  readonly diagnostics: readonly { readonly message: string; readonly filename: string }[];
  readonly number_of_files: number;
}
