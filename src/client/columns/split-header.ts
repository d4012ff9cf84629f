import { assert } from '../../base/assert.ts';
import { roleOfWord, wordLengthMax } from './header-dictionary.ts';
import type { WordRole } from './header-dictionary.ts';
import { plainHeader, withoutInvisible } from './plain-header.ts';

/** A word of a column's name with its role; `unknown` when no dictionary has it. */
export interface HeaderWord {
  readonly text: string;
  readonly role: WordRole | 'unknown';
}

/**
 * The words of a column's name. Names are written together in many languages and databases, so what is no
 * word by itself is taken apart: `MOBILEPHONE`, `Kundennummer`, `携帯電話番号`. Counters of one or two digits
 * fall away. The name has at most `headerNameCharsMax` characters.
 *
 *     splitHeader('Work E-mail (2)') // work: companion, email: email
 */
export function splitHeader(header: string): readonly HeaderWord[] {
  return rejoined(header)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap(wordsOfToken);
}

/** Unites what is one word although it is written as two: E-Mail, e mail, E-post, ship to. */
function rejoined(text: string): string {
  return withoutInvisible(text)
    .normalize('NFKC')
    .replace(/(?<!\p{L})e[\s_.-]*mail/giu, (found) => (found.startsWith('e') ? 'email' : 'Email'))
    .replace(/(?<!\p{L})e[\s_-]+post/giu, 'epost')
    .replace(/\b(?:ship|bill|sold|deliver)[\s_-]*to\b/gi, 'shipping')
    .replace(/#/g, ' no ');
}

/** Breaks at capitals what is no word as it stands: `customerEmail`, but not `WhatsApp`. */
function wordsOfToken(token: string): readonly HeaderWord[] {
  if (roleOfWord(plainHeader(token)) !== undefined) return wordsOf(plainHeader(token));
  return token
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(' ')
    .flatMap((part) => wordsOf(plainHeader(part)));
}

function wordsOf(token: string): readonly HeaderWord[] {
  if (token === '') return [];
  const whole = roleOfWord(token);
  if (whole !== undefined) return [{ text: token, role: whole }];
  const word = token.replace(/\d{1,2}$/, '');
  if (word === '') return [];
  const role = roleOfWord(word);
  return role === undefined ? partsOf(word) : [{ text: word, role }];
}

/** Scripts that put no blanks between words; there, what is left between known words is a word as well. */
const unspaced = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u;

function partsOf(word: string): readonly HeaderWord[] {
  const parts = cheapestParts(word, unspaced.test(word));
  if (parts !== undefined) return parts;
  // A word at the end names the thing, whatever stands before it: Diensttelefon, strphone, Abonummer.
  for (let from = 1; from <= word.length - endingCharsMin; from++) {
    const role = roleOfWord(word.slice(from));
    if (role === 'email' || role === 'phone' || role === 'country' || role === 'number')
      return [
        { text: word.slice(0, from), role: 'unknown' },
        { text: word.slice(from), role },
      ];
  }
  return [{ text: word, role: 'unknown' }];
}

const endingCharsMin = 5;
/** Words of one or two letters hide in every other word, so such parts cost more. */
const shortPartCost = 2;
const strangeCharCost = 10;

/**
 * The fewest known words that make up the word; undefined when it is not made of known words. Costs the length
 * times the longest known word, for names of columns only.
 */
function cheapestParts(word: string, allowsStrange: boolean): readonly HeaderWord[] | undefined {
  const costs: number[] = [0];
  const starts: number[] = [0];
  for (let end = 1; end <= word.length; end++) {
    let least = allowsStrange ? costs[end - 1]! + strangeCharCost : Infinity;
    let from = end - 1;
    for (let start = Math.max(0, end - wordLengthMax); start < end; start++) {
      if (end - start === 1 && !allowsStrange) continue;
      if (roleOfWord(word.slice(start, end)) === undefined) continue;
      const cost = costs[start]! + (end - start > 2 ? 1 : shortPartCost);
      if (cost >= least) continue;
      least = cost;
      from = start;
    }
    costs.push(least);
    starts.push(from);
  }
  if (costs[word.length] === Infinity) return undefined;
  const parts: HeaderWord[] = [];
  for (let end = word.length; end > 0; end = starts[end]!) {
    const text = word.slice(starts[end], end);
    parts.unshift({ text, role: roleOfWord(text) ?? 'unknown' });
  }
  assert(parts.map((part) => part.text).join('') === word, () => 'the parts make up the word');
  return parts;
}
