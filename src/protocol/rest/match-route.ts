import type { Route } from './route.ts';

/** Longer than any id that is given out. */
const segmentCharsMax = 255;

export type RouteMatch =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The address exists, for these methods. */
  | { readonly kind: 'other_method'; readonly methods: readonly string[] }
  | { readonly kind: 'none' };

function decoded(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment);
    return text !== '' && text.length <= segmentCharsMax ? text : undefined;
  } catch {
    return undefined;
  }
}

function paramsOf(
  pattern: string,
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const steps = pattern.split('/');
  if (steps.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, step] of steps.entries()) {
    const text = decoded(segments[at] ?? '');
    if (step.startsWith('{')) {
      if (text === undefined) return undefined;
      params[step.slice(1, -1)] = text;
    } else if (step !== (text ?? '')) return undefined;
  }
  return params;
}

/** Finds the route of an address below the door. A slash at the end changes nothing. */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch {
  const segments = path.replace(/(?<=.)\/$/, '').split('/');
  const methods: string[] = [];
  for (const route of routes) {
    const params = paramsOf(route.path, segments);
    if (params === undefined) continue;
    if (route.method === method) return { kind: 'found', route, params };
    methods.push(route.method);
  }
  return methods.length === 0 ? { kind: 'none' } : { kind: 'other_method', methods };
}
