/** The seller's user ids that are in an audience, from the seller's own file and a running server that knows tokens only. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

import { identifierCodes, userIdType } from '../../base/identifier-types.ts';
import { preparePeople, type PeopleBatch } from '../../client/prepare/prepare-people.ts';
import { BitSet } from '../../engine/bitmap/bit-set.ts';
import { decodeOrdinalSet, encodeOrdinalSet } from '../../engine/bitmap/stored-set.ts';
import { createTokeniser, type Tokeniser } from '../../engine/token/tokeniser.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { Admin } from '../../server/admin/admin.ts';
import { CommandFault } from '../exit-codes.ts';
import { asCommandFault } from '../people/stage-people.ts';

export interface ExportOptions {
  readonly admin: Pick<Admin, 'openExport' | 'readExport'>;
  readonly tokenKey: Uint8Array;
  readonly file: string;
  readonly accountId: string;
  readonly audienceId: string;
  readonly format: 'csv' | 'ndjson';
  /** What an earlier export left; empty: everybody is written. */
  readonly sinceFile: string;
  /** Where this one leaves word; empty: nowhere. */
  readonly cursorFile: string;
  /** Null: nothing is written. */
  readonly out: Writable | null;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

export interface ExportReport {
  readonly rows: number;
  /** Users in the audience. */
  readonly userCount: number;
  /** Those of them in the file. */
  readonly inCount: number;
  readonly addedCount: number;
  readonly removedCount: number;
}

/** Tokens in one question: below what the administration reads. */
const askedCount = 8_000;

type Change = 'add' | 'remove';

export async function exportAudience(options: ExportOptions): Promise<ExportReport> {
  const { admin, accountId, audienceId, sinceFile } = options;
  const { exportId, userCount, ordinalCount } = await admin.openExport({ accountId, audienceId });
  const before = sinceFile === '' ? null : readCursor(sinceFile, ordinalCount);
  const now = new BitSet(ordinalCount);
  const counts = { add: 0, remove: 0 };
  const tokeniser = createTokeniser(options.tokenKey, nodePrimitives);
  const lines = lineWriter(options, before !== null);
  const take = async (batch: PeopleBatch): Promise<void> => {
    for (let first = 0; first < batch.rowCount; first += askedCount) {
      const rows = Math.min(askedCount, batch.rowCount - first);
      const tokens = tokensOf(tokeniser, batch, first, rows);
      let text = '';
      for (const { at, ordinal, isIn } of await admin.readExport({ exportId, tokens })) {
        if (isIn) now.add(ordinal);
        const change = changeOf(isIn, before?.has(ordinal) ?? false);
        if (change === null) continue;
        counts[change]++;
        text += lines.lineOf(idOf(batch, first + at), change);
      }
      await lines.write(text);
    }
  };
  const rows = await readPeople(options, take);
  await lines.write('');
  if (options.cursorFile !== '') {
    writeFileSync(options.cursorFile, encodeOrdinalSet(now, nodePrimitives), { mode: 0o600 });
  }
  const inCount = now.size;
  return { rows, userCount, inCount, addedCount: counts.add, removedCount: counts.remove };
}

async function readPeople(
  { file, signal, onProgress }: ExportOptions,
  take: (batch: PeopleBatch) => Promise<void>,
): Promise<number> {
  try {
    const report = await preparePeople(
      { file, idRequired: true, signal, onProgress: (progress) => onProgress(progress.rows) },
      take,
    );
    return report.rows;
  } catch (error) {
    throw asCommandFault(error);
  }
}

function changeOf(isIn: boolean, wasIn: boolean): Change | null {
  if (isIn === wasIn) return null;
  return isIn ? 'add' : 'remove';
}

function tokensOf(tokeniser: Tokeniser, batch: PeopleBatch, first: number, rows: number): string {
  const digests = new Uint8Array(rows * 32);
  for (let row = 0; row < rows; row++) {
    digests.set(nodePrimitives.sha256(idBytes(batch, first + row)), row * 32);
  }
  const types = new Uint8Array(rows).fill(identifierCodes[userIdType]);
  const tokens = tokeniser.identifierTokens(types, digests);
  return Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength).toString('base64');
}

function idBytes({ externalIdBytes, externalIdStart }: PeopleBatch, row: number): Uint8Array {
  return externalIdBytes.subarray(externalIdStart[row], externalIdStart[row + 1]);
}

const idOf = (batch: PeopleBatch, row: number): string => Buffer.from(idBytes(batch, row)).toString('utf8');

function lineWriter({ format, out }: ExportOptions, isDelta: boolean) {
  // With the first rows, so that a file that cannot be read leaves nothing.
  let header = format === 'csv' ? `user_id${isDelta ? ',change' : ''}\n` : '';
  return {
    lineOf: (id: string, change: Change): string => {
      if (format === 'ndjson') return `${JSON.stringify({ user_id: id, ...(isDelta ? { change } : {}) })}\n`;
      return `${csvField(id)}${isDelta ? `,${change}` : ''}\n`;
    },
    /** Waits for a reader that is slower. */
    write: async (text: string): Promise<void> => {
      const whole = header + text;
      header = '';
      if (out !== null && whole !== '' && !out.write(whole)) await once(out, 'drain');
    },
  };
}

/** RFC 4180. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function readCursor(file: string, ordinalCount: number): BitSet {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CommandFault('notFound', `The file ${file} of an earlier export cannot be read.`, error);
  }
  const decoded = decodeOrdinalSet(bytes, nodePrimitives, ordinalCount);
  if (decoded.ok) return decoded.set;
  throw new CommandFault('badInput', `${file} is not what an export of this server leaves with --cursor.`);
}
