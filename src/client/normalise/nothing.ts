/**
 * The words that exports write where there is no value. A hash of such a word would join strangers,
 * so they count as an empty cell.
 */
// prettier-ignore
const words = [
  'null', '(null)', '\\n', 'none', 'nil', 'nan', 'na', 'n/a', 'n.a.', '#n/a', 'undefined', 'unknown', 'empty',
  'missing', 'blank', 'not available', 'not provided', '-', '--', '---', '.', '?', 'x', 'xx', 'xxx', '0', 'false', 'k.a.',
] as const;
const nothingWords: ReadonlySet<string> = new Set<string>(words);
const wordLengthMax = Math.max(...words.map((word) => word.length));

/** Whether a cell says that it has no value: blank, or a word such as `null` and `n/a` in any case. */
export function isNothing(text: string): boolean {
  const word = text.trim();
  return word.length === 0 || (word.length <= wordLengthMax && nothingWords.has(word.toLowerCase()));
}

/** Words that an id may not be; shorter than the list above, because ids such as `0` and `x` exist. */
// prettier-ignore
const noIdWords: ReadonlySet<string> = new Set([
  'null', '(null)', '\\n', 'none', 'nil', 'nan', 'n/a', '#n/a', 'undefined', '-', '--',
]);

/** Whether an id cell holds no id. */
export function isNoId(text: string): boolean {
  return text.length === 0 || (text.length <= 9 && noIdWords.has(text.toLowerCase()));
}
