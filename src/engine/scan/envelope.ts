/** A place in a request on the way to its member arrays. */
export interface Place {
  /** Places under keys of an object that stands here. */
  readonly keys: Map<string, Place>;
  /** Place of the elements of an array that stands here. */
  element: Place | undefined;
  /** An object that stands here is an audience: its `add` and `remove` are member arrays. */
  isAudience: boolean;
}

const anyElement = '*';

/**
 * Where audiences stand in a request.
 * Sources: MCP 2025-11-25 `tools/call` (arguments); A2A 1.0 message parts, with AdCP's `{skill, input}` and
 * the older `{skill, parameters}`; Scope3's buyer REST body.
 */
const envelopePaths: readonly (readonly string[])[] = [
  ['audiences', anyElement],
  ['params', 'arguments', 'audiences', anyElement],
  ['params', 'message', 'parts', anyElement, 'data', 'input', 'audiences', anyElement],
  ['params', 'message', 'parts', anyElement, 'data', 'parameters', 'audiences', anyElement],
];

function newPlace(): Place {
  return { keys: new Map(), element: undefined, isAudience: false };
}

function placeTree(paths: readonly (readonly string[])[]): Place {
  const root = newPlace();
  for (const path of paths) {
    let place = root;
    for (const step of path) {
      if (step === anyElement) {
        place = place.element ??= newPlace();
        continue;
      }
      const below = place.keys.get(step) ?? newPlace();
      place.keys.set(step, below);
      place = below;
    }
    place.isAudience = true;
  }
  return root;
}

/** The place of the whole document. */
export const documentPlace: Place = placeTree(envelopePaths);
