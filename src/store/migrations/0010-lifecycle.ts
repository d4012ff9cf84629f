import type { Migration } from './migration.ts';

/** Operations that wait for a run, those that cannot be applied, and how far tasks are. */
export const lifecycle: Migration = {
  number: 10,
  name: 'lifecycle',
  sql: `
ALTER TABLE operation ADD COLUMN member_count INTEGER NOT NULL DEFAULT 0;
-- Attempts that failed, over restarts too.
ALTER TABLE operation ADD COLUMN attempt_count INTEGER NOT NULL DEFAULT 0;
-- Since when it is not tried any more; it stays pending, so that nothing is applied over it.
ALTER TABLE operation ADD COLUMN parked_at INTEGER;

CREATE INDEX operation_parked ON operation (account_no, audience_no, op_seq) WHERE parked_at IS NOT NULL;

ALTER TABLE task ADD COLUMN member_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN member_done INTEGER NOT NULL DEFAULT 0;

CREATE TABLE task_part (
  account_no INTEGER NOT NULL,
  task_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  audience_no INTEGER,
  op_seq INTEGER,
  state TEXT NOT NULL CHECK (state IN ('pending', 'changed', 'unchanged', 'failed')),
  PRIMARY KEY (account_no, task_id, position),
  FOREIGN KEY (account_no, task_id) REFERENCES task (account_no, task_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO task_part (account_no, task_id, position, audience_no, op_seq, state)
  SELECT account_no, task_id, position, audience_no, op_seq, state FROM task_audience;
DROP TABLE task_audience;

-- What waits already: members that are removed were not counted, so these tasks seem a little smaller than they are.
UPDATE operation SET member_count = uploaded_count WHERE state = 'pending';
UPDATE task SET member_total = (
  SELECT coalesce(sum(member_count), 0) FROM operation
  WHERE operation.account_no = task.account_no AND operation.task_id = task.task_id AND state = 'pending'
) WHERE completed_at IS NULL;
`,
};
