import type { Migration } from './migration.ts';

/** A digest of the members, kept beside their number, so that what is stored can be compared with what was counted. */
export const memberDigest: Migration = {
  number: 13,
  name: 'member-digest',
  sql: `
-- As of counted_seq; NULL for audiences that were counted before there was one, until their next operation.
ALTER TABLE audience ADD COLUMN member_digest BLOB CHECK (length(member_digest) = 16);
`,
};
