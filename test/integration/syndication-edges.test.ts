/** Pushing where it is not smooth: what is refused, what is merged, who is slow, and what exactly arrives. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { inDatabase } from '../support/database.ts';
import { startHub, type Hub, type PushRecord } from '../support/hub.ts';
import { addPeople } from '../support/people.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const isCompleted = ({ status }: PushRecord): boolean => status === 'COMPLETED';
const isFailed = ({ status }: PushRecord): boolean => status === 'FAILED';
const member = (i: number): object => ({ externalId: `crm-${i}`, hashedEmail: sha256(`p${i}@example.com`) });
const members = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, i) => member(from + i));

let hub: Hub;
let other: Seller;
before(async () => {
  hub = await startHub();
  other = await startSeller();
  await hub.rest('PUT', '/forwarding', { enabled: true });
});
after(async () => {
  await hub.seller.close();
  await other.close();
});

/** Kept operations of an audience that lives, and how many of them are bases. */
async function keptRows(audienceId: string): Promise<{ rows: number; bases: number }> {
  const { rows } = await inDatabase(
    hub.seller,
    `SELECT count(*) AS rows, coalesce(sum(is_base), 0) AS bases FROM forward_operation f JOIN audience a
       ON a.account_no = f.account_no AND a.audience_no = f.audience_no WHERE a.audience_id = ? AND a.state = 'live'`,
    audienceId,
  );
  return rows[0] as { rows: number; bases: number };
}

async function heldThere(audienceId: string): Promise<Record<string, unknown> | undefined> {
  const answer = await other.call('sync_audiences', {
    adcp_version: '3.1',
    idempotency_key: `look-at-${audienceId}-${Math.random()}`,
    account: { account_id: other.accountId },
  });
  const audiences = answer['audiences'] as Record<string, unknown>[];
  return audiences.find((one) => one['audience_id'] === audienceId);
}

