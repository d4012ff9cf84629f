import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { restCaller, type RestAnswer } from '../support/rest.ts';
import { startSeller } from '../support/seller.ts';

const memberCount = 10_000;

/** Every form in which a hash could lie in a file: hexadecimal in either case, raw, Base64. */
function formsOf(hash: Buffer): Buffer[] {
  const hex = hash.toString('hex');
  return [
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    hash,
    Buffer.from(hash.toString('base64').slice(0, 42)),
  ];
}

/** Counts needles in haystacks: a bit for each three-byte start, so that a pass costs little more than reading. */
function createSearch(needles: readonly Buffer[]): (haystack: Buffer) => number {
  const isStart = new Uint8Array(1 << 24);
  const byStart = new Map<number, Buffer[]>();
  for (const needle of needles) {
    const start = needle.readUIntLE(0, 3);
    isStart[start] = 1;
    const known = byStart.get(start);
    if (known === undefined) byStart.set(start, [needle]);
    else known.push(needle);
  }
  return (haystack) => {
    let found = 0;
    for (let at = 0; at + 3 <= haystack.length; at++) {
      const start = haystack[at]! | (haystack[at + 1]! << 8) | (haystack[at + 2]! << 16);
      if (isStart[start] === 0) continue;
      for (const needle of byStart.get(start) ?? []) {
        if (haystack.subarray(at, at + needle.length).equals(needle)) found += 1;
      }
    }
    return found;
  };
}

test('no uploaded hash and no external id lies in any file of the data directory or in a log (contract, what must never happen)', async () => {
  const seller = await startSeller();
  const emails = Array.from({ length: memberCount }, (_, i) => `canary-person-${i}@example.com`);
  const hashes = emails.map((email) => createHash('sha256').update(email).digest());
  const externalIds = emails.map((_, i) => `canary-external-${i}-of-the-crm`);
  const add = hashes.map((hash, i) => ({ external_id: externalIds[i], hashed_email: hash.toString('hex') }));
  try {
    await seller.addUsers(
      emails.slice(0, 4_000).map((email, i) => ({ id: `canary-user-${i}-of-seller`, emails: [email] })),
    );
    const account = { account_id: seller.accountId };
    const call = async (key: string, audience: object, ext = {}): Promise<Record<string, unknown>> =>
      seller.call('sync_audiences', {
        idempotency_key: `at-rest-test-key-${key}`,
        adcp_version: '3.1',
        account,
        ext,
        audiences: [{ audience_id: 'canaries', ...audience }],
        context: { note: externalIds[0] },
      });
    const first = await call('1', { add });
    assert.equal((first['audiences'] as { matched_count: number }[])[0]?.matched_count, 4_000);
    await call('2', { remove: add.slice(0, 500) });
    const bad = [
      { external_id: externalIds[7], hashed_email: hashes[7]!.toString('hex').toUpperCase() },
      { external_id: externalIds[8], hashed_email: emails[8] },
    ];
    await call('3', { add: bad });
    const skipped = await call(
      '4',
      { add: [...bad, ...add.slice(20, 40)] },
      { rollcall: { invalid_members: 'skip' } },
    );
    assert.match(
      JSON.stringify(skipped),
      /canary-external-7/,
      'the caller is told which of its members stayed out',
    );
    const rest = await restCaller(seller.url, seller.key);
    const overRest = async (members: readonly object[]): Promise<RestAnswer> =>
      rest.ask(`/advertisers/${seller.accountId}/audiences/sync`, {
        body: { audiences: [{ audienceId: 'canaries', add: members, note: externalIds[1] }] },
        headers: { 'idempotency-key': `${externalIds[2]}-${members.length}` },
      });
    const restMembers = hashes.map((hash, i) => ({
      externalId: externalIds[i],
      hashedEmail: hash.toString('hex'),
    }));
    assert.equal((await overRest(restMembers)).httpStatus, 202);
    assert.equal((await overRest([{ externalId: externalIds[7], hashedEmail: emails[7] }])).httpStatus, 400);
    await rest.ask(`/tasks/${externalIds[0]}?take=${hashes[0]!.toString('hex')}`);
    await seller.restart();
    const needles = [
      ...hashes.flatMap(formsOf),
      ...externalIds.map((id) => Buffer.from(id)),
      ...emails.map((email) => Buffer.from(email)),
      ...emails.slice(0, 4_000).map((_, i) => Buffer.from(`canary-user-${i}-of-seller`)),
    ];
    const countFound = createSearch(needles);
    const files = readdirSync(seller.dataDir, { recursive: true, encoding: 'utf8' });
    assert.ok(files.includes('rollcall.db'), 'the database was looked at');
    let bytes = 0;
    for (const file of files) {
      const content = readFileSync(join(seller.dataDir, file));
      bytes += content.length;
      assert.equal(countFound(content), 0, `${file} holds no identifier`);
    }
    assert.ok(bytes > memberCount * 16, 'the files hold the members');
    assert.ok(seller.logLines.length > 4, 'the log was looked at');
    assert.equal(countFound(Buffer.from(seller.logLines.join(''))), 0, 'the log holds no identifier');
    const planted = Buffer.concat([Buffer.alloc(100), hashes[5]!, Buffer.alloc(9)]);
    assert.equal(countFound(planted), 1, 'the scan can find one');
  } finally {
    await seller.close();
  }
});

test('what is kept of a request tells nothing to who guesses its one member: it differs under every key', async () => {
  const call = {
    adcp_version: '3.1',
    idempotency_key: 'the-same-everywhere',
    audiences: [
      {
        audience_id: 'one',
        add: [{ external_id: 'm', hashed_email: createHash('sha256').update('a@b.example').digest('hex') }],
      },
    ],
  };
  const keptBy = async (): Promise<Record<string, string>> => {
    const seller = await startSeller();
    try {
      await seller.call('sync_audiences', { ...call, account: { account_id: seller.accountId } });
      const database = new DatabaseSync(join(seller.dataDir, 'rollcall.db'), { readOnly: true });
      const row = database
        .prepare('SELECT hex(digest) AS digest, hex(request_key_hash) AS key FROM idempotency')
        .get();
      database.close();
      return row as Record<string, string>;
    } finally {
      await seller.close();
    }
  };
  const [one, other] = [await keptBy(), await keptBy()];
  assert.equal(one['digest']?.length, 64);
  assert.notEqual(one['digest'], other['digest']);
  assert.notEqual(one['key'], other['key']);
});
