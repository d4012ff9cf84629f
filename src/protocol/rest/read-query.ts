import type { Json } from '../../engine/types.ts';
import type { IssueList } from '../adcp/argument-reader.ts';
import { checkValue } from './check-schema.ts';
import type { Schema } from './schema.ts';

/** A parameter's text as the value that its schema means; text that means none stays text, and fails the check. */
function valueOf({ type }: Schema, text: string): Json {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** Reads the query parameters that a route names; others are ignored, as unknown fields are. */
export function readQuery(
  rules: Readonly<Record<string, Schema>>,
  query: string,
  issues: IssueList,
): Readonly<Record<string, string | number | boolean>> {
  const sent = new URLSearchParams(query);
  const values: Record<string, string | number | boolean> = {};
  for (const [name, schema] of Object.entries(rules)) {
    const [text, ...others] = sent.getAll(name);
    if (others.length > 0) issues.add([name], 'maxItems', 'must be sent once.');
    if (text === undefined) {
      if (schema.default !== undefined) values[name] = schema.default;
      continue;
    }
    const value = valueOf(schema, text);
    checkValue(schema, value, [name], issues);
    values[name] = value as string | number | boolean;
  }
  return values;
}
