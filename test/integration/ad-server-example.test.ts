/** The ad server of docs/ad-server.md as it stands, beside a real seller; only addresses are the test's. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { inDatabase } from '../support/database.ts';
import { newBuyer } from '../support/buyer.ts';
import { noteCanary } from '../support/canaries.ts';
import { freePort, listens } from '../support/ports.ts';
import { buyPackage } from '../support/packages.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, code = ''] = readFileSync(`${root}docs/ad-server.md`, 'utf8').split('```js\n');

let seller: Seller;
before(async () => {
  seller = await startSeller();
  await seller.addUsers(
    Array.from({ length: 150 }, (_, i) => ({ id: `user-${i}`, emails: [`user${i}@example.com`] })),
  );
});
after(async () => seller.close());

function put(text: string, shown: string, own: string): string {
  assert.ok(text.includes(shown), `the example has ${shown}`);
  return text.replaceAll(shown, own);
}

/** Impressions of a package in the seller's books. */
async function countedOf(packageId: string): Promise<number> {
  const { rows } = await inDatabase(
    seller,
    'SELECT coalesce(sum(impressions), 0) AS count FROM package_delivery JOIN media_package USING (account_no, package_no) WHERE package_id = ?',
    packageId,
  );
  return rows[0]?.['count'] as number;
}

test('shows the package to who is in its audience, something else to others, and reports what it showed', async () => {
  const buyer = await newBuyer(seller, { sandbox: false });
  const add = Array.from({ length: 120 }, (_, i) => ({
    external_id: `m${i}`,
    hashed_email: sha256(`user${i}@example.com`),
  }));
  await buyer.sync({ audiences: [{ audience_id: 'spring', add }] });
  const bought = await buyPackage(buyer, { include: ['spring'] });
  const { key } = await seller.admin.admin.createKey({
    ...{ accountIds: [], name: 'ad server', expiresAtMs: null },
    scopes: ['decisions'],
  });
  noteCanary('key', key);
  const port = await freePort();
  const program = put(
    put(code.slice(0, code.indexOf('\n```')), 'http://127.0.0.1:8080', seller.url),
    '3000',
    String(port),
  );
  // The machine of a test may be slow, and what is shown then is not what is tested.
  const patient = put(program, ', 50)', ', 5_000)');
  const child = spawn(process.execPath, ['--input-type=module', '-e', patient], {
    cwd: root,
    env: { ...process.env, AD_SERVER_KEY: key },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await listens(port);
    const ad = async (user: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}/ad?user=${user}`)).text();
    const end = performance.now() + 10_000;
    let shown = 0;
    while ((await ad('user-17')) !== `${bought}\n`)
      assert.ok(performance.now() < end, 'the package is shown');
    shown++;
    assert.equal(await ad('user-140'), 'house ad\n');
    assert.equal(await ad('a-stranger'), 'house ad\n');
    for (let i = 0; i < 5; i++, shown++) assert.equal(await ad('user-3'), `${bought}\n`);
    while ((await countedOf(bought)) < shown) {
      assert.ok(performance.now() < end + 10_000, `fewer than ${shown} counted`);
      await sleep(50);
    }
    await sleep(1_500);
    assert.equal(await countedOf(bought), shown, 'and none twice');
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});
