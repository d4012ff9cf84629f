/** `rollcall push` as a process against a real seller, with a proxy between that keeps every byte that leaves. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { runText, type Ended } from '../support/process.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { startCaptureProxy, type CaptureProxy } from './capture-proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-push-'));
let seller: Seller;
let proxy: CaptureProxy;
before(async () => {
  seller = await startSeller();
  proxy = await startCaptureProxy(seller.url);
  const users = Array.from({ length: 400 }, (_, i) => ({ id: `u${i}`, emails: [`jo${i}@example.com`] }));
  await seller.addUsers(users);
  writeFileSync(join(folder, 'key'), seller.key);
});
after(async () => {
  await proxy.close();
  await seller.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Row {
  readonly id: string;
  readonly email: string;
  readonly phone?: string;
}

/** As a German spreadsheet would write it. */
function writeFile(rows: readonly Row[], name = 'crm.csv'): string {
  const path = join(folder, name);
  const lines = rows.map(({ id, email, phone = '' }) => `${id};${email};${phone}`);
  writeFileSync(path, ['Kundennummer;E-Mail-Adresse;Telefon', ...lines, ''].join('\r\n'));
  return path;
}

async function push(file: string, audience: string, ...more: readonly string[]): Promise<Ended> {
  const usual = [
    ...['--agent', `${proxy.url}/mcp`, '--account', seller.accountId, '--audience', audience],
    ...['--credential-file', join(folder, 'key'), '--journal', join(folder, 'journal')],
  ];
  // An option may be given once.
  const kept = usual.filter((word, at) => !more.includes(at % 2 === 0 ? word : (usual[at - 1] ?? '')));
  return runText(['push', file, ...kept, ...more]);
}

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

