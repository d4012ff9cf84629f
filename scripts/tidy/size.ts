import type { Exception } from './exceptions.ts';
import type { Finding } from './layers.ts';
import type { LongFunction } from './tools.ts';
import type { Tree } from './tree.ts';

export const fileLinesMax = 400;
export const functionLinesMax = 60;

/** Findings for files over the limit that no exception allows, and for exceptions that nothing needs. */
export function checkFileLines(tree: Tree, exceptions: readonly Exception[]): readonly Finding[] {
  const measured = [...tree].map(([path, text]) => ({ path, lines: lineCount(text) }));
  return compare('file-lines', fileLinesMax, measured, exceptions);
}

/** The same for functions. Test files are exempt: what they call is a list of cases, read one by one. */
export function checkFunctionLines(
  functions: readonly LongFunction[],
  exceptions: readonly Exception[],
): readonly Finding[] {
  return compare('function-lines', functionLinesMax, functions, exceptions);
}

function compare(
  rule: Exception['rule'],
  linesMax: number,
  measured: readonly { readonly path: string; readonly name?: string; readonly lines: number }[],
  exceptions: readonly Exception[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const used = new Set<Exception>();
  for (const { path, name, lines } of measured) {
    if (lines <= linesMax) continue;
    const allowed = exceptions.find((one) => one.rule === rule && one.path === path && one.name === name);
    if (allowed !== undefined) used.add(allowed);
    if (allowed === undefined || lines > allowed.lines) {
      const what = name === undefined ? 'the file' : name;
      findings.push({
        path,
        line: 1,
        say: `${what} has ${lines} lines; ${allowed?.lines ?? linesMax} are allowed`,
      });
    }
  }
  for (const exception of exceptions) {
    if (exception.rule === rule && !used.has(exception)) {
      findings.push({
        path: exception.path,
        line: 1,
        say: `its exception from ${rule} is no longer needed; remove it`,
      });
    }
  }
  return findings;
}

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
