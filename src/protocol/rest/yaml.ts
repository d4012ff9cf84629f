import type { Json, JsonObject } from '../../engine/types.ts';
import { isArray, isObject } from '../adcp/argument-reader.ts';

/** Words that a plain scalar would turn into something else than a string. Source: YAML 1.2.2, core schema, and 1.1 readers. */
const notPlain = /^(?:null|true|false|yes|no|on|off|y|n|~|[-+.]?\d.*)$/i;
const plain = /^[A-Za-z0-9_/{][A-Za-z0-9_./ ()-]*$/;

function scalar(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain =
    plain.test(value) && !notPlain.test(value) && !value.endsWith(' ') && !value.startsWith('{');
  // A JSON string is a double-quoted YAML scalar.
  return isPlain ? value : JSON.stringify(value);
}

function isEmpty(value: Json): boolean {
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function isNested(value: Json): boolean {
  return (isArray(value) || isObject(value)) && !isEmpty(value);
}

/** Text of several lines, where a block scalar can hold it as it is. */
function isBlock(value: Json): value is string {
  return typeof value === 'string' && /^[^\s].*\n(?:.*\n)*.*\S$/u.test(value) && !/[^\n\P{Cc}]/u.test(value);
}

function blockLines(value: string, indent: string): readonly string[] {
  return value.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
}

function lines(value: Json, indent: string): readonly string[] {
  if (!isNested(value)) return [`${indent}${leaf(value)}`];
  if (isArray(value)) {
    return value.flatMap((element) => {
      if (!isNested(element)) return [`${indent}- ${leaf(element)}`];
      const [first = '', ...rest] = lines(element, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  return Object.entries(value as JsonObject).flatMap(([name, below]) => {
    const key = `${indent}${scalar(name)}:`;
    if (isBlock(below)) return [`${key} |-`, ...blockLines(below, `${indent}  `)];
    return isNested(below) ? [key, ...lines(below, `${indent}  `)] : [`${key} ${leaf(below)}`];
  });
}

function leaf(value: Json): string {
  if (isEmpty(value)) return isArray(value) ? '[]' : '{}';
  return scalar(value);
}

/** A JSON value as YAML that people can read. */
export function toYaml(value: Json): string {
  return `${lines(value, '').join('\n')}\n`;
}
