import type { Primitives } from '../../base/primitives.ts';
import type { RecipeIndex } from '../../engine/forensics/recipe-index.ts';
import type { GraphStamp } from '../../engine/forensics/stored-recipes.ts';
import { findRecipeFile, readRecipes } from './recipe-file.ts';

/**
 * Gives the recipe index of a state of the graph and keeps the newest one: at most 63 MiB, from the first question on.
 * Whether its file is another one is asked each time, which costs two reads of 64 bytes.
 */
export function createRecipeHolder(
  dataDir: string,
  primitives: Primitives,
): (stamp: GraphStamp | null) => RecipeIndex | null {
  let held: { readonly header: string; readonly index: RecipeIndex | null } | null = null;
  return (stamp) => {
    const found = findRecipeFile(dataDir, stamp);
    if (found === null) {
      held = null;
      return null;
    }
    const header = Buffer.from(found.header).toString('base64');
    if (held?.header !== header) {
      held = null;
      held = { header, index: readRecipes(dataDir, stamp, primitives) };
    }
    return held.index;
  };
}
