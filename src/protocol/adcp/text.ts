/**
 * Characters that have no place in one line of a buyer's text: control characters, direction overrides and
 * isolates, invisible tag characters, zero-width spaces and line separators. They hide instructions from people who read what
 * programs obey, and they break logs and tables. The zero-width joiner stays: emoji and several scripts need it.
 */
const hidden =
  '\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u200B\\u2028\\u2029\\u202A-\\u202E\\u2060-\\u2064\\u2066-\\u2069\\uFEFF\\u{E0000}-\\u{E007F}';

const hiddenInLine = new RegExp(`[${hidden}\\t\\n\\r]`, 'u');
const hiddenInText = new RegExp(`[${hidden}]`, 'u');

/** True when the text fits one line and shows everything that it holds. */
export function isPlainLine(text: string): boolean {
  return text.isWellFormed() && !hiddenInLine.test(text);
}

/** The same for text of several lines. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !hiddenInText.test(text);
}

/** Characters as a person counts them: code points. */
export function charCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
