import type { Migration } from './migration.ts';

/** What the REST door reads and writes beside AdCP's own fields. NULL stands for what nobody has said yet. */
export const buyerApi: Migration = {
  number: 2,
  name: 'buyer-api',
  sql: `
ALTER TABLE account ADD COLUMN description TEXT;
-- NULL: as it was created.
ALTER TABLE account ADD COLUMN updated_at INTEGER;
-- JSON of words that the buyer keeps with its account and that nothing here acts on.
ALTER TABLE account ADD COLUMN buyer_settings TEXT;
-- When the newest sync of the audience failed for it; NULL after one that did not.
ALTER TABLE audience ADD COLUMN failed_at INTEGER;
`,
};
