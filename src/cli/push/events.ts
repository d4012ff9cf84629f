/** What `--json` tells while a push runs: one JSON value a line, the result last. */
import type { ColumnUnderstanding } from '../../client/columns/understand-columns.ts';
import type { Terminal } from '../terminal.ts';

export interface PushEvents {
  columns(understanding: ColumnUnderstanding, description: string): void;
  tell(event: string, facts: Readonly<Record<string, unknown>>): void;
}

export function createEvents(terminal: Terminal, json: boolean): PushEvents {
  const tell = (event: string, facts: Readonly<Record<string, unknown>>): void => {
    if (json) terminal.json({ event, ...facts });
  };
  return {
    tell,
    columns: ({ columns }, description) =>
      tell('columns', {
        file: description,
        columns: columns.map(({ name, kind, confidence, note }) => ({ name, kind, confidence, note })),
      }),
  };
}
