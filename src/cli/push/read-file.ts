/** The file, as members that a seller takes. Clear text does not leave this function. */
import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import { describeColumns, type ColumnUnderstanding } from '../../client/columns/understand-columns.ts';
import { preparePeople, type PrepareReport } from '../../client/prepare/prepare-people.ts';
import { createMemberCollector, type MemberList } from '../../client/push/member-list.ts';
import { createTokeniser } from '../../engine/token/tokeniser.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { asCommandFault } from '../people/stage-people.ts';
import { count } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import type { PushEvents } from './events.ts';

export interface ReadOptions {
  readonly file: string;
  readonly map: readonly string[];
  readonly country: string;
  readonly rejects: string;
  readonly signal: AbortSignal;
  readonly tokenKey: Uint8Array;
  /** Types that the seller takes; null: it does not say, so everything is sent. */
  readonly takenTypes: readonly string[] | null;
}

export interface ReadPeople extends MemberList {
  readonly report: PrepareReport;
}

/** Throws a CommandFault where the file cannot be used. */
export async function readPeople(
  options: ReadOptions,
  terminal: Terminal,
  events: PushEvents,
): Promise<ReadPeople> {
  const { file, map, country, rejects, signal, tokenKey, takenTypes } = options;
  const taken = takenTypes === null ? null : new Set(takenTypes);
  const collector = createMemberCollector({
    tokeniser: createTokeniser(tokenKey, nodePrimitives),
    primitives: nodePrimitives,
    takes: takes(taken),
  });
  const progress = terminal.progress('Reading ');
  const onUnderstood = (understanding: ColumnUnderstanding, description: string): void => {
    terminal.say(`File      ${description}`);
    for (const line of describeColumns(understanding)) terminal.say(`  ${line}`);
    events.columns(understanding, description);
  };
  try {
    const report = await preparePeople(
      {
        ...{ file, map, idRequired: false, signal, onUnderstood },
        ...(country === '' ? {} : { defaultCountry: country }),
        ...(rejects === '' ? {} : { rejectsFile: rejects }),
        onProgress: ({ bytesRead, bytesTotal, rows, rowsPerSecond }) =>
          progress.update(bytesRead, bytesTotal, `${count(rows)} rows, ${count(rowsPerSecond)}/s`),
      },
      async (batch) => collector.add(batch),
    );
    progress.end(` ${count(report.rows)} rows in ${report.seconds.toFixed(1)} s`);
    return { ...collector.finish(), report };
  } catch (error) {
    progress.end('was broken off');
    throw asCommandFault(error);
  }
}

/** Further e-mail addresses travel among the universal ids, as a type that older sellers do not list. */
function takes(taken: ReadonlySet<string> | null): (code: number) => boolean {
  if (taken === null) return () => true;
  const known = new Map<number, boolean>();
  return (code) => {
    const before = known.get(code);
    if (before !== undefined) return before;
    const isTaken = taken.has(identifierTypeOfCode(code));
    known.set(code, isTaken);
    return isTaken;
  };
}
