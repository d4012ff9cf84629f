/** The table of a run, for people and for machines. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

import { canonicalJson } from '../../src/base/jcs.ts';
import type { Json } from '../../src/engine/types.ts';
import type { Collected, Row, Sizes } from './context.ts';
import type { Spread } from './statistics.ts';

export interface Report extends Collected {
  readonly date: string;
  readonly commit: string;
  readonly command: string;
  readonly machine: string;
  readonly sizes: Sizes;
  /** Of everything that was counted: equal for every machine and every run of the same sizes. */
  readonly answerHash: string;
}

function commitOf(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', 'src') === '' ? '' : ' with changes')
    );
  } catch {
    return 'unknown';
  }
}

export function reportOf(collected: Collected, sizes: Sizes): Report {
  const { model = 'unknown' } = cpus()[0] ?? {};
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const load = loadavg()[0]?.toFixed(1);
  return {
    ...collected,
    date: new Date().toISOString(),
    commit: commitOf(),
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    machine: `${cpus().length} cores of ${model}, ${memory}, Linux ${release()}, Node ${process.version}, load ${load}`,
    sizes,
    answerHash: createHash('sha256')
      .update(canonicalJson(collected.answers as Json))
      .digest('hex')
      .slice(0, 16),
  };
}

function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function spread(one: Spread | null, unit: string): string {
  if (one === null) return '';
  const range = one.count > 1 ? ` [${figure(one.min)}-${figure(one.max)}]` : '';
  return `${figure(one.median)}${range} ${unit}`;
}

function cells(row: Row): readonly string[] {
  const bound = `${row.wanted === 'at most' ? '≤' : '≥'} ${row.bound}${row.peer === null ? ` ${row.unit}` : ''}`;
  const peer = row.peer === null ? '' : `${row.peerName}: ${spread(row.peer, row.unit)}`;
  const ratio = row.peer === null ? '' : row.ratio.toFixed(3);
  return [row.measure, spread(row.ours, row.unit), peer, ratio, bound, row.isReached ? 'yes' : 'NO'];
}

const heads = ['measure', 'ours', 'peer', 'ratio', 'must reach', 'reached'] as const;

/** A Markdown table whose columns line up, so that it reads well in a terminal too. */
export function tableOf(rows: readonly Row[]): string {
  const lines: readonly (readonly string[])[] = [heads, ...rows.map(cells)];
  const widths = heads.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  const text = lines.map((line) => `| ${line.map((cell, c) => cell.padEnd(widths[c]!)).join(' | ')} |`);
  text.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return text.join('\n');
}

export function markdownOf(report: Report): string {
  const notes = report.notes
    .map((note) => (note.includes('\n') ? `\`\`\`\n${note}\n\`\`\`` : note))
    .join('\n\n');
  return `# Benchmark of ${report.date}

- command: \`${report.command}\`
- commit: ${report.commit}
- machine: ${report.machine}
- hash of the answers: ${report.answerHash}

Medians with the smallest and largest sample; everything of a table ran by turns on one machine.

${tableOf(report.rows)}

${notes}
`;
}
