import type { Migration } from './migration.ts';

/** Where a key may be used from. */
export const keyNetworks: Migration = {
  number: 9,
  name: 'key-networks',
  sql: `
-- JSON list of addresses and networks; empty: from everywhere.
ALTER TABLE api_key ADD COLUMN allow_from TEXT NOT NULL DEFAULT '[]';
`,
};
