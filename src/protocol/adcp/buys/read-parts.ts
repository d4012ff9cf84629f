/** Parts that several requests about media buys share. */
import { AppError } from '../../../base/faults.ts';
import { limits } from '../../../base/limits.ts';
import type { Json, JsonObject } from '../../../engine/types.ts';
import type { FormatId } from '../../../service/buys/formats.ts';
import { ArgumentReader, isObject, type IssueList } from '../argument-reader.ts';
import { fieldOf } from '../issues.ts';
import { readPushConfig } from '../push-config.ts';
import type { CallbackRequest, Generation } from '../../../service/api.ts';

export const idCharsMax = 255;

/** What cannot be honoured is refused by name: to drop it in silence would let its sender count on it. */
export function refuseFields(reader: ArgumentReader, names: Readonly<Record<string, string>>): void {
  for (const [name, why] of Object.entries(names)) {
    if (!reader.has(name)) continue;
    throw new AppError('UNSUPPORTED_FEATURE', why, {
      field: fieldOf(reader.pathOf(name)),
      suggestion: 'Leave the field out.',
    });
  }
}

/** An array of objects, each read by its own reader. */
export function eachObject<T>(
  reader: ArgumentReader,
  issues: IssueList,
  name: string,
  countMin: number,
  read: (entry: ArgumentReader) => T,
  countMax: number = limits.jsonElementsPerArrayMax,
): readonly T[] | undefined {
  return reader.array(name, countMin, countMax)?.flatMap((entry, position) => {
    const path = reader.pathOf(name, position);
    if (isObject(entry)) return [read(new ArgumentReader(entry, path, issues))];
    issues.add(path, 'type', 'must be an object.');
    return [];
  });
}

/** Formats by name. Source: AdCP `core/format-id.json`: an object, never a string. */
export function readFormatIds(reader: ArgumentReader, issues: IssueList): readonly FormatId[] | undefined {
  return eachObject(reader, issues, 'format_ids', 1, (one) => ({
    agentUrl: one.string('agent_url', { required: true, charsMax: 2_048 }) ?? '',
    id: one.string('id', { required: true, charsMax: idCharsMax }) ?? '',
  }));
}

/** `asap` reads as null. */
export function readStart(reader: ArgumentReader): number | null | undefined {
  return reader.raw('start_time') === 'asap' ? null : reader.time('start_time');
}

/** The fields that are kept and echoed as they came, as far as they are there. */
export function keptWords(reader: ArgumentReader, names: readonly string[]): JsonObject {
  const kept: Record<string, Json> = {};
  for (const name of names) {
    const value = reader.raw(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

export function checkWords(reader: ArgumentReader, issues: IssueList, words: JsonObject): void {
  if (Buffer.byteLength(JSON.stringify(words)) <= limits.buyWordsBytesMax) return;
  issues.add(reader.pathOf(), 'maxLength', `must have at most ${limits.buyWordsBytesMax} bytes as JSON.`);
}

/**
 * A caller that names no release speaks either, and only 3.1 knows an operation_id. Source: AdCP `core/push-notification-config.json`:
 * a seller may refuse a registration without one, and need not.
 */
export function readCallback(
  reader: ArgumentReader,
  issues: IssueList,
  generation: Generation,
): CallbackRequest | null {
  return readPushConfig(reader, issues, reader.has('adcp_version') ? generation : '3.0');
}
