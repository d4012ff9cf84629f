import { AppError } from '../../base/faults.ts';
import { copyToken, sameToken } from '../token/compare.ts';
import { personCountMax } from './layout.ts';
import { positionsOf } from './locate.ts';
import { isMarked, type Marks } from './marks.ts';
import { isOwnId, type PersonColumn } from './person-column.ts';
import { personOf, type Run } from './run.ts';
import type { GraphSnapshot } from './snapshot.ts';

/** The ordinal of the living person whose own id is token `tokens[index]`, or -1. */
export function findPerson(
  { base, hidden, delta }: GraphSnapshot,
  column: PersonColumn,
  tokens: Uint32Array,
  index: number,
): number {
  const inBase = findIn(base, hidden, column, tokens, index);
  return inBase >= 0 ? inBase : findIn(delta, null, column, tokens, index);
}

/** An own id may stand with other persons too, as an identifier of theirs; the column tells whose it is. */
function findIn(
  run: Run,
  hidden: Marks | null,
  column: PersonColumn,
  tokens: Uint32Array,
  index: number,
): number {
  const { start, end } = positionsOf(run, tokens, index);
  for (let position = start; position < end; position++) {
    if (hidden !== null && isMarked(hidden, position)) continue;
    const person = personOf(run, position);
    if (isOwnId(column, person, tokens, index)) return person;
  }
  return -1;
}

/** Gives persons that a change brings the next ordinals, each once. */
export interface NewPersons {
  readonly count: number;
  /** Own ids in the order of the ordinals, 4 words each; room behind `count` is unused. */
  readonly tokens: Uint32Array;
  /** The ordinal of the person with own id `tokens[index]`, known or new. */
  ordinalOf(tokens: Uint32Array, index: number): number;
}

const slotsMin = 64;

/** `firstOrdinal` is the first free one. Own ids are uniform, so a word of theirs is the hash. */
export function createNewPersons(firstOrdinal: number): NewPersons {
  let tokens = new Uint32Array(slotsMin * 2);
  let count = 0;
  /** Place of a person in `tokens`, plus one; 0 is free. At most half full. */
  let table = new Uint32Array(slotsMin);

  const slotOf = (from: Uint32Array, index: number): number => {
    let slot = from[index * 4 + 1]! & (table.length - 1);
    while (table[slot] !== 0 && !sameToken(tokens, table[slot]! - 1, from, index)) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  };
  const grow = (): void => {
    const bigger = new Uint32Array(tokens.length * 2);
    bigger.set(tokens);
    tokens = bigger;
    table = new Uint32Array(table.length * 2);
    for (let i = 0; i < count; i++) table[slotOf(tokens, i)] = i + 1;
  };

  return {
    get count() {
      return count;
    },
    get tokens() {
      return tokens;
    },
    ordinalOf(from, index) {
      const slot = slotOf(from, index);
      if (table[slot] !== 0) return firstOrdinal + table[slot]! - 1;
      if (firstOrdinal + count >= personCountMax) {
        throw new AppError('CALL_TOO_LARGE', 'The identity graph cannot hold more users.');
      }
      copyToken(from, index, tokens, count);
      count += 1;
      table[slot] = count;
      if (count * 2 >= table.length) grow();
      return firstOrdinal + count - 1;
    },
  };
}
