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
  store: ['engine', 'base'],
  job: ['store', 'engine', 'base'],
  webhook: ['store', 'engine', 'base'],
  service: ['job', 'webhook', 'store', 'engine', 'base'],
  'protocol/adcp': ['service', 'job', 'webhook', 'store', 'engine', 'base'],
  'protocol/auth': ['service', 'job', 'webhook', 'store', 'engine', 'base'],
  protocol: ['protocol/adcp', 'protocol/auth', 'service', 'job', 'webhook', 'store', 'engine', 'base'],
  client: ['engine', 'base', 'platform'],
  server: [
    'protocol',
    'protocol/adcp',
    'protocol/auth',
    'service',
    'job',
    'webhook',
    'store',
    'engine',
    'base',
    'platform',
    'client',
  ],
  cli: [
    'server',
    'protocol',
    'protocol/adcp',
    'protocol/auth',
    'service',
    'job',
    'webhook',
    'store',
    'engine',
    'base',
    'platform',
    'client',
  ],
  console: ['server', 'service', 'base', 'client'],
};

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

/** Tests may reach for the real clock, disk and random numbers; and across layers to `platform` only. */
export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/');
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
  if (other === own || layers[own]?.includes(other) === true) return null;
  if (isTest(path) && other === 'platform') return null;
  return `${own} may not import ${other} (${to})`;
}

function judgeBuiltin(path: string, own: string, to: string): string | null {
  if (isTest(path)) return null;
  if (own === 'base' || own === 'engine') return `${own} computes from bytes in memory and may not use ${to}`;
  if (to === 'node:sqlite' && own !== 'store') return `only store may use ${to}`;
  return null;
}
