import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

import { reasons, rowReasons } from './people-batch.ts';
import type { FaultList } from './people-batch.ts';

/** A CSV that lists what was left out: line, column, reason, effect, and the row itself when asked for. */
export interface RejectsFile {
  /** `firstLine` is the 1-based line in the file of line 0 of the list. */
  add(faults: FaultList, firstLine: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a rejects file, readable by its owner only. Without `hasRows` it names lines and columns and holds
 * no value of the file.
 */
export function openRejectsFile(path: string, columns: readonly string[], hasRows: boolean): RejectsFile {
  const stream = createWriteStream(path, { mode: 0o600 });
  const failed = finished(stream);
  failed.catch(() => undefined);
  const write = async (text: string): Promise<void> => {
    if (text === '' || stream.write(text)) return;
    await Promise.race([failed, new Promise((resolve) => stream.once('drain', () => resolve(undefined)))]);
  };
  stream.write(`line,column,reason,effect${hasRows ? ',row' : ''}\n`);
  return {
    add: async (faults, firstLine) => {
      let text = '';
      for (let i = 0; i < faults.count; i++) {
        const code = faults.reason[i]!;
        const column = faults.column[i]!;
        const effect = code < rowReasons.length ? 'row left out' : effectOf(reasons[code]!);
        const row = hasRows ? `,${cell(faults.rowText[i] ?? '')}` : '';
        const name = column < 0 ? '' : cell(columns[column] ?? '');
        text += `${String(firstLine + faults.line[i]!)},${name},${reasons[code]!},${effect}${row}\n`;
      }
      await write(text);
    },
    close: async () => {
      stream.end();
      await failed;
    },
  };
}

function effectOf(reason: string): string {
  if (reason === 'hash_upper_case' || reason === 'already_hashed') return 'value used';
  return reason === 'country_unknown' ? 'default country used' : 'value left out';
}

/** A quoted cell. What a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
