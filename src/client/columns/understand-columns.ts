import { FileFault } from '../file-fault.ts';
import { listColumns } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { judgeColumn, sureFrom } from './judge-column.ts';
import type { ColumnVerdict } from './judge-column.ts';
import type { ColumnKind } from './kinds.ts';
import { leaveStrange } from './leave-strange.ts';
import { maskValue } from './mask.ts';

/** One column as it will be read. */
export interface UnderstoodColumn {
  /** 0-based place in the file. */
  readonly index: number;
  readonly name: string;
  readonly kind: ColumnKind;
  /** 0 to 1; 1 when a person said so. */
  readonly confidence: number;
  readonly note: string;
  /** Up to three values in a form that may be shown. */
  readonly maskedSamples: readonly string[];
  readonly unusable?: 'md5' | 'sha1' | 'base64';
}

/** A file's columns as they will be read. */
export interface ColumnUnderstanding {
  readonly columns: readonly UnderstoodColumn[];
  /** Columns that a person should look at before a large import. */
  readonly unsure: readonly UnderstoodColumn[];
}

/**
 * Decides what each column is, from names, a sample of rows (values by column position) and what a person
 * said. Several columns may be e-mails, phones, hashes or universal ids; one is the id and one the country.
 */
export function understandColumns(
  names: readonly string[],
  sample: readonly (readonly string[])[],
  map: ColumnMap,
): ColumnUnderstanding {
  const verdicts = names.map((name, index): ColumnVerdict => {
    const said = map.get(index);
    if (said !== undefined) return { kind: said, rank: -1, confidence: 1, note: 'as you said' };
    return judgeColumn(name, valuesOf(sample, index));
  });
  refuseTwoSaid(names, map);
  const resolved = keepBest(names, keepBest(names, leaveStrange(verdicts), 'id'), 'country');
  const columns = resolved.map((verdict, index) => ({
    index,
    name: names[index]!,
    kind: verdict.kind,
    confidence: verdict.confidence,
    note: verdict.note,
    maskedSamples: samplesOf(sample, index),
    ...(verdict.unusable === undefined ? {} : { unusable: verdict.unusable }),
  }));
  return { columns, unsure: columns.filter((column) => column.confidence < sureFrom) };
}

function valuesOf(sample: readonly (readonly string[])[], index: number): string[] {
  return sample.map((row) => row[index] ?? '');
}

function samplesOf(sample: readonly (readonly string[])[], index: number): string[] {
  const values = valuesOf(sample.slice(0, 100), index).filter((value) => value.trim() !== '');
  return [...new Set(values.slice(0, 3).map(maskValue))];
}

function refuseTwoSaid(names: readonly string[], map: ColumnMap): void {
  for (const kind of ['id', 'country'] as const) {
    const said = [...map].filter(([, mapped]) => mapped === kind).map(([index]) => names[index]!);
    if (said.length > 1) {
      throw new FileFault(
        'MAP_CONFLICT',
        `${listColumns(said)} are all mapped as ${kind}.`,
        'Map one of them.',
      );
    }
  }
}

/** Of the columns of a kind that may occur once, the best stays and the others are ignored with a note. */
function keepBest(
  names: readonly string[],
  verdicts: readonly ColumnVerdict[],
  kind: ColumnKind,
): ColumnVerdict[] {
  let best = -1;
  verdicts.forEach((verdict, index) => {
    if (verdict.kind === kind && (best === -1 || verdict.rank < verdicts[best]!.rank)) best = index;
  });
  return verdicts.map((verdict, index) => {
    if (verdict.kind !== kind || index === best) return verdict;
    const note = `could be the ${kind} too; ${names[best]!} fits better`;
    return { kind: 'ignore', rank: 1_000, confidence: 0.8, note };
  });
}

/**
 * Throws a FileFault unless the columns are enough to make people of: an identifier, and an id where one is
 * required. The message lists what was found and how to map it.
 */
export function requireColumns(understanding: ColumnUnderstanding, idRequired: boolean): void {
  const { columns } = understanding;
  const names = columns.map((column) => column.name);
  if (idRequired && !columns.some((column) => column.kind === 'id')) {
    throw new FileFault(
      'ID_COLUMN_MISSING',
      `No column was recognised as the user id; the file has ${listColumns(names)}.`,
      'Name it with --map COLUMN=id.',
    );
  }
  if (columns.some((column) => column.kind !== 'ignore' && column.kind !== 'id' && column.kind !== 'country'))
    return;
  const unusable = columns.filter((column) => column.unusable !== undefined);
  if (unusable.length > 0) {
    const notes = unusable.map((column) => `${listColumns([column.name])}: ${column.note}.`).join(' ');
    throw new FileFault('HASHES_UNUSABLE', notes, 'Export clear text or SHA-256 in 64 hex digits.');
  }
  throw new FileFault(
    'IDENTIFIER_COLUMN_MISSING',
    `No column was recognised as an e-mail, phone or other identifier; the file has ${listColumns(names)}.`,
    'Name one with --map COLUMN=email (or phone, hashed_email, hashed_phone, maid, uid2 …).',
  );
}

/** What was understood, one line a column, for a person to check. Values appear masked only. */
export function describeColumns(understanding: ColumnUnderstanding): string[] {
  const width = Math.min(32, Math.max(...understanding.columns.map((column) => column.name.length)));
  return understanding.columns.map((column) => {
    const samples = column.kind === 'ignore' ? '' : `  ${column.maskedSamples.join(', ')}`;
    const mark = column.confidence < sureFrom ? ' ?' : '';
    return `${column.name.padEnd(width)}  ${(column.kind + mark).padEnd(14)}  ${column.note}${samples}`;
  });
}