describe('what arrives at another seller', () => {
  it('is every kind of identifier as it was sent, and removals by identifier are resolved here', async () => {
    await addPeople(other, [
      { id: 'u-mail', identifiers: [['hashed_email', 'mail@example.com']] },
      { id: 'u-phone', identifiers: [['hashed_phone', '+15550001']] },
      { id: 'u-ramp', identifiers: [['rampid', 'XY-Ramp/ü']] },
      { id: 'u-maid', identifiers: [['maid', 'aaaa-0001']] },
    ]);
    await hub.sync({
      audienceId: 'kinds',
      name: 'Kinds',
      add: [
        { externalId: 'a', hashedEmail: sha256('mail@example.com'), hashedPhone: sha256('+15550009') },
        { externalId: 'b', hashedPhone: sha256('+15550001') },
        { externalId: 'ç "quoted"', uids: [{ type: 'rampid', value: 'XY-Ramp/ü' }] },
        {
          externalId: 'd',
          uids: [
            { type: 'maid', value: 'AAAA-0001' },
            { type: 'uid2', value: 'u2' },
          ],
        },
        { externalId: 'e', hashedEmail: sha256('twice@example.com') },
        { externalId: 'f', hashedEmail: sha256('twice@example.com') },
      ],
    });
    // The second entry names nobody, so it removes whoever holds the address: both.
    await hub.sync({
      audienceId: 'kinds',
      remove: [{ externalId: 'nobody', hashedEmail: sha256('twice@example.com') }],
    });
    const agent = await hub.addAgent(other, 'a2a');
    assert.equal((await hub.push('kinds', [agent])).status, 201);
    const { responseData } = await hub.reaches('kinds', agent, isCompleted);
    assert.equal(responseData?.['matched_count'], 4);
    assert.equal(responseData?.['total_uploaded_count'], 4);
    assert.equal((await heldThere('kinds'))?.['name'], 'Kinds');
    const rows = responseData?.['match_breakdown'] as {
      id_type: string;
      submitted: number;
      matched: number;
    }[];
    assert.deepEqual(
      rows.map(({ id_type: type, submitted, matched }) => `${type} ${matched}/${submitted}`).sort(),
      ['hashed_email 1/1', 'hashed_phone 1/2', 'maid 1/1', 'rampid 1/1', 'uid2 0/1'],
    );
  });

  it('is the same for callers of AdCP, and those without external ids have a name made for them', async () => {
    const account = { account_id: 'acct_hub' };
    const add = [1, 2, 3].map((i) => ({ external_id: `m-${i}`, hashed_email: sha256(`m${i}@example.com`) }));
    const envelope = { adcp_version: '3.1', idempotency_key: 'adcp-caller-key-1' };
    await hub.seller.call('sync_audiences', {
      ...envelope,
      account,
      audiences: [{ audience_id: 'adcp', add }],
    });
    const nameless = [4, 5].map((i) => ({ hashed_email: sha256(`m${i}@example.com`) }));
    await hub.seller.call('sync_audiences', { account, audiences: [{ audience_id: 'adcp', add: nameless }] });
    const agent = await hub.addAgent(other);
    await hub.push('adcp', [agent]);
    const { responseData } = await hub.reaches('adcp', agent, isCompleted);
    assert.equal(responseData?.['total_uploaded_count'], 5);
    const remove = [{ hashed_email: sha256('m4@example.com') }];
    await hub.seller.call('sync_audiences', { account, audiences: [{ audience_id: 'adcp', remove }] });
    await hub.reaches(
      'adcp',
      agent,
      (one) => isCompleted(one) && one.responseData?.['total_uploaded_count'] === 4,
    );
  });

  it('does not lose a member that shares an identifier with one that is removed', async () => {
    const shared = { hashedEmail: sha256('family@example.com') };
    await hub.sync({
      audienceId: 'family',
      add: [
        { externalId: 'mother', ...shared },
        { externalId: 'son', ...shared },
      ],
    });
    const agent = await hub.addAgent(other);
    await hub.push('family', [agent]);
    await hub.reaches('family', agent, isCompleted);
    await hub.sync({
      audienceId: 'family',
      remove: [{ externalId: 'son' }],
      add: [{ externalId: 'daughter', ...shared }],
    });
    await hub.sync({ audienceId: 'family', remove: [{ externalId: 'mother' }] });
    // Whoever goes by the identifier that both had would have removed her too.
    await hub.reaches('family', agent, (one) => isCompleted(one) && one.responseData?.['members_sent'] === 1);
    assert.equal((await heldThere('family'))?.['total_uploaded_count'], 1);
  });

  it('is the new audience and not the old one, when one is deleted and made again', async () => {
    const agent = await hub.addAgent(other);
    await hub.sync({ audienceId: 'again', add: members(0, 30) });
    await hub.push('again', [agent]);
    await hub.reaches('again', agent, isCompleted);
    await hub.push('again', [agent], false);
    await hub.sync({ audienceId: 'again', delete: true });
    await hub.sync({ audienceId: 'again', add: members(100, 110) });
    await hub.push('again', [agent]);
    await hub.reaches('again', agent, isCompleted);
    assert.equal((await heldThere('again'))?.['total_uploaded_count'], 10);
  });
});

