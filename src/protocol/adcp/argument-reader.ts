import type { Json, JsonObject } from '../../engine/types.ts';
import { fieldOf, issueCountMax, RequestFault } from './issues.ts';
import type { Issue, IssueKeyword, Path } from './issues.ts';
import { charCount, isPlainLine, isPlainText } from './text.ts';

interface StringRule {
  readonly required?: boolean;
  readonly charsMin?: number;
  readonly charsMax: number;
  readonly pattern?: RegExp;
  /** Says in words what the pattern means. */
  readonly patternSays?: string;
  readonly lines?: boolean;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. JavaScript takes the 30th of February for the 2nd of March. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Collects what is wrong with a request, so that its sender learns it at once and not one by one. */
export class IssueList {
  readonly #issues: Issue[] = [];
  #found = 0;

  add(path: Path, keyword: IssueKeyword, message: string, accepted?: readonly string[]): void {
    this.#found += 1;
    if (this.#issues.length >= issueCountMax) return;
    const name = fieldOf(path);
    const text = name === '' ? message : `${name} ${message}`;
    this.#issues.push({ path, keyword, message: text, ...(accepted === undefined ? {} : { accepted }) });
  }

  get isEmpty(): boolean {
    return this.#found === 0;
  }

  /** Refuses the request when anything was wrong with it. */
  settle(): void {
    if (this.#found > 0) throw new RequestFault(this.#issues, this.#found);
  }
}

/**
 * Reads the fields of one object. A field that is absent, or not what it must be, reads as undefined; the latter
 * leaves an issue. Fields that nobody asks for are ignored: AdCP requests are open objects.
 */
export class ArgumentReader {
  readonly #object: JsonObject;
  readonly #path: Path;
  readonly #issues: IssueList;

  constructor(object: JsonObject, path: Path, issues: IssueList) {
    this.#object = object;
    this.#path = path;
    this.#issues = issues;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  raw(name: string): Json | undefined {
    return this.has(name) ? this.#object[name] : undefined;
  }

  pathOf(...steps: Path): Path {
    return [...this.#path, ...steps];
  }

  issue(name: string, keyword: IssueKeyword, message: string, accepted?: readonly string[]): undefined {
    this.#issues.add(this.pathOf(name), keyword, message, accepted);
    return undefined;
  }

  string(name: string, rule: StringRule): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return rule.required === true ? this.missing(name) : undefined;
    if (typeof value !== 'string') return this.wrongType(name, 'a string');
    return this.#checkString([name], value, rule) ? value : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.wrongType(name, 'true or false');
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.wrongType(name, 'a whole number');
    if (value < min) return this.issue(name, 'minimum', `must be ${min} or more.`);
    return value > max ? this.issue(name, 'maximum', `must be ${max} or less.`) : value;
  }

  number(name: string, min: number, max: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') return this.wrongType(name, 'a number');
    if (value < min) return this.issue(name, 'minimum', `must be ${min} or more.`);
    return value > max ? this.issue(name, 'maximum', `must be ${max} or less.`) : value;
  }

  oneOf<const T extends string>(name: string, accepted: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.wrongType(name, 'a string');
    const found = accepted.find((word) => word === value);
    return found ?? this.issue(name, 'enum', `must be one of ${accepted.join(', ')}.`, accepted);
  }

  object(name: string): JsonObject | undefined {
    const value = this.raw(name);
    if (value === undefined || isObject(value)) return value;
    return this.wrongType(name, 'an object');
  }

  array(name: string, countMin: number, countMax: number): readonly Json[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!isArray(value)) return this.wrongType(name, 'an array');
    if (value.length < countMin) {
      return this.issue(
        name,
        'minItems',
        `must have at least ${countMin} element${countMin === 1 ? '' : 's'}.`,
      );
    }
    return value.length > countMax
      ? this.issue(name, 'maxItems', `must have at most ${countMax} elements.`)
      : value;
  }

  /** An array of strings, each under the rule. */
  strings(name: string, countMin: number, countMax: number, rule: StringRule): readonly string[] | undefined {
    const values = this.array(name, countMin, countMax);
    if (values === undefined) return undefined;
    const good: string[] = [];
    for (const [position, value] of values.entries()) {
      if (typeof value !== 'string') {
        this.#issues.add(this.pathOf(name, position), 'type', 'must be a string.');
      } else if (this.#checkString([name, position], value, rule)) good.push(value);
    }
    return good;
  }

  /** An ISO 8601 time with its offset, as milliseconds since 1970. */
  time(name: string): number | undefined {
    const value = this.string(name, { charsMax: 40 });
    if (value === undefined) return undefined;
    const isDateTime =
      /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value) &&
      isDay(value.slice(0, 10));
    const time = isDateTime ? Date.parse(value) : NaN;
    return Number.isNaN(time)
      ? this.issue(name, 'format', 'must be an ISO 8601 date-time, such as 2026-01-31T12:00:00Z.')
      : time;
  }

  missing(name: string): undefined {
    return this.issue(name, 'required', 'is required.');
  }

  wrongType(name: string, expected: string): undefined {
    const hint = this.raw(name) === null ? ' Leave it out instead of sending null.' : '';
    return this.issue(name, 'type', `must be ${expected}.${hint}`);
  }

  #checkString(steps: Path, value: string, rule: StringRule): boolean {
    const charsMin = rule.charsMin ?? 1;
    const path = this.pathOf(...steps);
    if (value.length < charsMin) {
      this.#issues.add(
        path,
        'minLength',
        `must have at least ${charsMin} character${charsMin === 1 ? '' : 's'}.`,
      );
      return false;
    }
    // A code point is one or two units, so the cheap comparison decides all but a few.
    if (
      value.length > rule.charsMax &&
      (value.length > 2 * rule.charsMax || charCount(value) > rule.charsMax)
    ) {
      this.#issues.add(path, 'maxLength', `must have at most ${rule.charsMax} characters.`);
      return false;
    }
    if (!(rule.lines === true ? isPlainText(value) : isPlainLine(value))) {
      this.#issues.add(path, 'pattern', 'must not hold control, direction or invisible characters.');
      return false;
    }
    if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      this.#issues.add(path, 'pattern', `must be ${rule.patternSays ?? 'in the documented form'}.`);
      return false;
    }
    return true;
  }
}
