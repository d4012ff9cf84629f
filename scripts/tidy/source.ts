/**
 * A source text with its comments, and on request its strings, blanked out: same length, same lines, so that a
 * place found in it is a place in the file. A small lexer for TypeScript: comments, the three kinds of string,
 * nested templates and regular expressions.
 */
export function blank(text: string, what: { readonly strings: boolean }): string {
  const out = text.split('');
  const hide = (from: number, to: number) => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' ';
  };
  /** Depth of braces at which each open template's `${` began. */
  const templates: number[] = [];
  let depth = 0;
  let last = '';
  for (let at = 0; at < text.length;) {
    const end = tokenEnd(text, at, last, templates.at(-1) === depth);
    const first = text[at] ?? '';
    const token = text.slice(at, end);
    if (token.startsWith('//') || token.startsWith('/*')) hide(at, end);
    else {
      if (isQuoted(first, token, templates.at(-1) === depth)) {
        if (what.strings) hide(at + 1, end - (token.endsWith('${') ? 2 : 1));
        if (first === '}') templates.pop();
        if (token.endsWith('${')) templates.push(depth);
      } else if (first === '{') depth++;
      else if (first === '}') depth--;
      if (token.trim() !== '') last = token;
    }
    at = end;
  }
  return out.join('');
}

function isQuoted(first: string, token: string, closesHole: boolean): boolean {
  if (first === "'" || first === '"' || first === '`') return true;
  if (first === '}' && closesHole) return true;
  return first === '/' && token.length > 1;
}

/** Where the token that begins at `at` ends. */
function tokenEnd(text: string, at: number, last: string, inHole: boolean): number {
  const first = text[at] ?? '';
  const two = text.slice(at, at + 2);
  if (two === '//') return endOr(text, text.indexOf('\n', at));
  if (two === '/*') return endOr(text, text.indexOf('*/', at + 2), 2);
  if (first === "'" || first === '"') return stringEnd(text, at + 1, first);
  if (first === '`') return templateEnd(text, at + 1);
  if (first === '}' && inHole) return templateEnd(text, at + 1);
  if (first === '/' && beginsRegex(last)) return regexEnd(text, at + 1);
  const word = /[\w$]+|\s+|[^]/y;
  word.lastIndex = at;
  word.test(text);
  return Math.max(at + 1, word.lastIndex);
}

function endOr(text: string, found: number, extra = 0): number {
  return found === -1 ? text.length : found + extra;
}

function stringEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote || text[at] === '\n') return at + 1;
  }
  return text.length;
}

/** Up to and with the closing backtick or the next `${`. */
function templateEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') return at + 1;
    else if (text[at] === '$' && text[at + 1] === '{') return at + 2;
  }
  return text.length;
}

/** A slash divides after a value and begins a regular expression everywhere else. */
function beginsRegex(last: string): boolean {
  if (/^(return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/.test(last)) return true;
  return last === '' || !/[\w$)\]}'"`]$/.test(last);
}

function regexEnd(text: string, from: number): number {
  let inClass = false;
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return from;
}

/** One place where a file names another module. */
export interface Reference {
  /** As written: `../base/assert.ts`, `node:fs`, `fast-check`. */
  readonly to: string;
  readonly line: number;
  /** `import type` and `export type`: nothing is loaded. */
  readonly typeOnly: boolean;
}

const statements =
  /\b(?:import|export)\s+(?<type>type\s+)?(?:[\w$\s{},*]*?\bfrom\s*)?(?<quote>['"])(?<to>[^'"\n]+)\k<quote>/g;
const calls = /\bimport\(\s*(?<quote>['"])(?<to>[^'"\n]+)\k<quote>\s*,?\s*\)/g;
/** Worker entries and data beside a file: `new URL('./x.ts', import.meta.url)`. */
const urls = /\bnew URL\(\s*(?<quote>['"])(?<to>[^'"\n:]+)\k<quote>\s*,\s*import\.meta\.url\s*,?\s*\)/g;
/** `workerUrl('ingest-worker', import.meta.url)`. */
const workers = /\bworkerUrl\(\s*(?<quote>['"])(?<to>[^'"\n]+)\k<quote>/g;

/** Everything that a file imports, statically, lazily or as a worker. */
export function referencesOf(text: string): readonly Reference[] {
  const code = blank(text, { strings: false });
  // The same text without strings tells a real import from one that is quoted in a string.
  const bare = blank(text, { strings: true });
  const found: Reference[] = [];
  for (const pattern of [statements, calls, urls, workers]) {
    for (const match of code.matchAll(pattern)) {
      const { to = '', type } = match.groups ?? {};
      if (bare.slice(match.index, match.index + 6) !== code.slice(match.index, match.index + 6)) continue;
      const line = code.slice(0, match.index).split('\n').length;
      found.push({ to: destination(pattern, to), line, typeOnly: type !== undefined });
    }
  }
  return found;
}

/** URLs are relative with and without a leading dot; a worker's ending is its owner's. */
function destination(pattern: RegExp, to: string): string {
  if (pattern === workers) return `./${to}.ts`;
  return pattern === urls && !to.startsWith('.') ? `./${to}` : to;
}

/** The file that a relative reference names, as a path from the root; null for packages and `node:`. */
export function resolveReference(from: string, to: string): string | null {
  if (!to.startsWith('.')) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
