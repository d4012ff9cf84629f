import type { Tokeniser } from '../token/tokeniser.ts';
import { identifierTypeOfCode } from '../../base/identifier-types.ts';
import { digestOf } from '../prepare/request.model.ts';
import type { GraphIndex } from '../types.ts';
import type { ModelGraph } from './audience.model.ts';

const nameOf = (tokens: Uint32Array, index: number): string =>
  tokens.subarray(index * 4, index * 4 + 4).join();

/** The index of a model graph, as a Map. */
export function modelGraphIndex(graph: ModelGraph, tokeniser: Tokeniser, personCount: number): GraphIndex {
  const persons = new Map<string, readonly number[]>();
  for (const [identifier, named] of graph) {
    const [code, value] = identifier.split(':') as [string, string];
    const token = tokeniser.tokenOf(identifierTypeOfCode(Number(code)), digestOf(value));
    persons.set(nameOf(token, 0), named);
  }
  return {
    version: 1,
    personCount,
    entryCount: [...graph.values()].reduce((sum, named) => sum + named.length, 0),
    memoryBytes: 0,
    lookup(tokens, offset, count, hits, sink) {
      for (let i = 0; i < count; i++) {
        const named = persons.get(nameOf(tokens, offset + i)) ?? [];
        hits[i] = named.length;
        for (const ordinal of named) sink?.add(ordinal);
      }
    },
  };
}
