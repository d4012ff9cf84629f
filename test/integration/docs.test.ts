/** The pages for people: nothing of them leads outside, and every example on them does what it says. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { newRestBuyer, type RestBuyer } from '../support/rest-buyer.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

let seller: Seller;
let buyer: RestBuyer;
before(async () => {
  seller = await startSeller({ forwarding: true });
  await seller.addUsers([{ id: 'u', emails: ['ada@example.com'] }]);
  buyer = await newRestBuyer(seller);
});
after(() => seller.close());

interface Page {
  readonly path: string;
  readonly text: string;
  readonly headers: Headers;
}

async function get(path: string): Promise<Page> {
  const response = await fetch(seller.url + path);
  assert.equal(response.status, 200, path);
  return { path, text: await response.text(), headers: response.headers };
}

/** Addresses in attributes and in style: everything that a browser would follow or load by itself. */
const addressesIn = (text: string): readonly string[] =>
  [
    ...text.matchAll(/\s(?:href|src|srcset|action|data|poster)="([^"]*)"|url\(([^)]*)\)|@import\s+([^;]*)/g),
  ].map(([, attribute, style, sheet]) => attribute ?? style ?? sheet ?? '');

const unescaped = (text: string): string =>
  ['&quot;"', "&#39;'", '&lt;<', '&gt;>', '&amp;&'].reduce(
    (whole, pair) => whole.replaceAll(pair.slice(0, -1), pair.slice(-1)),
    text.replaceAll(/<[^>]+>/g, ''),
  );

const samplesIn = ({ text }: Page): readonly string[] =>
  [...text.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)].map(([, code]) => unescaped(code ?? ''));

/** Every page that can be reached from the start. */
async function crawl(): Promise<readonly Page[]> {
  const pages: Page[] = [];
  const waiting = ['/docs'];
  for (const path of waiting) {
    const page = await get(path);
    pages.push(page);
    for (const address of addressesIn(page.text)) {
      const target = address.split('#')[0] ?? '';
      if (target.startsWith('/') && !waiting.includes(target)) waiting.push(target);
    }
  }
  return pages;
}

const isPage = ({ headers }: Page): boolean => headers.get('content-type') === 'text/html; charset=utf-8';

