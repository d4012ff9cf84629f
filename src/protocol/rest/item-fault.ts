import type { JsonObject } from '../../engine/types.ts';
import type { ItemFault } from '../../service/api.ts';
import { isArray } from '../adcp/argument-reader.ts';
import { uidTypeWords } from './sync-schema.ts';
import { inRestWords } from './wire-words.ts';

function detailsInRestWords(details: JsonObject): JsonObject {
  const { paths } = details;
  if (!isArray(paths)) return details;
  return {
    ...details,
    paths: paths.map((path) => (typeof path === 'string' ? inRestWords(path) : path)),
  };
}

/** AdCP's capabilities are another door's; here the list is written out. */
function suggestionOf({ suggestion, details }: ItemFault): string | undefined {
  if (details?.['reason'] === 'uid_type_unknown') return `Use one of ${uidTypeWords}.`;
  return suggestion === undefined ? undefined : inRestWords(suggestion);
}

/** A fault of one audience in this API's words: its fields are called here as they are in a request. */
export function inRestItemWords(fault: ItemFault): ItemFault {
  const { code, message, field, details } = fault;
  const suggestion = suggestionOf(fault);
  return {
    code,
    message: inRestWords(message),
    ...(field === undefined ? {} : { field: inRestWords(field) }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(details === undefined ? {} : { details: detailsInRestWords(details) }),
  };
}
