import type { Migration } from './migration.ts';

/** What a key may do. */
export const keys: Migration = {
  number: 7,
  name: 'keys',
  sql: `
-- JSON list of scopes.
ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL DEFAULT '["audiences:read","audiences:write","webhooks"]';
`,
};
