/**
 * The tests of isolation can fail: in a copy of the source, one condition that keeps tenants apart is taken away, and they must
 * notice. A sabotage that no longer finds its place fails too, so that it cannot come to test nothing.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Sabotage {
  readonly name: string;
  readonly file: string;
  readonly takes: string;
  readonly gives: string;
  /** The test files of which at least one must fail. */
  readonly noticedBy: readonly string[];
}

const matrix = 'test/integration/isolation-matrix.test.ts';
const lint = 'src/store/tenant-statements.test.ts';

const sabotages: readonly Sabotage[] = [
  {
    name: 'tasks of any caller',
    file: 'src/store/task-rows.ts',
    takes: 'FROM task WHERE principal_no = ? AND task_id = ?',
    gives: 'FROM task WHERE (principal_no = ? OR 1) AND task_id = ?',
    noticedBy: [matrix],
  },
  {
    name: 'accounts of any caller',
    file: 'src/store/account-rows.ts',
    takes: 'p.account_no = a.account_no AND p.principal_no = ?',
    gives: 'p.account_no = a.account_no AND (p.principal_no = ? OR 1)',
    noticedBy: [matrix],
  },
  {
    name: 'a sales agent of any account',
    file: 'src/store/sales-agent-rows.ts',
    takes: 'FROM sales_agent WHERE account_no = ? AND agent_id = ?`;\nconst list',
    gives: 'FROM sales_agent WHERE (account_no = ? OR 1) AND agent_id = ?`;\nconst list',
    noticedBy: [matrix],
  },
  {
    name: 'a statement that names no account',
    file: 'src/store/audience-rows.ts',
    takes: "WHERE account_no = ? AND state = 'live'",
    gives: "WHERE state = 'live'",
    noticedBy: [lint],
  },
  {
    name: 'a refusal that tells foreign from absent',
    file: 'src/service/tasks.ts',
    takes: 'if (row === undefined || (input.accountNo !== null && row.accountNo !== input.accountNo)) {',
    gives: 'if (row === undefined) {',
    noticedBy: [matrix],
  },
];

const isLong = process.env['ROLLCALL_LONG'] === '1';

for (const { name, file, takes, gives, noticedBy } of isLong ? sabotages : sabotages.slice(0, 2)) {
  test(`sabotage: ${name}`, { timeout: 120_000 }, () => {
    const copy = mkdtempSync(join(tmpdir(), 'rollcall-sabotage-'));
    try {
      for (const folder of ['src', 'test', 'package.json', 'tsconfig.json']) {
        cpSync(join(root, folder), join(copy, folder), { recursive: true });
      }
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
      const path = join(copy, file);
      const text = readFileSync(path, 'utf8');
      assert.equal(text.split(takes).length, 2, `${file} has this once: ${takes}`);
      const run = (tests: readonly string[]): number | null =>
        spawnSync(process.execPath, ['--test', ...tests], { cwd: copy, env: { PATH: process.env['PATH'] } })
          .status;
      assert.equal(run(noticedBy), 0, 'as it is, nothing is noticed');
      writeFileSync(path, text.replace(takes, gives));
      assert.equal(run(noticedBy), 1, 'the sabotage is noticed');
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
}
