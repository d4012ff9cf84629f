import { reportTypeOf, reportTypes, identifierTypeOfCode } from '../../base/identifier-types.ts';
import type { ModelEntry, ModelMember } from '../prepare/request.model.ts';
import type { MatchCounts } from '../types.ts';

/** An audience as plain data: member key → identifiers, each `code:value`. */
export type ModelAudience = ReadonlyMap<string, ReadonlySet<string>>;
/** Identifier → persons. */
export type ModelGraph = ReadonlyMap<string, readonly number[]>;

const identifiersOf = (member: ModelMember): Set<string> =>
  new Set(member.identifiers.map(([code, value]) => `${code}:${value}`));

export function modelKey(member: ModelMember): string {
  return member.id === null ? `derived ${[...identifiersOf(member)].sort().join()}` : `id ${member.id}`;
}

/** Contract, syncing an audience, rules 1 to 3, word for word and slowly; all members are good. */
export function applyModel(audience: ModelAudience, { add = [], remove = [] }: ModelEntry): ModelAudience {
  const after = new Map(audience);
  for (const entry of remove) {
    const struck = identifiersOf(entry);
    if (entry.id !== null && audience.has(modelKey(entry))) {
      after.delete(modelKey(entry));
      continue;
    }
    for (const [key, held] of audience) {
      if ([...held].some((identifier) => struck.has(identifier))) after.delete(key);
    }
  }
  const removedIds = new Set(remove.filter(({ id }) => id !== null).map(modelKey));
  const struck = new Set(remove.flatMap((entry) => [...identifiersOf(entry)]));
  const last = new Map(add.map((member) => [modelKey(member), member]));
  for (const [key, member] of last) {
    const kept = new Set([...identifiersOf(member)].filter((identifier) => !struck.has(identifier)));
    if (!removedIds.has(key) && kept.size > 0) after.set(key, kept);
  }
  return after;
}

/** Contract, counts: members, never people; per report row those holding and those matched by. */
export function modelCounts(audience: ModelAudience, graph: ModelGraph): MatchCounts {
  const rowOf = (identifier: string): string =>
    reportTypeOf[identifierTypeOfCode(Number(identifier.split(':')[0]))];
  const members = [...audience.values()];
  const matches = members.map((held) => [...held].filter((identifier) => graph.has(identifier)));
  const countRow = (lists: readonly Iterable<string>[], row: string): number =>
    lists.filter((list) => [...list].some((identifier) => rowOf(identifier) === row)).length;
  return {
    memberCount: members.length,
    matchedCount: matches.filter((list) => list.length > 0).length,
    submitted: reportTypes.map((row) => countRow(members, row)),
    matched: reportTypes.map((row) => countRow(matches, row)),
  };
}

/** The union of the persons named by any identifier of any member, ascending. */
export function modelUsers(audience: ModelAudience, graph: ModelGraph): number[] {
  const named = [...audience.values()].flatMap((held) => [...held].flatMap((one) => graph.get(one) ?? []));
  return [...new Set(named)].sort((a, b) => a - b);
}

/** What became of the members between two states of an audience. */
export function modelChange(
  before: ModelAudience,
  after: ModelAudience,
): { added: number; updated: number; removed: number } {
  const listOf = (audience: ModelAudience, key: string): string => [...audience.get(key)!].sort().join();
  const isSame = (key: string): boolean => listOf(before, key) === listOf(after, key);
  const both = [...after.keys()].filter((key) => before.has(key));
  return {
    added: after.size - both.length,
    updated: both.filter((key) => !isSame(key)).length,
    removed: before.size - both.length,
  };
}
