import { clientLimits } from '../client-limits.ts';
import { countryOf } from '../normalise/country.ts';
import { isNoId, isNothing } from '../normalise/nothing.ts';
import { phonePlanOf } from '../normalise/phone-fast.ts';
import type { FieldSpans } from '../read/csv-rows.ts';
import type { BatchBuilder } from './batch-builder.ts';
import type { RowReason, ValueReason } from './people-batch.ts';
import type { PreparePlan } from './prepare-plan.ts';
import { isReadableId, readValue } from './value-reader.ts';
import type { PhoneHome } from './value-reader.ts';

/** Hears what is wrong, with the column of the file, or -1 for the row. */
export type ReportFault = (reason: RowReason | ValueReason, column: number) => void;

/** Reads one row whose fields lie in `bytes`: adds a person to the batch, or reports why not. */
export type RowReader = (bytes: Buffer, fields: FieldSpans, report: ReportFault) => void;

export function rowReader(plan: PreparePlan, batch: BatchBuilder): RowReader {
  const columnCount = plan.layout.columns.length;
  const header = plan.hasHeader ? plan.layout.columns.map((name) => Buffer.from(name)) : [];
  const homes = phoneHomes(plan.defaultCountry);
  let report: ReportFault;
  let column = -1;
  const complain = (reason: ValueReason): void => report(reason, column);

  const homeOf = (bytes: Buffer, fields: FieldSpans): PhoneHome => {
    const at = plan.countryColumn;
    if (at < 0 || at >= fields.count) return homes.byDefault;
    const home = homes.find(bytes, fields.start[at]!, fields.end[at]!);
    if (home === undefined) report('country_unknown', at);
    return home ?? homes.byDefault;
  };

  return (bytes, fields, reportTo) => {
    report = reportTo;
    if (fields.count > columnCount && hasValueBeyond(fields, columnCount)) return report('column_count', -1);
    if (header.length > 0 && isHeaderAgain(bytes, fields, header)) return report('repeated_header', -1);
    const id = plan.idColumn;
    let idStart = 0;
    let idEnd = 0;
    if (id >= 0 && id < fields.count) {
      idStart = fields.start[id]!;
      idEnd = fields.end[id]!;
      while (idStart < idEnd && isBlank(bytes[idStart]!)) idStart++;
      while (idEnd > idStart && isBlank(bytes[idEnd - 1]!)) idEnd--;
      if (mayBeNoId[bytes[idStart]!] === 1 && isNoId(bytes.toString('utf8', idStart, idEnd))) idEnd = idStart;
      if (idEnd - idStart > clientLimits.idBytesMax) return report('id_too_long', id);
      if (!isReadableId(bytes, idStart, idEnd)) return report('id_invalid', id);
    }
    if (plan.idRequired && idStart === idEnd) return report('id_missing', id);
    const home = homeOf(bytes, fields);
    for (const identifier of plan.identifierColumns) {
      column = identifier.index;
      if (column >= fields.count || fields.start[column] === fields.end[column]) continue;
      readValue(identifier.kind, bytes, fields.start[column]!, fields.end[column]!, home, batch, complain);
    }
    if (batch.pendingCount() > 0) return batch.keepRow(bytes, idStart, idEnd);
    batch.dropRow();
    report('identifier_missing', -1);
  };
}

/** First bytes of the words for no id, so that other ids need not become text: n N u U ( \\ # - */
const mayBeNoId = new Uint8Array(256);
for (const char of 'nNuU(\\#-') mayBeNoId[char.charCodeAt(0)] = 1;

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function hasValueBeyond(fields: FieldSpans, columnCount: number): boolean {
  const stored = Math.min(fields.count, fields.start.length);
  for (let i = columnCount; i < stored; i++) if (fields.start[i] !== fields.end[i]) return true;
  return fields.count > fields.start.length;
}

/** Concatenated exports repeat the header in the middle. */
function isHeaderAgain(bytes: Buffer, fields: FieldSpans, header: readonly Buffer[]): boolean {
  if (fields.count !== header.length) return false;
  const first = header[0]!;
  if (fields.end[0]! - fields.start[0]! !== first.length) return false;
  return header.every((name, i) => name.equals(bytes.subarray(fields.start[i], fields.end[i])));
}

interface PhoneHomes {
  readonly byDefault: PhoneHome;
  /** The home that a country cell names; the default for an empty one; undefined when it is no country. */
  find(bytes: Buffer, start: number, end: number): PhoneHome | undefined;
}

/** Distinct country cells that are remembered; files have a few hundred. */
const rememberedMax = 4_096;

function phoneHomes(defaultCountry: string | undefined): PhoneHomes {
  const byDefault = { country: defaultCountry, plan: phonePlanOf(defaultCountry) };
  const known = new Map<string, PhoneHome | undefined>();
  let lastText = '';
  let last: PhoneHome | undefined = byDefault;
  return {
    byDefault,
    find: (bytes, start, end) => {
      if (start === end) return byDefault;
      const text = bytes.toString('latin1', start, end);
      if (text === lastText) return last;
      if (!known.has(text) && known.size < rememberedMax) {
        known.set(text, homeNamed(bytes.toString('utf8', start, end), byDefault));
      }
      lastText = text;
      last = known.has(text) ? known.get(text) : homeNamed(bytes.toString('utf8', start, end), byDefault);
      return last;
    },
  };
}

function homeNamed(text: string, byDefault: PhoneHome): PhoneHome | undefined {
  // NA is Namibia in a column of codes, but far more often the word for nothing.
  if (isNothing(text)) return byDefault;
  const country = countryOf(text);
  return country === null ? undefined : { country, plan: phonePlanOf(country) };
}
