import { createHash } from 'node:crypto';

import type { GraphChanges } from '../identity/apply-changes.ts';
import { createRecipeCollector } from './collect-recipes.ts';
import type { SampledEntries } from './entries.ts';
import type { ModelChange } from './forensics.model.ts';

/** A token for a name, as good as random. */
export function tokenFor(name: string): Uint32Array {
  return new Uint32Array(createHash('sha256').update(name).digest().buffer.slice(0, 16));
}

export function tokensFor(names: readonly string[]): Uint32Array {
  const words = new Uint32Array(names.length * 4);
  names.forEach((name, i) => words.set(tokenFor(name), i * 4));
  return words;
}

/** A change of the model as the engine takes it. */
export function graphChangesOf(change: ModelChange): GraphChanges {
  const { upserts } = change;
  const identifierStart = new Uint32Array(upserts.length + 1);
  upserts.forEach(({ identifiers }, i) => {
    identifierStart[i + 1] = identifierStart[i]! + identifiers.length;
  });
  const rows = {
    rowCount: upserts.length,
    personToken: tokensFor(upserts.map(({ person }) => person)),
    identifierStart,
    identifierToken: tokensFor(upserts.flatMap(({ identifiers }) => identifiers)),
  };
  return {
    upserts: upserts.length === 0 ? [] : [rows],
    replaces: change.replaces,
    removedPersons: tokensFor(change.removedPersons),
    removedIdentifiers: tokensFor(change.removedIdentifiers),
  };
}

export function stagedOf(change: ModelChange, roomMax?: number): SampledEntries {
  const collector = createRecipeCollector(roomMax);
  change.upserts.forEach(({ foreign }, row) => {
    const codes = Uint8Array.from(foreign, ({ code }) => code);
    collector.add(row, tokensFor(foreign.map(({ token }) => token)), codes, 0, foreign.length);
  });
  return collector.finish();
}
