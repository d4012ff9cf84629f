import type { Examined, Finding } from './layers.ts';
import { referencesOf, resolveReference } from './source.ts';
import type { Tree } from './tree.ts';

/** Files that somebody starts: the program, scripts, benchmarks and tests. Workers are reached from their owners. */
export function isEntry(path: string): boolean {
  return (
    path === 'src/cli/main.ts' ||
    path === 'test/proof/prove.ts' ||
    path.endsWith('.test.ts') ||
    /^(?:scripts|bench)\/[^/]+$/.test(path) ||
    path.startsWith('bench/peers/') ||
    /^test\/seeds\/.*\.mjs$/.test(path)
  );
}

/** Files of the tree that no entry reaches are dead; relative references that name no file are broken. */
export function checkReach(tree: Tree, exists: (path: string) => boolean): Examined {
  const findings: Finding[] = [];
  const reached = new Set<string>();
  const open = [...tree.keys()].filter(isEntry);
  let looked = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { to, line } of referencesOf(tree.get(path) ?? '')) {
      const target = resolveReference(path, to);
      if (target === null) continue;
      looked++;
      if (tree.has(target)) open.push(target);
      else if (!exists(target)) findings.push({ path, line, say: `${to} names no file` });
    }
  }
  for (const path of tree.keys()) {
    if (!reached.has(path))
      findings.push({ path, line: 1, say: 'no entry, worker or test reaches this file' });
  }
  return { findings, looked };
}
