import { referencesOf, resolveReference } from './source.ts';
import type { Tree } from './tree.ts';

/**
 * What each layer may import, besides itself. The table in ARCHITECTURE.md says the same in words, and a test
 * compares the two. A folder that is no key here is not part of the design and fails the check.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  engine: ['base'],
  platform: ['base'],
  client: ['engine', 'base', 'platform'],
  store: ['engine', 'base'],
  job: ['store', 'engine', 'base'],
  webhook: ['store', 'engine', 'base'],
  service: ['job', 'webhook', 'store', 'engine', 'base'],
  protocol: ['service', 'engine', 'base'],
  'protocol/adcp': ['protocol', 'service', 'engine', 'base'],
  'protocol/auth': ['protocol', 'service', 'engine', 'base'],
  'protocol/mcp': ['protocol/adcp', 'protocol/auth', 'protocol', 'service', 'engine', 'base'],
  'protocol/a2a': ['protocol/adcp', 'protocol/auth', 'protocol', 'service', 'engine', 'base'],
  'protocol/adserver': ['protocol/adcp', 'protocol/auth', 'protocol', 'service', 'engine', 'base'],
  'protocol/rest': ['protocol/adcp', 'protocol/auth', 'protocol', 'service', 'engine', 'base'],
  server: [...allBelowServer()],
  cli: ['server', ...allBelowServer()],
  console: ['server', ...allBelowServer()],
};

function allBelowServer(): readonly string[] {
  return [
    ...[
      'protocol/mcp',
      'protocol/a2a',
      'protocol/rest',
      'protocol/adserver',
      'protocol/adcp',
      'protocol/auth',
      'protocol',
    ],
    ...['service', 'job', 'webhook', 'store', 'engine', 'base', 'platform', 'client'],
  ];
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly say: string;
}

export interface Examined {
  readonly findings: readonly Finding[];
  /** How many things the check compared; a check that looked at nothing fails. */
  readonly looked: number;
}

/** The layer of a file below `src/`, or null when its folder belongs to none. */
export function layerOf(path: string): string | null {
  const [, first = '', second = ''] = path.split('/');
  const nested = `${first}/${second}`;
  if (Object.hasOwn(layers, nested)) return nested;
  return Object.hasOwn(layers, first) && path.split('/').length > 2 ? first : null;
}

/**
 * Tests and what only they need: slow models, shared suites, generators. They may use the real clock and random
 * numbers; the product may not import them, which keeps the names honest.
 */
export function isTest(path: string): boolean {
  return (
    path.startsWith('test/') ||
    path.includes('/testing/') ||
    /\.(?:test|model|contract)\.ts$/.test(path) ||
    /\/(?:model|model-[\w-]+|random-[\w-]+|[\w-]+-support)\.ts$/.test(path)
  );
}

/** Every import of `src/` against the table. */
export function checkLayers(tree: Tree): Examined {
  const findings: Finding[] = [];
  let looked = 0;
  for (const [path, text] of tree) {
    if (!path.startsWith('src/')) continue;
    const own = layerOf(path);
    if (own === null) {
      findings.push({ path, line: 1, say: 'lies in no layer' });
      continue;
    }
    for (const reference of referencesOf(text)) {
      looked++;
      const say = judge(path, own, reference.to);
      if (say !== null) findings.push({ path, line: reference.line, say });
    }
  }
  return { findings, looked };
}

function judge(path: string, own: string, to: string): string | null {
  if (to.startsWith('node:')) return judgeBuiltin(path, own, to);
  const target = resolveReference(path, to);
  if (target === null) return null;
  if (!target.startsWith('src/')) {
    return target === 'package.json' || isTest(path) ? null : `${to} lies outside src`;
  }
  const other = layerOf(target);
  if (other === null) return `${to} lies in no layer`;
  if (isTest(target) && !isTest(path)) return `the product may not import test code (${to})`;
  if (other === own || layers[own]?.includes(other) === true) return null;
  if (isTest(path) && (other === 'platform' || other.split('/')[0] === own.split('/')[0])) return null;
  return `${own} may not import ${other} (${to})`;
}

function judgeBuiltin(path: string, own: string, to: string): string | null {
  if (isTest(path)) return null;
  if (own === 'base' || own === 'engine') return `${own} computes from bytes in memory and may not use ${to}`;
  if (to === 'node:sqlite' && own !== 'store') return `only store may use ${to}`;
  return null;
}
