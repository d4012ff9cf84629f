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
    name: 'push',
    summary: 'Hash a file of customers here and send it to a seller as an audience',
    load: () => import('./push.ts'),
  },
  {
    name: 'status',
    summary: 'Ask a seller how an audience of yours stands',
    load: () => import('./status.ts'),
  },
  {
    name: 'audiences list',
    summary: 'List your audiences at a seller',
    load: () => import('./audiences-list.ts'),
  },
  {
    name: 'audiences delete',
    summary: 'Delete an audience of yours at a seller, with its members there',
    load: () => import('./audiences-delete.ts'),
  },
  {
    name: 'doctor',
    summary: 'Find out why a push to a seller does not work, and how to mend it',
    load: () => import('./doctor.ts'),
  },
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
    summary: 'Change the status of an account, or what is kept of it',
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
  {
    name: 'key rotate',
    summary: 'Give a caller a new key; the old one works for a while',
    load: () => import('./key-rotate.ts'),
  },
  { name: 'key revoke', summary: 'Make a key useless from now on', load: () => import('./key-revoke.ts') },
  {
    name: 'signer add',
    summary: 'Register the keys that a buyer signs requests with',
    load: () => import('./signer-add.ts'),
  },
  {
    name: 'signer list',
    summary: 'List buyers that sign, and their keys',
    load: () => import('./signer-list.ts'),
  },
  {
    name: 'signer revoke',
    summary: 'Refuse what a key signs from now on',
    load: () => import('./signer-revoke.ts'),
  },
  { name: 'signer remove', summary: 'Forget a signer', load: () => import('./signer-remove.ts') },
  {
    name: 'audience export',
    summary: 'Write which of your users are in an audience, or who came and went since the last time',
    load: () => import('./audience-export.ts'),
  },
  {
    name: 'audience diagnose',
    summary: 'Say which wrong recipe the hashes of an audience look like',
    load: () => import('./audience-diagnose.ts'),
  },
  {
    name: 'audience suspend',
    summary: 'Take an audience out of use; its buyer is told why',
    load: () => import('./audience-suspend.ts'),
  },
  {
    name: 'audience resume',
    summary: 'Give a suspended audience back into use',
    load: () => import('./audience-resume.ts'),
  },
  {
    name: 'match status',
    summary: 'Show what waits for matching, and when it will be done',
    load: () => import('./match-status.ts'),
  },
  {
    name: 'match now',
    summary: 'Match all that waits, whatever the schedule says',
    load: () => import('./match-now.ts'),
  },
  {
    name: 'match parked',
    summary: 'List operations that were accepted and could not be applied',
    load: () => import('./match-parked.ts'),
  },
  {
    name: 'match retry',
    summary: 'Try operations again that could not be applied',
    load: () => import('./match-retry.ts'),
  },
  {
    name: 'webhook list',
    summary: 'List notifications to buyers, the newest first',
    load: () => import('./webhook-list.ts'),
  },
  {
    name: 'webhook replay',
    summary: 'Send notifications again, with the same key and the same bytes',
    load: () => import('./webhook-replay.ts'),
  },
  {
    name: 'webhook endpoints',
    summary: 'Show the addresses that buyers registered, and how they are',
    load: () => import('./webhook-endpoints.ts'),
  },
  {
    name: 'webhook enable',
    summary: 'Call an address again that is called no longer',
    load: () => import('./webhook-enable.ts'),
  },
  {
    name: 'signing-key list',
    summary: 'List the keys that notifications are signed with',
    load: () => import('./signing-key-list.ts'),
  },
  {
    name: 'signing-key rotate',
    summary: 'Make a new key for notifications; the old one stays published for a while',
    load: () => import('./signing-key-rotate.ts'),
  },
  {
    name: 'seller add',
    summary: 'Name another seller that an account’s audiences can be pushed to',
    load: () => import('./seller-add.ts'),
  },
  {
    name: 'seller list',
    summary: 'List the sellers that an account’s audiences can be pushed to',
    load: () => import('./seller-list.ts'),
  },
  {
    name: 'seller remove',
    summary: 'Forget a seller with its credential; what it has stays there',
    load: () => import('./seller-remove.ts'),
  },
  {
    name: 'syndication start',
    summary: 'Push an audience to other sellers and keep it in step',
    load: () => import('./syndication-start.ts'),
  },
  {
    name: 'syndication stop',
    summary: 'Stop pushing an audience; what a seller has stays there',
    load: () => import('./syndication-stop.ts'),
  },
  {
    name: 'syndication list',
    summary: 'Show how far an account’s audiences are at other sellers',
    load: () => import('./syndication-list.ts'),
  },
  {
    name: 'verify',
    summary: 'Check that what is stored is what was accepted and counted',
    load: () => import('./verify.ts'),
  },
  {
    name: 'backup',
    summary: 'Write the database to one file, while the server runs or not',
    load: () => import('./backup.ts'),
  },
  {
    name: 'restore',
    summary: 'Make a data directory of a backup, and verify it',
    load: () => import('./restore.ts'),
  },
  {
    name: 'move',
    summary: 'Copy everything of a stopped server to the other kind of database, and verify it',
    load: () => import('./move.ts'),
  },
  {
    name: 'audit verify',
    summary: 'Check that no record of what was done was changed, dropped or reordered',
    load: () => import('./audit-verify.ts'),
  },
  {
    name: 'audit export',
    summary: 'Print every record of what was done, a line of JSON each, and verify them on the way',
    load: () => import('./audit-export.ts'),
  },
  {
    name: 'listen',
    summary: 'Receive webhooks as a buyer, verify them and say why one fails',
    load: () => import('./listen.ts'),
  },
];
