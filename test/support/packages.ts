/** Live packages over audiences, as buys leave them. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Seller } from './seller.ts';

export interface Overlay {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

let packageNo = 0;

export function addPackage(seller: Seller, accountId: string, packageId: string, overlay: Overlay): void {
  packageNo += 1;
  const db = new DatabaseSync(join(seller.dataDir, 'rollcall.db'));
  db.exec('PRAGMA busy_timeout = 5000');
  const { account_no: accountNo } = db
    .prepare('SELECT account_no FROM account WHERE account_id = ?')
    .get(accountId) as { account_no: number };
  db.prepare(
    `INSERT INTO media_buy (account_no, buy_no, media_buy_id, principal_no, revision, start_at, end_at, paused, confirmed_at,
      currency, created_at, updated_at, document)
      VALUES (?, ?, ?, (SELECT min(principal_no) FROM principal), 1, 0, 9e15, 0, 1, 'USD', 0, 0, x'00')`,
  ).run(accountNo, packageNo, `buy_${packageNo}`);
  db.prepare(
    `INSERT INTO media_package (account_no, package_no, package_id, buy_no, product_id, budget_micros, rate_micros, paused,
      document) VALUES (?, ?, ?, ?, 'p', 0, 5000000, 0, x'00')`,
  ).run(accountNo, packageNo, packageId, packageNo);
  for (const side of ['include', 'exclude'] as const) {
    for (const audienceId of overlay[side] ?? []) {
      const row = db
        .prepare(
          "SELECT audience_no FROM audience WHERE account_no = ? AND audience_id = ? AND state = 'live'",
        )
        .get(accountNo, audienceId) as { audience_no: number };
      db.prepare('INSERT INTO package_audience VALUES (?, ?, ?, ?)').run(
        accountNo,
        packageNo,
        row.audience_no,
        side,
      );
    }
  }
  db.close();
  seller.node.core.decisionsWoken();
}
