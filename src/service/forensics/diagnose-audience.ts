/** What is wrong with the hashes of an audience that matches badly. */
import { reportTypes } from '../../base/identifier-types.ts';
import type { AudienceView } from '../../engine/block/audience-view.ts';
import { blurOf, createRecipeTally, shareBlur, type RecipeFinding } from '../../engine/forensics/diagnose.ts';
import { diagnosedTypes, type DiagnosedType, type IsNothing } from '../../engine/forensics/nothing-tokens.ts';
import { emptyRecipeIndex, type RecipeIndex } from '../../engine/forensics/recipe-index.ts';
import type { GraphIndex, MatchCounts } from '../../engine/types.ts';

/** An audience is asked about when fewer than this part of its members are known by a type. */
const poorShare = 0.5;

export interface Diagnosis {
  /** Whether there is a recipe index to ask. Without one only hashes of nothing are recognised. */
  readonly hasIndex: boolean;
  /** Types by which so few members are known that their hashes were looked at. */
  readonly poorTypes: readonly DiagnosedType[];
  readonly findings: readonly RecipeFinding[];
}

export interface DiagnosedMembers {
  readonly view: AudienceView;
  readonly counts: MatchCounts;
}

/**
 * Looks at the types that at least `minimumSize` members hold and by which less than half of those are known. That edge
 * is blurred like the others: a buyer who is told nothing of counts would otherwise be told by it. A scan of all
 * members, about 0.2 µs an identifier, and none at all where no type can be poor. `index`: null where there is none.
 */
export function diagnoseAudience(
  { view, counts }: DiagnosedMembers,
  minimumSize: number,
  against: { readonly index: RecipeIndex | null; readonly graph: GraphIndex; readonly isNothing: IsNothing },
): Diagnosis {
  const { index, graph, isNothing } = against;
  const share = (type: DiagnosedType): number => knownShare(counts, reportTypes.indexOf(type), minimumSize);
  if (diagnosedTypes.every((type) => share(type) >= poorShare + shareBlur))
    return { hasIndex: index !== null, poorTypes: [], findings: [] };
  const tally = createRecipeTally(index ?? emptyRecipeIndex, graph, isNothing);
  view.forEachLive((piece, first, end) => tally.push(piece, first, end));
  const poorTypes = diagnosedTypes.filter(
    (type) => share(type) < poorShare + blurOf(tally.counts(type).draw, 0),
  );
  const findings = tally.findings(minimumSize).filter(({ type }) => poorTypes.includes(type));
  return { hasIndex: index !== null, poorTypes, findings };
}

/** The share of members holding a type who are known by it; all of them where they are too few to be asked about. */
function knownShare({ submitted, matched }: MatchCounts, row: number, minimumSize: number): number {
  const total = submitted[row] ?? 0;
  return total === 0 || total < minimumSize ? 1 : (matched[row] ?? 0) / total;
}
