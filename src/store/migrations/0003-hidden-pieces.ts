import type { Migration } from './migration.ts';

/**
 * Large blocks are written and erased piece by piece, so that no commit waits for hundreds of megabytes. The pieces that
 * are being written, or are on their way out, are named here and belong to no audience.
 */
export const hiddenPieces: Migration = {
  number: 3,
  name: 'hidden-pieces',
  sql: `
CREATE TABLE hidden_piece (
  account_no INTEGER NOT NULL,
  audience_no INTEGER NOT NULL,
  block_no INTEGER NOT NULL,
  piece_no INTEGER NOT NULL,
  PRIMARY KEY (account_no, audience_no, block_no, piece_no),
  FOREIGN KEY (account_no, audience_no, block_no, piece_no)
    REFERENCES member_block (account_no, audience_no, block_no, piece_no) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`,
};
