import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';

import type { ForwardDelta } from '../../engine/forward/forward-delta.ts';
import { createForwardBuilder } from '../../engine/forward/forward-builder.ts';
import type { ForwardMembers } from '../../engine/forward/forward-members.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { refusalOfUrl } from '../../platform/outbound/url-rule.ts';
import { outboundArguments } from '../../protocol/adcp/outbound-sync.ts';
import { checkAgentUrl } from '../../service/syndication/agent-url.ts';
import type { OutgoingCall } from '../../service/syndication/seller-link.ts';
import { createGuardedFetch, withTrace, type OutgoingTrace } from './guarded-fetch.ts';
import { readAnswer } from './read-answer.ts';
import { safeSentence } from './safe-sentence.ts';

const audience = { audienceId: 'a', name: 'Name', audienceType: 'crm', consentBasis: null };
const look: OutgoingCall = { kind: 'look', requestKey: 'k', audience };

function traceTo(url: string, change: Partial<OutgoingTrace> = {}): OutgoingTrace {
  const { origin } = new URL(url);
  return {
    origin,
    callMsMax: 2_000,
    status: null,
    retryAfterMs: null,
    refusal: null,
    ...change,
  };
}

describe('the rule for outgoing calls', () => {
  const may = (networks: readonly string[], url: string): boolean =>
    refusalOfUrl(new URL(url), { allowNetworks: networksOf(networks) }) === null;

  it('is https on the public internet, and what the operator allows', () => {
    for (const url of ['https://x.example/mcp', 'https://93.184.216.34/', 'https://[2606:4700::1]:8/']) {
      assert.ok(may([], url), url);
    }
    for (const url of [
      ...[
        'http://x.example/',
        'http://127.0.0.1/',
        'https://127.0.0.1/',
        'https://10.0.0.1/',
        'https://[::1]/',
      ],
      ...['ftp://x.example/', 'https://u:p@x.example/', 'file:///etc/passwd', 'https://169.254.169.254/'],
    ]) {
      assert.ok(!may([], url), url);
    }
    const own = ['127.0.0.1', '10.0.0.0/8'];
    for (const url of ['http://127.0.0.1/', 'https://10.9.8.7/', 'http://sellers.internal/']) {
      assert.ok(may(own, url), url);
    }
    for (const url of [
      'http://93.184.216.34/',
      'http://127.0.0.2/',
      'http://[::1]/',
      'https://192.168.0.1/',
    ]) {
      assert.ok(!may(own, url), url);
    }
  });

  it('refuses to keep an address that it would not call', () => {
    const refusalOf = (url: URL): string | null => refusalOfUrl(url, { allowNetworks: [] });
    for (const text of [
      'not an address',
      `https://x.example/${'x'.repeat(3_000)}`,
      'https://127.0.0.1/mcp',
    ]) {
      assert.throws(() => checkAgentUrl(text, refusalOf), { code: 'INVALID_REQUEST' });
    }
    assert.equal(checkAgentUrl('https://X.example', refusalOf), 'https://x.example/');
  });

  it('holds for every request, whoever makes it', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: '/' }).end();
      else if (request.url === '/never') return;
      else if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end();
      else response.end('here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const guarded = createGuardedFetch(createOutbound({ allowNetworks: networksOf(['127.0.0.1']) }).fetch);
    const post = async (trace: OutgoingTrace, path: string): Promise<Response> =>
      withTrace(trace, async () => guarded(`${url}${path}`, { method: 'POST', body: 'x' }));
    try {
      const good = traceTo(url);
      assert.equal(await (await post(good, '/')).text(), 'here');
      assert.equal(good.status, 200);
      await assert.rejects(guarded(url), /belongs to no call/);
      const elsewhere = traceTo('https://seller.example');
      await assert.rejects(post(elsewhere, '/'), /another address/);
      assert.match(elsewhere.refusal ?? '', /another address/);
      const away = traceTo(url);
      await assert.rejects(post(away, '/away'), /redirect/);
      const busy = traceTo(url);
      await post(busy, '/busy');
      assert.deepEqual([busy.status, busy.retryAfterMs], [429, 7_000]);
      const never = traceTo(url, { callMsMax: 50 });
      await assert.rejects(post(never, '/never'), { name: 'TimeoutError' });
      assert.equal(never.status, null);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('what another seller wrote', () => {
  it('is kept without anything that looks like an identifier', () => {
    const hash = 'ab'.repeat(32);
    assert.equal(
      safeSentence(`INVALID:\n no "${hash}", ann@example.com, +1 555 000 1234, crm-77 in add[3]`, [
        'crm-7',
        'crm-77',
      ]),
      'INVALID: no "…", …, …, … in add[3]',
    );
    assert.equal(safeSentence(`key rk_${'Ab0_-'.repeat(9)} is bad`), 'key … is bad');
    assert.equal(safeSentence('An audience needs 100 members.'), 'An audience needs 100 members.');
    assert.ok(safeSentence('x y '.repeat(500)).length <= 300);
  });

  it('becomes one of four answers', () => {
    const safe = (text: string): string => text;
    const answer = (result: object, trace: Partial<OutgoingTrace> = {}, call: OutgoingCall = look): unknown =>
      readAnswer(
        call,
        { success: false, status: 'failed', ...result },
        traceTo('https://x.example', trace),
        safe,
      );
    const kindOf = (...given: Parameters<typeof answer>): string =>
      (answer(...given) as { kind: string }).kind;
    const done = (item: object): object => ({
      success: true,
      status: 'completed',
      data: { audiences: [{ audience_id: 'b' }, item] },
    });
    const ready = {
      audience_id: 'a',
      status: 'ready',
      matched_count: 3,
      total_uploaded_count: 9,
      members: ['secret'],
    };
    assert.deepEqual(answer(done(ready)), {
      kind: 'accepted',
      audience: {
        status: 'ready',
        memberCount: 9,
        body: { audience_id: 'a', status: 'ready', total_uploaded_count: 9, matched_count: 3 },
      },
    });
    assert.deepEqual(answer(done({ audience_id: 'c' })), { kind: 'accepted', audience: null });
    assert.equal(kindOf({ success: true, status: 'submitted' }), 'accepted');
    assert.equal(kindOf({ success: true, status: 'input-required' }), 'refused');
    const failed = (error: object): object => done({ audience_id: 'a', action: 'failed', errors: [error] });
    assert.deepEqual(answer(failed({ code: 'NO', message: 'Not so.' })), {
      kind: 'refused',
      sentence: 'NO: Not so.',
    });
    assert.equal(kindOf(failed({ code: 'AUDIENCE_NOT_FOUND' })), 'refused');
    assert.equal(
      kindOf(failed({ code: 'AUDIENCE_NOT_FOUND' }), {}, { kind: 'delete', requestKey: 'k', audience }),
      'accepted',
    );
    assert.equal(kindOf(done({ audience_id: 'a', action: 'failed' })), 'refused');
    const error = { code: 'RATE_LIMITED', message: 'Slow down.', retry_after: 3 };
    const again = { kind: 'again', sentence: 'RATE_LIMITED: Slow down.', retryAfterMs: 3_000 };
    assert.deepEqual(answer({ adcpError: error }), again);
    assert.deepEqual(
      answer({ data: { result: { artifacts: [{ parts: [{ data: { adcp_error: error } }] }] } } }),
      again,
    );
    const large = {
      code: 'INVALID_REQUEST',
      message: 'Too many.',
      details: { legacy_code: 'CALL_TOO_LARGE' },
    };
    assert.equal(kindOf({ adcpError: large }), 'too_large');
    const byStatus = [null, 500, 503, 429, 408, 413, 401, 403, 404].map(
      (status) => `${status} ${kindOf({}, { status })}`,
    );
    assert.deepEqual(byStatus, [
      'null again',
      '500 again',
      '503 again',
      '429 again',
      '408 again',
      '413 too_large',
      '401 refused',
      '403 refused',
      '404 refused',
    ]);
    assert.equal(kindOf({}, { refusal: 'Not there.' }), 'refused');
  });
});

describe('members in AdCP’s words', () => {
  const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
  const hex = (byte: number): string => Buffer.from(digest(byte)).toString('hex');
  const one = (): ForwardMembers => {
    const builder = createForwardBuilder({ rows: 0, identifiers: 0, idBytes: 0, valueBytes: 0 });
    const id = new TextEncoder().encode('crm-é');
    const value = new TextEncoder().encode('AA-01');
    builder.record(new Uint32Array(4), 0, id, 0, id.length);
    builder.identifier(1, digest(1), 0, value, 0, 0);
    builder.identifier(1, digest(2), 0, value, 0, 0);
    builder.identifier(2, digest(3), 0, value, 0, 0);
    builder.identifier(9, digest(4), 0, value, 0, value.length);
    return builder.finish();
  };
  const delta = (side: 'added' | 'removed', held: readonly number[] = []): ForwardDelta => ({
    before: one(),
    after: one(),
    added: new Uint32Array(side === 'added' ? 1 : 0),
    removed: new Uint32Array(side === 'removed' ? 1 : 0),
    isStillHeld: (i) => held.includes(i),
  });
  const argumentsFor = (of: ForwardDelta, side: 'add' | 'remove'): unknown =>
    outboundArguments(
      { kind: 'members', requestKey: 'k', audience, delta: of, chunk: { side, from: 0, to: 1 } },
      'acct',
    );

  it('have one e-mail and one phone in their fields, and the rest among the uids', () => {
    assert.deepEqual(argumentsFor(delta('added'), 'add'), {
      account: { account_id: 'acct' },
      idempotency_key: 'k',
      audiences: [
        {
          audience_id: 'a',
          name: 'Name',
          audience_type: 'crm',
          add: [
            {
              external_id: 'crm-é',
              hashed_email: hex(1),
              hashed_phone: hex(3),
              uids: [
                { type: 'hashed_email', value: hex(2) },
                { type: 'maid', value: 'AA-01' },
              ],
            },
          ],
        },
      ],
    });
  });

  it('are removed without the identifiers that another member holds', () => {
    const [entry] = (argumentsFor(delta('removed', [0, 2, 3]), 'remove') as { audiences: object[] })
      .audiences;
    assert.deepEqual(entry, { audience_id: 'a', remove: [{ external_id: 'crm-é', hashed_email: hex(2) }] });
    const [bare] = (argumentsFor(delta('removed', [0, 1, 2, 3]), 'remove') as { audiences: object[] })
      .audiences;
    assert.deepEqual(bare, { audience_id: 'a', remove: [{ external_id: 'crm-é' }] });
  });

  it('are not in a deletion, and a look has no audience at all', () => {
    assert.deepEqual(outboundArguments({ kind: 'delete', requestKey: 'k', audience }, 'acct'), {
      account: { account_id: 'acct' },
      idempotency_key: 'k',
      audiences: [{ audience_id: 'a', delete: true }],
    });
    assert.deepEqual(outboundArguments(look, 'acct'), {
      account: { account_id: 'acct' },
      idempotency_key: 'k',
    });
  });
});