const eventsOf = ({ out }: Ended): readonly Event[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

const resultOf = (ended: Ended): Event => {
  const last = eventsOf(ended).at(-1);
  assert.equal(last?.event, 'result', ended.err);
  return last;
};

const audienceOf = (ended: Ended): Readonly<Record<string, unknown>> =>
  resultOf(ended)['audience'] as Readonly<Record<string, unknown>>;

const people = (from: number, to: number): readonly Row[] =>
  Array.from({ length: to - from }, (_, i) => ({
    id: `crm-${from + i}`,
    email: ` Jo${from + i}@Example.com `,
    phone: `+4930901820${String(from + i).padStart(3, '0')}`,
  }));

describe('push', () => {
  test('takes a file to a ready audience, and the report is what is true', async () => {
    const ended = await push(writeFile(people(100, 600)), 'ready', '--wait');
    assert.equal(ended.code, 0, ended.err);
    assert.match(ended.out, /Audience {2}ready is ready: 300 of 500 members matched \(60\.0 %\)/);
    assert.match(ended.err, /E-Mail-Adresse +email/);
  });

  test('over A2A too', async () => {
    const ended = await push(
      writeFile(people(0, 200)),
      'over-a2a',
      '--wait',
      '--json',
      '--protocol',
      'a2a',
      '--agent',
      `${proxy.url}/a2a`,
    );
    assert.equal(ended.code, 0, ended.err);
    assert.equal(audienceOf(ended)['matched_count'], 200);
  });

  test('tells rows that cannot be used by reason, lists them, and ends with 3', async () => {
    const rows = [...people(0, 150), { id: 'x1', email: 'nobody at example' }, { id: 'x2', email: '' }];
    const rejects = join(folder, 'rejects.csv');
    const ended = await push(writeFile(rows), 'partial', '--json', '--rejects', rejects);
    assert.equal(ended.code, 3);
    const prepared = eventsOf(ended).find(({ event }) => event === 'prepared');
    assert.deepEqual(prepared?.['rejected'], { identifier_missing: 2 });
    assert.match(readFileSync(rejects, 'utf8'), /^152,/m);
    assert.doesNotMatch(readFileSync(rejects, 'utf8'), /nobody/);
  });

  test('sends nothing when too many rows cannot be used', async () => {
    const before = proxy.sent().length;
    const rows = [...people(0, 20), { id: 'x1', email: 'nobody at example' }];
    const ended = await push(writeFile(rows), 'refused', '--max-rejected', '2%');
    assert.equal(ended.code, 6);
    assert.match(ended.err, /nothing was sent/);
    assert.doesNotMatch(proxy.sent().slice(before), /sync_audiences/);
  });

  test('a dry run speaks to nobody and shows no value', async () => {
    const nowhere = ['--agent', 'http://127.0.0.1:9/mcp', '--dry-run'];
    const ended = await push(writeFile(people(0, 150)), 'dry', ...nowhere, '--chunk', '100');
    assert.equal(ended.code, 0, ended.err);
    assert.match(ended.out, /2 calls of up to 100 members; nothing was sent/);
    for (const clear of ['jo1', 'Jo1', 'crm-1', '3090182'])
      assert.ok(!(ended.out + ended.err).includes(clear), clear);
  });

  test('further addresses of a person match too, and an id that is an address is not sent in clear', async () => {
    const path = join(folder, 'several.csv');
    const lines = Array.from(
      { length: 200 },
      (_, i) => `stranger${i}@example.org,stranger${i}@example.org,jo${i}@example.com`,
    );
    writeFileSync(path, ['Customer ID,Email,Work email', ...lines, ''].join('\n'));
    const ended = await push(path, 'several', '--wait', '--json');
    assert.equal(ended.code, 0, ended.err);
    assert.equal(audienceOf(ended)['matched_count'], 200);
    assert.doesNotMatch(proxy.sent(), /stranger/);
  });

  test('a wrong key, a wrong account and a seller that is away each have their exit', async () => {
    const file = writeFile(people(0, 150));
    writeFileSync(join(folder, 'wrong'), 'rk_wrong');
    const wrongKey = await push(file, 'x', '--credential-file', join(folder, 'wrong'));
    assert.equal(wrongKey.code, 4, wrongKey.err);
    const wrongAccount = await push(file, 'x', '--account', 'acct_unknown');
    assert.equal(wrongAccount.code, 5, wrongAccount.err);
    const away = await push(file, 'x', '--agent', 'http://127.0.0.1:9/mcp');
    assert.equal(away.code, 7, away.err);
    const noAgent = await runText(['push', file]);
    assert.equal(noAgent.code, 2);
    assert.match(noAgent.err, /--agent/);
  });
});

describe('push --mirror', () => {
  test('sends what is new, changed or gone, and nothing the second time', async () => {
    const first = await push(writeFile(people(0, 400)), 'mirror', '--mirror', '--wait', '--json');
    assert.equal(audienceOf(first)['matched_count'], 400, first.err);
    const again = await push(writeFile(people(0, 400)), 'mirror', '--mirror', '--json');
    assert.equal(resultOf(again)['sent'], 0);
    const changed = [...people(30, 400), { id: 'crm-900', email: 'jo1@example.com' }];
    const third = await push(writeFile(changed), 'mirror', '--mirror', '--wait', '--json');
    assert.equal(resultOf(third)['sent'], 31);
    assert.equal(audienceOf(third)['total_uploaded_count'], 371);
    assert.equal(audienceOf(third)['matched_count'], 371);
  });

  test('refuses to remove more than a fifth unless it is told to', async () => {
    await push(writeFile(people(0, 300)), 'shrink', '--mirror');
    const refused = await push(writeFile(people(0, 200)), 'shrink', '--mirror');
    assert.equal(refused.code, 8);
    assert.match(refused.err, /100 of 300 members \(33\.3 %\).*--allow-shrink/s);
    const allowed = await push(
      writeFile(people(0, 200)),
      'shrink',
      '--mirror',
      '--allow-shrink',
      '--wait',
      '--json',
    );
    assert.equal(audienceOf(allowed)['total_uploaded_count'], 200);
  });

  test('a plain push in between is known to the next mirror', async () => {
    await push(writeFile(people(0, 200)), 'between', '--mirror');
    await push(writeFile(people(200, 230)), 'between');
    const ended = await push(writeFile(people(0, 210)), 'between', '--mirror', '--wait', '--json');
    assert.equal(audienceOf(ended)['total_uploaded_count'], 210);
  });

  test('notices that somebody else changed the audience', async () => {
    await push(writeFile(people(0, 200)), 'others', '--mirror', '--wait');
    const add = [{ external_id: 'elsewhere', hashed_email: sha256('jo399@example.com') }];
    await seller.call('sync_audiences', {
      ...{ adcp_version: '3.1', idempotency_key: 'somebody-else-changed-it' },
      ...{ account: { account_id: seller.accountId }, audiences: [{ audience_id: 'others', add }] },
    });
    const refused = await push(writeFile(people(0, 190)), 'others', '--mirror');
    assert.equal(refused.code, 8);
    assert.match(refused.err, /counts 201 members.*--fresh/s);
    const fresh = await push(writeFile(people(0, 190)), 'others', '--mirror', '--fresh', '--wait', '--json');
    assert.equal(audienceOf(fresh)['total_uploaded_count'], 191);
  });

  test('the journal holds no id and no hash, and only its owner reads it', () => {
    const journal = join(folder, 'journal');
    const files = readdirSync(journal, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    assert.ok(files.length > 3);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const text of ['crm-', 'jo1', sha256('jo1@example.com')])
        assert.equal(bytes.includes(text), false, file.name);
      assert.equal(bytes.includes(Buffer.from(sha256('jo1@example.com'), 'hex')), false, file.name);
    }
  });
});

