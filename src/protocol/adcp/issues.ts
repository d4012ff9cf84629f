import { AppError } from '../../base/faults.ts';

/** A place in the arguments of a call: names and array positions from the root. */
export type Path = readonly (string | number)[];

/** The words of JSON Schema validators for why a value is refused. Source: AdCP `core/error.json`, `issues[].keyword`. */
export type IssueKeyword =
  | 'type'
  | 'required'
  | 'enum'
  | 'pattern'
  | 'format'
  | 'minLength'
  | 'maxLength'
  | 'minItems'
  | 'maxItems'
  | 'uniqueItems'
  | 'minimum'
  | 'maximum'
  | 'oneOf'
  | 'not';

/** One thing that is wrong with a request. The message never holds what the caller sent. */
export interface Issue {
  readonly path: Path;
  readonly keyword: IssueKeyword;
  readonly message: string;
  /** The closed set of which one value is legal here. */
  readonly accepted?: readonly string[];
}

/** Issues reported for one request; the rest is counted. */
export const issueCountMax = 8;

const nameCharsMax = 64;

/** Names of a path come from the caller where unknown fields are named, so they are made harmless. */
function safeName(name: string): string {
  return /^[A-Za-z_][\w$-]*$/.test(name) && name.length <= nameCharsMax && !/\d{5}/.test(name) ? name : '_';
}

/** JSONPath-lite: `audiences[0].name`. */
export function fieldOf(path: Path): string {
  let field = '';
  for (const step of path) {
    if (typeof step === 'number') field += `[${step}]`;
    else field += field === '' ? safeName(step) : `.${safeName(step)}`;
  }
  return field;
}

/** RFC 6901: `/audiences/0/name`. The names of our paths hold neither `~` nor `/`. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${typeof step === 'number' ? step : safeName(step)}`).join('');
}

/** The pointer of a field in JSONPath-lite. */
export function pointerOfField(field: string): string {
  return field === '' ? '' : `/${field.replaceAll('[', '/').replaceAll(']', '').replaceAll('.', '/')}`;
}

/** A request that is refused for its shape, with every reason that was found (at most issueCountMax). */
export class RequestFault extends AppError {
  override name = 'RequestFault';
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[], found: number) {
    const first = issues[0];
    if (first === undefined) throw new TypeError('a request is not refused for nothing');
    const more = found > 1 ? ` (${found - 1} more in issues)` : '';
    const field = fieldOf(first.path);
    super('INVALID_REQUEST', `${first.message}${more}`, {
      ...(field === '' ? {} : { field }),
      ...(first.accepted === undefined ? {} : { details: { accepted_values: first.accepted } }),
    });
    this.issues = issues;
  }
}

/** Refuses a request for one reason. */
export function refuse(path: Path, keyword: IssueKeyword, message: string): never {
  throw new RequestFault([{ path, keyword, message }], 1);
}
