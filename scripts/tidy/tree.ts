import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Path from the root with forward slashes → text. */
export type Tree = ReadonlyMap<string, string>;

/** What is made, not written: never checked. */
const made = new Set(['node_modules', 'dist', 'data', '.git', 'out', 'golden']);

/** Every written file below `folders` whose name ends with one of `endings`, in a fixed order. */
export function readTree(folders: readonly string[], endings: readonly string[]): Tree {
  const tree = new Map<string, string>();
  for (const folder of folders) visit(join(root, folder), endings, tree);
  return tree;
}

function visit(folder: string, endings: readonly string[], tree: Map<string, string>): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (made.has(entry.name)) continue;
    if (entry.isDirectory()) visit(path, endings, tree);
    else if (endings.some((ending) => entry.name.endsWith(ending))) {
      tree.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  }
}

/** The TypeScript of the project. */
export function readSources(): Tree {
  return readTree(['src', 'test', 'bench', 'scripts'], ['.ts', '.mjs']);
}

/** Everything that a person reads: code, documents and settings. */
export function readTexts(): Tree {
  return readTree(['.'], ['.ts', '.mjs', '.md', '.json', '.sql', '.yml']);
}

/** Whether a path from the root names a file. */
export function treeHas(path: string): boolean {
  return existsSync(join(root, path));
}