describe('status and audiences', () => {
  const ask = async (words: readonly string[], ...more: readonly string[]): Promise<Ended> => {
    const account = ['--account', seller.accountId, '--credential-file', join(folder, 'key')];
    return runText([...words, '--agent', `${proxy.url}/mcp`, ...account, ...more]);
  };

  test('show, list and delete what was pushed', async () => {
    await push(writeFile(people(0, 150)), 'asked');
    const shown = await ask(['status'], '--audience', 'asked', '--wait');
    assert.match(shown.out, /asked is ready: 150 of 150 members matched/, shown.err);
    const listed = await ask(['audiences', 'list']);
    assert.match(listed.out, /^asked +ready +150 +150 +100\.0 %/m, listed.err);
    const careful = await ask(['audiences', 'delete'], '--audience', 'asked');
    assert.equal(careful.code, 2);
    const deleted = await ask(['audiences', 'delete'], '--audience', 'asked', '--yes');
    assert.equal(deleted.code, 0, deleted.err);
    const gone = await ask(['status'], '--audience', 'asked');
    assert.equal(gone.code, 5, gone.err);
  });

  test('a wrong key ends with 4, and nobody there with 7', async () => {
    const wrong = await runText(['audiences', 'list', '--agent', `${proxy.url}/mcp`, '--account', 'a']);
    assert.equal(wrong.code, 4, wrong.err);
    const away = await runText(['audiences', 'list', '--agent', 'http://127.0.0.1:9/mcp', '--account', 'a']);
    assert.equal(away.code, 7, away.err);
  });
});

describe('doctor', () => {
  interface Findings {
    readonly findings: readonly {
      readonly check: string;
      readonly state: string;
      readonly fix: string | null;
    }[];
  }
  const examine = async (...words: readonly string[]) => {
    const ended = await runText(['doctor', ...words, '--json']);
    const { findings } = JSON.parse(ended.out) as Findings;
    return { code: ended.code, findings, wrong: findings.filter(({ state }) => state === 'wrong') };
  };
  const place = (): readonly string[] => ['--agent', `${proxy.url}/mcp`, '--account', seller.accountId];

  test('finds nothing wrong where nothing is', async () => {
    const file = writeFile(people(0, 150));
    const { code, findings } = await examine(file, ...place(), '--credential-file', join(folder, 'key'));
    assert.deepEqual([code, findings.filter(({ state }) => state !== 'good')], [0, []]);
    const checks = findings.map(({ check }) => check);
    assert.deepEqual(checks, [
      ...[
        'rows',
        'address',
        'name',
        'reach',
        'clock',
        'protocol',
        'identifiers',
        'minimum',
        'key',
        'account',
      ],
    ]);
  });

  test('names what is wrong first, with its fix and its exit', async () => {
    writeFileSync(join(folder, 'wrong'), 'rk_wrong');
    const key = await examine(...place(), '--credential-file', join(folder, 'wrong'));
    assert.deepEqual([key.code, key.wrong.map(({ check }) => check)], [4, ['key']]);
    const account = ['--agent', `${proxy.url}/mcp`, '--account', 'acct_unknown'];
    const unknown = await examine(...account, '--credential-file', join(folder, 'key'));
    assert.deepEqual([unknown.code, unknown.wrong.map(({ check }) => check)], [5, ['account']]);
    const away = await examine('--agent', 'http://127.0.0.1:9/mcp', '--account', 'a');
    assert.deepEqual([away.code, away.wrong.map(({ check }) => check)], [7, ['reach']]);
    const file = await examine(
      join(folder, 'nowhere.csv'),
      ...place(),
      '--credential-file',
      join(folder, 'key'),
    );
    assert.deepEqual([file.code, file.wrong.map(({ check }) => check)], [5, ['file']]);
    for (const { wrong } of [key, unknown, away, file]) assert.ok(wrong.every(({ fix }) => fix !== null));
  });
});

test('nothing that left in all of this was an address or a number in clear', () => {
  const sent = proxy.sent();
  assert.ok(sent.length > 500_000 && proxy.callCount() > 30);
  assert.match(sent, new RegExp(sha256('jo399@example.com')));
  assert.doesNotMatch(sent, /@example|%40example|3090182/i);
});
