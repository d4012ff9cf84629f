import { isTest, layerOf } from './layers.ts';
import type { Examined, Finding } from './layers.ts';
import { blank } from './source.ts';
import type { Tree } from './tree.ts';

interface Ban {
  readonly pattern: RegExp;
  readonly say: string;
  /** Which text is searched: code without comments and strings, or everything. */
  readonly in: 'code' | 'text';
  readonly where: (path: string) => boolean;
}

/** Assembled, so that this file does not contain what it forbids. */
const word = (...parts: readonly string[]) => parts.join('');

const inSource = (path: string) => path.startsWith('src/') && !isTest(path);
const everywhere = () => true;

export const bans: readonly Ban[] = [
  {
    pattern: /\b(?:Date\.now|Math\.random|performance\.now|process\.hrtime|new Date\(\))/g,
    say: 'the clock and randomness come in as parameters; only platform reads the real ones',
    in: 'code',
    where: (path) => inSource(path) && layerOf(path) !== 'platform',
  },
  {
    pattern: /\b(?:async|await|Promise|setTimeout|setInterval)\b/g,
    say: 'the engine is synchronous',
    in: 'code',
    where: (path) => inSource(path) && layerOf(path) === 'engine',
  },
  {
    pattern: /(?:[:<,(|&]\s*|\bas\s+)any\b(?!\s*[:(.])/g,
    say: 'any turns the types off',
    in: 'code',
    where: (path) => path.endsWith('.ts'),
  },
  {
    pattern: new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`, 'g'),
    say: 'finish it, or write down what is missing where people look',
    in: 'text',
    where: everywhere,
  },
  {
    pattern: new RegExp(`${word('@ts-', '(?:ignore|nocheck|expect-error)')}`, 'g'),
    say: 'the type checker is not to be silenced',
    in: 'text',
    where: (path) => path.endsWith('.ts'),
  },
  {
    pattern: new RegExp(
      [
        word('/wo', 'rk/'),
        word('\\bwork', 'place\\b'),
        word('\\bsub-?', 'agents?\\b'),
        word('\\bissue #?', '\\d+\\b'),
        word('\\bthe ', 'brief\\b'),
      ].join('|'),
      'gi',
    ),
    say: 'says where the project is made; a reader elsewhere cannot follow it',
    in: 'text',
    where: everywhere,
  },
  {
    pattern: /\b(?:enum|namespace)\s+\w+\s*\{/g,
    say: 'a table of constants does it, and is erasable',
    in: 'code',
    where: (path) => path.endsWith('.ts'),
  },
  {
    pattern: /new URL\(\s*['"][^'"]*\.ts['"]/g,
    say: 'a build has no .ts files; use workerUrl',
    in: 'text',
    where: inSource,
  },
  {
    pattern: /\b(?:test|it|describe|suite)\.(?:only|skip|todo)\b/g,
    say: 'no test is left out',
    in: 'code',
    where: (path) => isTest(path),
  },
];

/** Every ban against every file that it is for. */
export function checkBans(tree: Tree): Examined {
  const findings: Finding[] = [];
  let looked = 0;
  for (const [path, text] of tree) {
    const code = /\.(?:ts|mjs)$/.test(path) ? blank(text, { strings: true }) : text;
    for (const ban of bans) {
      if (!ban.where(path)) continue;
      looked++;
      for (const match of (ban.in === 'code' ? code : text).matchAll(ban.pattern)) {
        const line = text.slice(0, match.index).split('\n').length;
        findings.push({ path, line, say: `${match[0].trim()}: ${ban.say}` });
      }
    }
  }
  return { findings, looked };
}
