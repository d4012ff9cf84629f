/** The command of Scope3's reference page, with host, id, token and hashes put in, run by the curl of this machine. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { newRestBuyer, shownOf, type RestBuyer } from '../support/rest-buyer.ts';
import { restBase } from '../support/rest.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const command = readFileSync(new URL('scope3-sync.sh', import.meta.url), 'utf8');

function curlVersion(): string | null {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' });
  } catch {
    return null;
  }
}
const skip = curlVersion() === null ? 'this machine has no curl' : false;

let seller: Seller;
let buyer: RestBuyer;
before(async () => {
  seller = await startSeller();
  await seller.addUsers([{ id: 'u', emails: ['ada@example.com'] }]);
  buyer = await newRestBuyer(seller);
});
after(() => seller.close());

/** Replaces every place of a word, which must be there. */
function put(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((whole, [place, value]) => {
    assert.ok(whole.includes(place), place);
    return whole.replaceAll(place, value);
  }, text);
}

const addressed = (): string =>
  put(command, {
    'https://api.agentic.scope3.com': seller.url,
    '{accountId}': buyer.buyer.accountId,
    '<token>': buyer.buyer.key,
    'a1b2c3d4e5f6...': sha256('ada@example.com'),
    'f6e5d4c3b2a1...': sha256('+15550100'),
  });

interface Ran {
  readonly status: number;
  readonly body: Fields;
}

/** Runs a command in a shell, as a reader of the page would paste it. */
function run(text: string): Promise<Ran> {
  const shown = text.replace('curl ', "curl --silent --write-out '\\n%{http_code}' ");
  return new Promise((done, fail) => {
    execFile('sh', ['-c', shown], { timeout: 30_000 }, (error, out, err) => {
      const end = out.lastIndexOf('\n');
      if (error !== null) fail(new Error(`curl failed: ${err}`, { cause: error }));
      else done({ status: Number(out.slice(end)), body: JSON.parse(out.slice(0, end)) as Fields });
    });
  });
}

/** The pattern of the page. */
const uuid =
  /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$/;

function assertAccepted({ status, body }: Ran): void {
  assert.equal(status, 202, JSON.stringify(body));
  assert.deepEqual(Object.keys(body), ['success', 'accountId', 'operationId', 'taskId']);
  assert.deepEqual([body['success'], body['accountId']], [true, buyer.buyer.accountId]);
  assert.match(String(body['taskId']), uuid);
  assert.equal(body['operationId'], body['taskId']);
}

test('the command as it is printed deletes its audience, whatever else it holds', { skip }, async () => {
  const ran = await run(addressed());
  assertAccepted(ran);
  const task = await buyer.ended(ran.body['taskId']);
  assert.equal(task.error?.code, 'REFERENCE_NOT_FOUND', 'there was none of that name');
  await buyer.sync({ audienceId: '<string>', add: [{ externalId: 'a', hashedEmail: sha256('a') }] });
  const again = await run(addressed());
  assertAccepted(again);
  assert.equal((await buyer.ended(again.body['taskId'])).status, 'completed');
  assert.equal((await buyer.row('<string>')).deleted, true);
});

test('with delete false and the blanks filled it makes an audience that is matched', { skip }, async () => {
  const filled = put(addressed(), {
    '"delete": true': '"delete": false',
    '"type": "<string>"': '"type": "rampid"',
    '"remove": [\n        {\n          "externalId": "<string>"':
      '"remove": [\n        {\n          "externalId": "crm-0"',
    '"externalId": "<string>"': '"externalId": "crm-1"',
    '<string>': 'winter',
  });
  const ran = await run(filled);
  assertAccepted(ran);
  await buyer.ended(ran.body['taskId']);
  const row = await buyer.row('winter');
  assert.deepEqual([...shownOf(row), row.consentBasis], ['READY', 1, 1, 'COMPLETED', 'consent']);
});

test(
  'with the hashes and types of the page, which are none, it is told what is wrong',
  { skip },
  async () => {
    const bad = put(addressed(), { '"delete": true': '"delete": false' });
    const { status, body } = await run(put(bad, { [sha256('ada@example.com')]: 'a1b2c3d4e5f6...' }));
    assert.equal(status, 400);
    const error = body['error'] as Fields;
    assert.equal(error['field'], 'audiences[0].add[0].hashedEmail');
    assert.ok(!JSON.stringify(body).includes('a1b2c3'));
    const unauthorized = await run(put(bad, { [buyer.buyer.key]: 'nobody' }));
    assert.equal(unauthorized.status, 401);
    assert.ok(bad.includes(restBase));
  },
);
