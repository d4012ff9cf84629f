/**
 * `npm run check`: types, lint, format, layers and the rest of the house rules. Every step says what it looked at,
 * and one that looked at nothing fails. `--write` formats instead.
 */
import { checkBans } from './tidy/banned.ts';
import { exceptions } from './tidy/exceptions.ts';
import { checkLayers, isTest } from './tidy/layers.ts';
import type { Finding } from './tidy/layers.ts';
import { checkReach } from './tidy/reach.ts';
import { checkFileLines, checkFunctionLines, functionLinesMax } from './tidy/size.ts';
import { codeFolders, longFunctions, runFormat, runLint, runTypes } from './tidy/tools.ts';
import { readSources, readTexts, treeHas } from './tidy/tree.ts';

interface Step {
  readonly name: string;
  /** Throws Failed, or returns what was looked at. */
  readonly run: () => Promise<string>;
}

class Failed extends Error {}

const sources = readSources();
const texts = readTexts();

function refuse(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  throw new Failed(findings.map(({ path, line, say }) => `${path}:${line}  ${say}`).join('\n'));
}

function looked(count: number, what: string): string {
  if (!(count > 0)) throw new Failed(`looked at no ${what}`);
  return `${count} ${what}`;
}

const steps: readonly Step[] = [
  {
    name: 'types',
    async run() {
      const { ok, output } = await runTypes();
      if (!ok) throw new Failed(output.split('\n').filter(isNotListing).join('\n'));
      const own = output.split('\n').filter((line) => isOwnFile(line.trim()));
      return looked(own.length, 'files');
    },
  },
  {
    name: 'lint',
    async run() {
      const { ok, output } = await runLint();
      if (!ok) throw new Failed(output);
      const [, files = '0', rules = '0'] = /on (\d+) files with (\d+) rules/.exec(output) ?? [];
      return `${looked(Number(files), 'files')}, ${looked(Number(rules), 'rules')}`;
    },
  },
  {
    name: 'format',
    async run() {
      const { ok, output } = await runFormat([...codeFolders, '*.json', '.oxlintrc.json'], false);
      if (!ok) throw new Failed(`${output}\nnpm run format mends it.`);
      return looked(sources.size, 'files');
    },
  },
  {
    name: 'layers',
    async run() {
      const { findings, looked: count } = checkLayers(sources);
      refuse(findings);
      return looked(count, 'imports');
    },
  },
  {
    name: 'reach',
    async run() {
      const { findings, looked: count } = checkReach(sources, treeHas);
      refuse(findings);
      return looked(count, 'references');
    },
  },
  {
    name: 'bans',
    async run() {
      const { findings, looked: count } = checkBans(texts);
      refuse(findings);
      return looked(count, 'searches');
    },
  },
  {
    name: 'size',
    async run() {
      const { fileCount, long } = await longFunctions(codeFolders, functionLinesMax);
      const judged = long.filter(({ path }) => !isTest(path));
      refuse([...checkFileLines(sources, exceptions), ...checkFunctionLines(judged, exceptions)]);
      return `${looked(sources.size, 'files')}, functions of ${looked(fileCount, 'files')}`;
    },
  },
];

function isOwnFile(line: string): boolean {
  return line.endsWith('.ts') && !line.includes('node_modules');
}

function isNotListing(line: string): boolean {
  return line.includes('error TS') || line.startsWith('  ');
}

async function runStep(step: Step): Promise<boolean> {
  const start = performance.now();
  try {
    const saw = await step.run();
    console.log(`✔ ${step.name.padEnd(7)} ${saw} (${Math.round(performance.now() - start)} ms)`);
    return true;
  } catch (error) {
    const words = error instanceof Failed ? error.message : String((error as Error).stack);
    console.log(`✖ ${step.name}\n${words.trim().replaceAll(/^/gm, '    ')}`);
    return false;
  }
}

async function main(): Promise<number> {
  if (process.argv.includes('--write')) {
    const { ok, output } = await runFormat([...codeFolders, '*.json', '.oxlintrc.json'], true);
    console.log(
      output
        .split('\n')
        .filter((line) => !line.includes('(unchanged)'))
        .join('\n')
        .trim(),
    );
    return ok ? 0 : 1;
  }
  let failed = 0;
  for (const step of steps) if (!(await runStep(step))) failed++;
  console.log(failed === 0 ? 'All checks hold.' : `${failed} of ${steps.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
