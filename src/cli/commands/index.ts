import type { AnyCommand } from '../command.ts';
import type { CommandLine } from '../help.ts';

/** A command by name and summary; its file is read only when it runs, so that help stays instant. */
export interface CommandEntry extends CommandLine {
  readonly load: () => Promise<{ readonly command: AnyCommand }>;
}

/** In the order of help: what a newcomer needs first stands first. */
export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'Show the whole way on a generated seller, then serve it',
    load: () => import('./demo.ts'),
  },
  { name: 'serve', summary: 'Run the server', load: () => import('./serve.ts') },
  {
    name: 'graph import',
    summary: 'Load users from a CSV, TSV, NDJSON or Parquet file',
    load: () => import('./graph-import.ts'),
  },
  {
    name: 'graph remove',
    summary: 'Remove the users that a file names',
    load: () => import('./graph-remove.ts'),
  },
  {
    name: 'graph stats',
    summary: 'Count users and identifiers by type',
    load: () => import('./graph-stats.ts'),
  },
  { name: 'account create', summary: 'Create an account', load: () => import('./account-create.ts') },
  { name: 'account list', summary: 'List accounts', load: () => import('./account-list.ts') },
  {
    name: 'account update',
    summary: 'Change the status of an account',
    load: () => import('./account-update.ts'),
  },
  {
    name: 'key create',
    summary: 'Create an API key and show it, once',
    load: () => import('./key-create.ts'),
  },
  {
    name: 'key list',
    summary: 'List API keys, without the keys themselves',
    load: () => import('./key-list.ts'),
  },
  { name: 'key revoke', summary: 'Make a key useless from now on', load: () => import('./key-revoke.ts') },
];