describe('the pages', () => {
  test('lead nowhere outside, and every link arrives', async () => {
    const pages = await crawl();
    assert.deepEqual(pages.map(({ path }) => path).toSorted(), [
      '/.well-known/agent-card.json',
      '/api/v2/buyer/openapi.yaml',
      '/docs',
      '/docs/mcp',
      '/docs/rest',
      '/docs/style.css',
    ]);
    const byPath = new Map(pages.map((page) => [page.path, page]));
    let anchors = 0;
    for (const page of pages.filter(({ path }) => path.startsWith('/docs'))) {
      for (const address of addressesIn(page.text)) {
        assert.match(address, /^(?:\/(?!\/)|#|data:,$)/, `${page.path} leads to ${address}`);
        const [path = '', anchor] = address.split('#');
        if (anchor === undefined) continue;
        anchors += 1;
        const target = path === '' ? page : byPath.get(path);
        assert.ok(target?.text.includes(`id="${anchor}"`), `${page.path} has no ${address}`);
      }
      const urls = [...page.text.matchAll(/https?:\/\/[^\s"'<&`]*/g)].map(([url]) => url);
      // Names that lead nowhere. Source: RFC 2606.
      const elsewhere = urls.filter((url) => !/^https:\/\/[a-z.]+\.example(?:\/|$)/.test(url));
      assert.deepEqual([...new Set(elsewhere)], page.path === '/docs' ? [seller.url] : [], page.path);
    }
    assert.ok(anchors > 30);
  });

  test('run no script, and browsers are told so', async () => {
    for (const page of (await crawl()).filter(isPage)) {
      assert.doesNotMatch(page.text, /<script|<iframe|<img|<form|\son\w+=|javascript:|\sstyle=/i, page.path);
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.equal(page.headers.get('x-frame-options'), 'DENY');
      assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
      assert.match(page.text, /<html lang="en">.*<meta name="viewport"/s);
      const ids = [...page.text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, 'an id stands once');
    }
  });

  test('name every operation and every tool', async () => {
    const [rest, mcp] = [await get('/docs/rest'), await get('/docs/mcp')];
    const operations = Object.values(buyer.rest.contract.document.paths).flatMap((path) =>
      Object.values(path),
    );
    for (const { operationId } of operations as unknown as readonly { operationId: string }[]) {
      assert.ok(rest.text.includes(`id="${operationId}"`), operationId);
    }
    for (const name of ['sync_audiences', 'list_accounts', 'get_task_status']) {
      assert.ok(mcp.text.includes(`id="${name}"`), name);
    }
    for (const field of ['idempotency_key', 'adcp_version']) assert.ok(mcp.text.includes(field), field);
  });

  test('have the address that the reader came by, or the public one', async () => {
    assert.ok((await get('/docs')).text.includes(`export ROLLCALL=${seller.url}\n`));
    const proxied = await startSeller({ publicUrl: 'https://ads.example' });
    try {
      const text = await (await fetch(`${proxied.url}/docs`)).text();
      assert.ok(text.includes('export ROLLCALL=https://ads.example\n'));
    } finally {
      await proxied.close();
    }
  });

  test('answer what is no page in plain words', async () => {
    for (const [path, method, status] of [
      ['/docs/nothing', 'GET', 404],
      ['/docs/', 'GET', 200],
      ['/docs/rest/', 'HEAD', 200],
      ['/docs', 'POST', 405],
    ] as const) {
      const response = await fetch(seller.url + path, { method });
      assert.equal(response.status, status, path);
      if (status !== 200) assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    }
  });
});

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version']);
    return true;
  } catch {
    return false;
  }
}
const skip = hasCurl() ? false : 'this machine has no curl';

interface Ran {
  readonly status: number;
  readonly body: Fields;
}

/** Runs one command of a page in a shell in which the variables of the start page are set. */
function run(command: string, variables: Readonly<Record<string, string>>): Promise<Ran> {
  const text = command.replace('curl ', "curl -s -w '\\n%{http_code}' ");
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  return new Promise((done, fail) => {
    execFile('sh', ['-euc', text], { env, timeout: 30_000 }, (error, out, err) => {
      const end = out.lastIndexOf('\n');
      if (error !== null) fail(new Error(`${command}: ${err}`, { cause: error }));
      else done({ status: Number(out.slice(end)), body: JSON.parse(out.slice(0, end)) as Fields });
    });
  });
}

/** Samples hold one command or several, with empty lines between. */
const commandsIn = (page: Page): readonly string[] =>
  samplesIn(page)
    .flatMap((sample) => sample.split(/\n\n(?=\w)/))
    .filter((command) => command.startsWith('curl '));

describe('the examples', () => {
  const variables = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    ROLLCALL: seller.url,
    API: `${seller.url}/api/v2/buyer`,
    KEY: buyer.buyer.key,
    ADVERTISER: buyer.buyer.accountId,
    ...more,
  });

  test('of the start page make an audience, from the hash to the report', { skip }, async () => {
    const page = await get('/docs');
    const hash = sha256('ada@example.com');
    assert.ok(samplesIn(page).some((sample) => sample.startsWith("printf %s 'ada@example.com' | sha256sum")));
    assert.ok(page.text.includes(`${hash}  -`), 'the answer to the command that hashes');
    const [list = '', sync = '', ask = '', audiences = '', ...others] = commandsIn(page);
    assert.deepEqual(others, []);
    const listed = await run(list, variables());
    assert.deepEqual(
      (listed.body['items'] as readonly Fields[]).map(({ id }) => id),
      [buyer.buyer.accountId],
    );
    const accepted = await run(sync, variables());
    assert.equal(accepted.status, 202);
    const TASK = String(accepted.body['taskId']);
    await buyer.ended(TASK);
    const { body } = await run(ask, variables({ TASK }));
    assert.equal((body['task'] as Fields)['status'], 'completed');
    const rows = (await run(audiences, variables())).body['audiences'] as readonly Fields[];
    assert.deepEqual(
      rows.map((row) => [row['audienceId'], row['status'], row['matchedCount']]),
      [['winter-buyers', 'READY', 1]],
    );
  });

  test('of the REST page work, one for each operation', { skip }, async () => {
    const page = await get('/docs/rest');
    const commands = commandsIn(page);
    const paths = Object.values(buyer.rest.contract.document.paths);
    assert.equal(commands.length, paths.flatMap((path) => Object.keys(path)).length);
    const statuses: number[] = [];
    let TASK = '';
    let AGENT = '';
    for (const shown of commands) {
      const command = shown.replaceAll('agent_0f3a6c9d2e5b8a1c47', AGENT);
      const { status, body } = await run(command, variables({ TASK, AGENT }));
      if (String(body['id']).startsWith('agent_')) AGENT = String(body['id']);
      if (typeof body['taskId'] === 'string') TASK = body['taskId'];
      assert.ok(status < 300, `${command}\n${JSON.stringify(body)}`);
      statuses.push(status);
    }
    assert.deepEqual(statuses, [202, 200, 200, 200, 201, 200, 200, 200, 200, 201, 200, 201, 200, 200]);
  });

  test('of the MCP page works', { skip }, async () => {
    const [command = '', ...others] = commandsIn(await get('/docs/mcp'));
    assert.deepEqual(others, []);
    const { status, body } = await run(command, variables());
    assert.equal(status, 200);
    assert.ok(JSON.stringify(body).includes(buyer.buyer.accountId));
  });
});
