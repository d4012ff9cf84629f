/** The commands that the documents show, run as they stand: only the address and the account are the test's. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { noteCanary } from '../support/canaries.ts';
import { startSeller, type Seller } from '../support/seller.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shown = { url: 'http://127.0.0.1:8080', account: 'acct_12345' };

interface Example {
  readonly page: string;
  readonly command: string;
}

/** Blocks of shell code that call a server. */
function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(`${root}${page}`, 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, command = '']) => ({ page, command }))
    .filter(({ command }) => /^curl /m.test(command));
}

const pages = ['README.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)];
const examples = pages.filter((name) => name.endsWith('.md')).flatMap(examplesOf);
const skip = spawnSync('curl', ['--version']).status === 0 ? false : 'there is no curl on this machine';

let seller: Seller;
let buyer: Buyer;
let adServerKey = '';
before(async () => {
  seller = await startSeller();
  buyer = await newBuyer(seller);
  const { key } = await seller.admin.admin.createKey({
    ...{ accountIds: [], name: 'ad server', expiresAtMs: null },
    scopes: ['decisions'],
  });
  adServerKey = key;
  noteCanary('key', key);
});
after(async () => {
  await seller.close();
});

test('README.md and a page of its own show a command for every door', () => {
  const found = (page: string): string =>
    examples
      .filter((example) => example.page === page)
      .map(({ command }) => command)
      .join('');
  for (const path of ['/mcp ', '/a2a ', '/api/v2/buyer/']) {
    assert.ok(found('README.md').includes(`${shown.url}${path}`), path);
  }
  for (const page of ['docs/mcp.md', 'docs/a2a.md', 'docs/rest.md']) assert.notEqual(found(page), '', page);
});

/** The task of the newest answer of a page, for the command that asks for it. */
const taskOf = new Map<string, string>();

for (const [at, { page, command }] of examples.entries()) {
  test(`${page}, command ${at + 1 - examples.findIndex((one) => one.page === page)}`, { skip }, async () => {
    assert.ok(command.includes(shown.url), 'it names the address that a new server has');
    const own = command.replaceAll(shown.url, seller.url).replaceAll(shown.account, buyer.accountId);
    const { stdout } = await promisify(execFile)('sh', ['-ec', own], {
      env: { ...process.env, KEY: buyer.key, AD_SERVER_KEY: adServerKey, TASK: taskOf.get(page) ?? '' },
    });
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(answer['error'], undefined, stdout);
    if (typeof answer['taskId'] === 'string') taskOf.set(page, answer['taskId']);
    assert.doesNotMatch(stdout, /adcp_error|"isError":true|"action":"failed"/);
  });
}