describe('what is kept for forwarding', () => {
  it('is merged when there is much of it, and whoever lags behind gets the audience anew', async () => {
    const agent = await hub.addAgent(other);
    await hub.sync({ audienceId: 'merged', add: members(0, 50) });
    await hub.push('merged', [agent]);
    await hub.reaches('merged', agent, isCompleted);
    await hub.push('merged', [agent], false);
    await hub.sync({ audienceId: 'merged', remove: [{ externalId: 'crm-7' }] });
    for (let i = 0; i < 40; i++) await hub.sync({ audienceId: 'merged', add: members(50 + i, 53 + i) });
    assert.deepEqual(await keptRows('merged'), { rows: 42, bases: 0 });
    // The first thing that a start does is to look for what can be merged.
    await hub.seller.restart();
    const end = performance.now() + 20_000;
    while ((await keptRows('merged')).bases === 0) {
      assert.ok(performance.now() < end, 'merged');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(await keptRows('merged'), { rows: 1, bases: 1 });
    await hub.push('merged', [agent]);
    const { responseData } = await hub.reaches('merged', agent, isCompleted);
    assert.equal(responseData?.['members_sent'], 91);
    assert.equal((await heldThere('merged'))?.['total_uploaded_count'], 91);
  });

  it('is of accounts that forward, and of no other account of the same server', async () => {
    const admin = hub.seller.admin.admin;
    await admin.createAccount({
      accountId: 'acct_quiet',
      brandDomain: 'quiet.example',
      brandId: null,
      operator: 'quiet.example',
      sandbox: true,
      name: null,
    });
    const { key } = await admin.createKey({ accountIds: ['acct_quiet'], name: 'quiet', expiresAtMs: null });
    const answer = await hub.seller.call(
      'sync_audiences',
      {
        adcp_version: '3.1',
        idempotency_key: 'quiet-account-key-1',
        account: { account_id: 'acct_quiet' },
        audiences: [
          { audience_id: 'quiet', add: [{ external_id: 'x', hashed_email: sha256('x@example.com') }] },
        ],
      },
      key,
    );
    assert.equal(answer['status'], 'completed');
    assert.deepEqual(await keptRows('quiet'), { rows: 0, bases: 0 });
    assert.equal((await admin.forwarding({ accountId: 'acct_quiet' })).isOn, false);
  });
});

describe('what is refused', () => {
  it('by the other seller fails the push with its sentence, and a start after it is mended completes', async () => {
    await hub.sync({ audienceId: 'refused', add: members(0, 5) });
    const stranger = await hub.addAgent({ url: other.url, key: other.key, accountId: 'acct_nobody' });
    const keyless = await hub.addAgent(
      { url: other.url, key: 'rk_wrong', accountId: other.accountId },
      'a2a',
    );
    await hub.push('refused', [stranger, keyless]);
    const one = await hub.reaches('refused', stranger, isFailed);
    assert.match(one.errorMessage ?? '', /^ACCOUNT_NOT_FOUND: /);
    const two = await hub.reaches('refused', keyless, isFailed);
    assert.match(two.errorMessage ?? '', /credential/);
    const { admin } = other.admin;
    await admin.createAccount({
      accountId: 'acct_nobody',
      brandDomain: 'nobody.example',
      brandId: null,
      operator: 'nobody.example',
      sandbox: true,
      name: null,
    });
    const { key } = await admin.createKey({ accountIds: ['acct_nobody'], name: 'n', expiresAtMs: null });
    const mended = await hub.addAgent({ url: other.url, key, accountId: 'acct_nobody' });
    await hub.push('refused', [mended]);
    await hub.reaches('refused', mended, isCompleted);
  });

  it('by us names what is wrong', async () => {
    const agent = await hub.addAgent(other);
    const body = { resourceType: 'CATALOG', resourceId: 'x', adcpAgentIds: [agent], enabled: true };
    const refusals = [
      await hub.rest('POST', '/syndicate', body),
      await hub.rest('POST', '/syndicate', { ...body, resourceType: 'AUDIENCE' }),
      await hub.rest('POST', '/syndicate', {
        ...body,
        resourceType: 'AUDIENCE',
        adcpAgentIds: [agent, agent],
      }),
      await hub.push('refused', ['agent_unknown']),
      await hub.rest('GET', '/syndication-status?resourceType=EVENT_SOURCE'),
      await hub.rest('DELETE', '/sales-agents/agent_unknown'),
      await hub.rest('POST', '/sales-agents', {
        name: 'x',
        url: 'http://10.1.2.3/mcp',
        protocol: 'mcp',
        accountId: 'x',
      }),
    ];
    const told = refusals.map(({ status, body: answer }) => {
      const { field, message } = answer['error'] as { field?: string; message: string };
      return `${status} ${field}: ${message}`;
    });
    assert.deepEqual(told, [
      '400 resourceType: Only audiences are pushed from here.',
      '404 resourceId: No such audience on this account.',
      '400 adcpAgentIds: adcpAgentIds must not name a seller twice.',
      '404 adcpAgentIds[0]: This account has no sales agent with that id.',
      '400 resourceType: Only audiences are pushed from here.',
      '404 agentId: This account has no sales agent with that id.',
      '400 url: Of a sales agent: The address leads to a network that may not be called.',
    ]);
  });

  it('to callers where the operator keeps forwarding to itself, which the command line then switches', async () => {
    const strict = await startHub({ forwarding: false });
    try {
      const on = await strict.rest('PUT', '/forwarding', { enabled: true });
      const agent = { name: 'x', url: 'https://x.example/mcp', protocol: 'mcp', accountId: 'x' };
      const add = await strict.rest('POST', '/sales-agents', agent);
      assert.deepEqual([on.status, add.status], [403, 403]);
      await strict.seller.admin.admin.setForwarding({ accountId: 'acct_hub', on: true });
      assert.equal((await strict.rest('GET', '/forwarding')).body['enabled'], true);
      await strict.sync({ audienceId: 'x', add: members(0, 3) });
      const { storedBytes } = (await strict.rest('GET', '/forwarding')).body as { storedBytes: number };
      assert.ok(storedBytes > 0, 'kept without a restart');
      assert.equal((await strict.rest('PUT', '/forwarding', { enabled: false })).status, 200);
    } finally {
      await strict.seller.close();
    }
  });
});

describe('a seller that behaves badly', () => {
  it('is not even registered under an address in a network that the operator did not name', async () => {
    const strict = await startHub({ allowNetwork: [] });
    try {
      await strict.rest('PUT', '/forwarding', { enabled: true });
      for (const host of ['localhost', '127.0.0.1', '[::1]', '169.254.169.254']) {
        const agent = { name: 'x', url: `https://${host}:8443/mcp`, protocol: 'mcp', accountId: 'x' };
        const { status, body } = await strict.rest('POST', '/sales-agents', agent);
        assert.equal(status, 400, host);
        assert.match(JSON.stringify(body), /network that may not be called/, host);
      }
    } finally {
      await strict.seller.close();
    }
  });

  it('is not called any more when the operator no longer names its network', async () => {
    const strict = await startHub();
    try {
      await strict.rest('PUT', '/forwarding', { enabled: true });
      const inside = await strict.addAgent({ url: 'https://localhost:8443', key: 'k', accountId: 'x' });
      await strict.seller.restart({ allowNetwork: [] });
      await strict.sync({ audienceId: 'inside', add: members(0, 3) });
      await strict.push('inside', [inside]);
      const { errorMessage } = await strict.reaches('inside', inside, isFailed);
      assert.equal(errorMessage, 'The address leads to a network that may not be called.');
    } finally {
      await strict.seller.close();
    }
  });

  it('holds up nobody else when it does not answer, and is not followed where it redirects', async () => {
    const silent = createServer(() => undefined);
    const redirecting = createServer((_, response) => response.writeHead(307, { location: other.url }).end());
    for (const server of [silent, redirecting]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    const urlOf = (server: typeof silent): string =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await hub.sync({ audienceId: 'slow', add: members(0, 20) });
      const bad = [
        await hub.addAgent({ url: urlOf(silent), key: 'k', accountId: 'x' }),
        await hub.addAgent({ url: urlOf(silent), key: 'k', accountId: 'x' }, 'a2a'),
      ];
      const away = await hub.addAgent({ url: urlOf(redirecting), key: 'k', accountId: 'x' });
      const good = await hub.addAgent(other);
      await hub.push('slow', [...bad, away, good]);
      await hub.reaches('slow', good, isCompleted);
      const { errorMessage } = await hub.reaches('slow', away, isFailed);
      assert.match(errorMessage ?? '', /redirect/);
      for (const id of bad) assert.equal((await hub.record('slow', id)).status, 'SYNCING');
    } finally {
      for (const server of [silent, redirecting]) {
        server.closeAllConnections();
        server.close();
      }
    }
  });
});
