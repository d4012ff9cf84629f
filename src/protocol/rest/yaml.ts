import type { Json } from '../../engine/types.ts';
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

function lines(value: Json, indent: string): readonly string[] {
  if (isArray(value)) {
    return value.flatMap((element) => {
      if (!isNested(element)) return [`${indent}- ${leaf(element)}`];
      const [first = '', ...rest] = lines(element, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  if (!isObject(value)) return [`${indent}${leaf(value)}`];
  return Object.entries(value).flatMap(([name, below]) =>
    isNested(below)
      ? [`${indent}${scalar(name)}:`, ...lines(below, `${indent}  `)]
      : [`${indent}${scalar(name)}: ${leaf(below)}`],
  );
}

function leaf(value: Json): string {
  if (isEmpty(value)) return isArray(value) ? '[]' : '{}';
  return scalar(value);
}

/** A JSON value as YAML that people can read. */
export function toYaml(value: Json): string {
  return `${lines(value, '').join('\n')}\n`;
}
