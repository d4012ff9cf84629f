/** The files of `deploy/` as what reads them would see them. */
import { readFileSync } from 'node:fs';

import { parse, parseAllDocuments } from 'yaml';

import { settings } from '../../src/server/options.ts';

const at = (name: string): URL => new URL(`../../deploy/${name}`, import.meta.url);

export const textOf = (name: string): string => readFileSync(at(name), 'utf8');

export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, { readonly ipam: { readonly config: { subnet: string }[] } }>>;
}

/** Anchors are resolved, as Compose does it. */
export const composeOf = (name: string): ComposeFile => parse(textOf(`compose/${name}`)) as ComposeFile;

/** Only what the tests ask for; types of everything are held against Kubernetes' own. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

export const manifestsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** An instruction of the Dockerfile, its lines joined. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

export function dockerfileOf(text: string): readonly Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    return { word, rest };
  });
}

/** What an image brings, of the stage that is kept. */
export function imageOf(instructions: readonly Instruction[]): {
  readonly environment: Readonly<Record<string, string>>;
  readonly entry: readonly string[];
  readonly user: string;
  readonly health: string;
} {
  const last = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'));
  const restOf = (word: string): string => last.find((one) => one.word === word)?.rest ?? '';
  const pairs = last.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.trim().split(/\s+/));
  return {
    environment: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])),
    entry: JSON.parse(restOf('ENTRYPOINT')) as string[],
    user: restOf('USER'),
    health: restOf('HEALTHCHECK'),
  };
}

/** Names that start like our own settings and are none: the program would refuse to start. */
export function strangers(names: Iterable<string>): readonly string[] {
  const own = Object.values(settings).flatMap(({ env, secret, isSecretValue }) => {
    if (env === null) return [];
    return secret || isSecretValue !== undefined ? [env, `${env}_FILE`] : [env];
  });
  return [...names].filter((name) => name.startsWith('ROLLCALL_') && !own.includes(name));
}
