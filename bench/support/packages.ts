/** Packages over audiences, for measuring decisions. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { upload } from './context.ts';
import { paddedAudience, syncBody } from './members.ts';
import { pause } from './http.ts';
import type { BenchServer } from './servers.ts';
import { accountId } from './world.ts';

export interface BenchPackages {
  readonly dataDir: string;
  readonly server: BenchServer;
  readonly key: string;
  readonly names: readonly string[];
  readonly packageCount: number;
}

/** Package i includes audience i and the next, and excludes the one after. */
export async function addBenchPackages({
  dataDir,
  server,
  key,
  names,
  packageCount,
}: BenchPackages): Promise<void> {
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'));
  db.exec('PRAGMA busy_timeout = 5000');
  const { account_no: accountNo } = db
    .prepare('SELECT account_no FROM account WHERE account_id = ?')
    .get(accountId) as {
    account_no: number;
  };
  for (let i = 0; i < packageCount; i++) {
    db.prepare(
      `INSERT INTO media_buy (account_no, buy_no, media_buy_id, principal_no, revision, start_at, end_at, paused, confirmed_at,
      currency, created_at, updated_at, document)
      VALUES (?, ?, ?, (SELECT min(principal_no) FROM principal), 1, 0, 9e15, 0, 1, 'USD', 0, 0, x'00')`,
    ).run(accountNo, i + 1, `bench_b${i}`);
    db.prepare(
      `INSERT INTO media_package (account_no, package_no, package_id, buy_no, product_id, budget_micros, rate_micros, paused,
      document) VALUES (?, ?, ?, ?, 'p', 0, 5000000, 0, x'00')`,
    ).run(accountNo, i + 1, `bench_p${i}`, i + 1);
    for (const [offset, side] of [
      [0, 'include'],
      [1, 'include'],
      [2, 'exclude'],
    ] as const) {
      const name = paddedAudience(names[(i + offset) % names.length]!);
      const row = db
        .prepare('SELECT audience_no FROM audience WHERE account_no = ? AND audience_id = ?')
        .get(accountNo, name) as { audience_no: number };
      db.prepare('INSERT INTO package_audience VALUES (?, ?, ?, ?)').run(
        accountNo,
        i + 1,
        row.audience_no,
        side,
      );
    }
  }
  db.close();
  // A sync has the server look again.
  await upload(server, key, syncBody({ accountId, ranges: [{ first: 0, count: 1 }], seed: 'poke' }), 'poke');
  await pause(500);
}
