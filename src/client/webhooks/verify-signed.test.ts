import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import type { Delivery } from './delivery.ts';
import { KeyFault } from './key-fault.ts';
import { createKeySource, type KeySource } from './key-source.ts';
import { loadSigning } from './signing-library.ts';
import {
  clockAt,
  delivery,
  fixedKeys,
  nowMs,
  signedBy,
  testBody,
  testKey,
  testUrl,
} from './testing/deliveries.ts';
import type { Verdict } from './verdict.ts';
import { createVerify } from './verify.ts';
import { createVerifySigned } from './verify-signed.ts';

const key = testKey('seller-2026');
const other = testKey('seller-2027');

async function judge(
  one: Delivery,
  keys: KeySource = fixedKeys(key.published, other.published),
): Promise<Verdict> {
  return createVerifySigned(await loadSigning(), keys)(one);
}

const signed = (as: Parameters<typeof signedBy>[1] = {}): Delivery =>
  delivery({ headers: signedBy(key, as) });

test('a good delivery passes every step', async () => {
  const verdict = await judge(signed());
  assert.deepEqual([verdict.outcome, verdict.code, verdict.keyid], ['verified', null, 'seller-2026']);
  assert.equal(verdict.steps.length, 12);
  assert.ok(verdict.steps.every(({ outcome }) => outcome === 'passed'));
});

test('bytes that are no UTF-8 are hashed as they came', async () => {
  const body = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
  const { computeContentDigest } = await loadSigning();
  const headers = signedBy(key, { body: body as unknown as string });
  assert.equal(headers['content-digest'], computeContentDigest(body));
  assert.equal((await judge({ ...delivery({ headers }), body })).outcome, 'verified');
});

/** What is done wrong; the code; what the reason and the fix have to say. */
type Case = readonly [what: string, one: () => Delivery, code: string, reason: RegExp, fix: RegExp];

const without = (name: string): Delivery => {
  const { [name]: _, ...headers } = signed().headers;
  return delivery({ headers });
};

const swapped = (from: string | RegExp, to: string): Delivery => {
  const { headers } = signed();
  const input = headers['signature-input'] ?? '';
  assert.notEqual(input.replace(from, to), input);
  return delivery({ headers: { ...headers, 'signature-input': input.replace(from, to) } });
};

const cases: readonly Case[] = [
  [
    'no Signature-Input',
    () => without('signature-input'),
    'header_malformed',
    /Signature-Input is missing/,
    /proxy/,
  ],
  ['no Signature', () => without('signature'), 'header_malformed', /header Signature is missing/, /proxy/],
  [
    'no nonce',
    () => swapped(/;nonce="[^"]*"/, ''),
    'params_incomplete',
    /lacks nonce\./,
    /created, expires, nonce/,
  ],
  [
    'a tag of requests',
    () => signed({ tag: 'adcp/request-signing/v1' }),
    'tag_invalid',
    /request-signing/,
    /as a webhook/,
  ],
  [
    'another algorithm',
    () => swapped('alg="ed25519"', 'alg="hs256"'),
    'alg_not_allowed',
    /hs256/,
    /ed25519 or ecdsa-p256-sha256/,
  ],
  [
    'too old',
    () => signed({ now: () => nowMs / 1000 - 400 }),
    'window_invalid',
    /Created is 400 s ago and expires 100 s ago/,
    /clocks/,
  ],
  [
    'from the future',
    () => signed({ now: () => nowMs / 1000 + 90 }),
    'window_invalid',
    /90 s in the future/,
    /clocks/,
  ],
  [
    'good for too long',
    () => swapped(/expires=\d+/, `expires=${nowMs / 1000 + 301}`),
    'window_invalid',
    /good for 301 s; 300 s/,
    /at most 300 s/,
  ],
  [
    'backwards',
    () => swapped(/expires=\d+/, `expires=${nowMs / 1000}`),
    'window_invalid',
    /no later than/,
    /mend/,
  ],
  [
    'uncovered digest',
    () => swapped(' "content-digest"', ''),
    'components_incomplete',
    /does not cover content-digest/,
    /@target-uri/,
  ],
  [
    'a covered header that is not there',
    () => without('content-type'),
    'components_incomplete',
    /header content-type, which did not arrive/,
    /let it pass/,
  ],
  [
    'an unpublished key',
    () => signed({ keyid: 'nobody' }),
    'key_unknown',
    /nobody is not published; the test has seller-2026, seller-2027/,
    /publish/,
  ],
  [
    'changed bytes',
    () => ({ ...signed(), body: Buffer.from(testBody.replace('4', '5')) }),
    'digest_mismatch',
    /changed the bytes/,
    /proxy/,
  ],
  [
    'the same JSON anew',
    () => ({ ...signed(), body: Buffer.from(JSON.stringify(JSON.parse(testBody), null, 2)) }),
    'digest_mismatch',
    /another spelling/,
    /must not touch/,
  ],
  [
    'another scheme',
    () => signed({ url: testUrl.replace('http:', 'https:') }),
    'signature_invalid',
    /signed for https:\/\/127\.0\.0\.1:4747\/webhooks and received as http:/,
    /--public-url https:\/\/127\.0\.0\.1:4747/,
  ],
  [
    'another host',
    () =>
      delivery({
        headers: {
          ...signedBy(key, { url: 'https://abc.tunnel.example/webhooks' }),
          'x-forwarded-host': 'abc.tunnel.example',
        },
      }),
    'signature_invalid',
    /signed for https:\/\/abc\.tunnel/,
    /--public-url https:\/\/abc\.tunnel\.example/,
  ],
  [
    'another path',
    () => signed({ url: `${testUrl}/` }),
    'signature_invalid',
    /webhooks\/ and received/,
    /path or the query/,
  ],
  [
    'another content type',
    () => delivery({ headers: { ...signedBy(key), 'content-type': 'application/json; charset=utf-8' } }),
    'signature_invalid',
    /Content-Type “application\/json” and received/,
    /send what was signed/,
  ],
  [
    'the wrong key’s name',
    () => delivery({ headers: signedBy(key, { keyid: other.kid }) }),
    'signature_invalid',
    /names the key seller-2027 and is signed with seller-2026/,
    /must name/,
  ],
  [
    'a stranger’s signature',
    () => delivery({ headers: signedBy(testKey(key.kid)) }),
    'signature_invalid',
    /does not fit/,
    /published key/,
  ],
  [
    'plain http elsewhere',
    () => ({ ...signed(), url: 'http://buyer.internal:4747/webhooks' }),
    'target_uri_malformed',
    /without TLS/,
    /--public-url/,
  ],
  [
    'a host that is none',
    () => ({ ...signed(), url: 'http://a b/webhooks' }),
    'target_uri_malformed',
    /Host makes no address/,
    /name the host/,
  ],
];

describe('each fault is named, with a way out', () => {
  for (const [what, one, code, reason, fix] of cases) {
    test(what, async () => {
      const { outcome, code: found, explanation, steps } = await judge(one());
      const full = /^(?:target_uri)/.test(code)
        ? `webhook_${code}`
        : `webhook_signature_${code.replace(/^signature_/, '')}`;
      assert.deepEqual([outcome, found], ['failed', full]);
      assert.match(explanation?.reason ?? '', reason);
      assert.match(explanation?.fix ?? '', fix);
      assert.equal(steps.filter((step) => step.outcome === 'failed').length, 1);
    });
  }
});

test('the purpose of a key is explained, and the purpose of 3.1 is accepted', async () => {
  const judged = async (changes: object): Promise<Verdict> => {
    const published = { ...key.published, ...changes };
    return judge(signed(), fixedKeys(published));
  };
  const lacks = await judged({ key_ops: ['sign'] });
  assert.deepEqual(
    [lacks.code, lacks.steps[7]?.outcome],
    ['webhook_signature_key_purpose_invalid', 'failed'],
  );
  assert.match(lacks.explanation?.reason ?? '', /key_ops lacks "verify"/);
  const governance = await judged({ adcp_use: 'governance' });
  assert.match(governance.explanation?.reason ?? '', /adcp_use “governance”/);
  const shared = await judged({ adcp_use: 'request-signing' });
  assert.equal(shared.outcome, 'verified');
  assert.match(shared.notes.join(), /3\.1/);
});

test('a signature counts once, a retry that is signed anew counts again', async () => {
  const verify = createVerifySigned(await loadSigning(), fixedKeys(key.published));
  const first = signed();
  assert.equal((await verify(first)).outcome, 'verified');
  const replayed = await verify(first);
  assert.deepEqual([replayed.code, replayed.steps[11]?.outcome], ['webhook_signature_replayed', 'failed']);
  assert.match(replayed.explanation?.reason ?? '', /seen before/);
  assert.equal((await verify(signed())).outcome, 'verified');
});

test('keys that cannot be had say nothing about the sender', async () => {
  const load = async (): Promise<never> => Promise.reject(new KeyFault('It is down.', 'Start it.'));
  const verdict = await judge(signed(), createKeySource('nowhere', load, clockAt(nowMs)));
  assert.deepEqual([verdict.outcome, verdict.code], ['unchecked', 'keys_unavailable']);
  assert.equal(verdict.explanation?.reason, 'It is down.');
});

test('leaving out the expected scheme does not help a stranger', async () => {
  const keys = fixedKeys(key.published);
  const bearer = delivery({ headers: { authorization: 'Bearer x' } });
  for (const one of [delivery({ headers: {} }), bearer]) {
    const verdict = await createVerify({ keys, secret: null })(one);
    assert.deepEqual([verdict.outcome, verdict.code], ['failed', 'scheme_unexpected']);
  }
  const onlySecret = createVerify({ keys: null, secret: 'x'.repeat(32) });
  assert.equal((await onlySecret(signed())).code, 'scheme_unexpected');
  const nothing = await createVerify({ keys: null, secret: null })(signed());
  assert.deepEqual([nothing.outcome, nothing.code], ['unchecked', null]);
  assert.match(nothing.explanation?.fix ?? '', /--seller/);
});

test('keys are looked for again when a new one is named, and not for every stranger', async () => {
  let time = nowMs;
  let loads = 0;
  const loaded = [key.published];
  const clock = { now: () => nowMs, monotonic: () => time };
  const load = async () => {
    loads += 1;
    return Promise.resolve({ keys: [...loaded], from: 'the test' });
  };
  const source = createKeySource('the test', load, clock);
  assert.equal((await source.find(key.kid))?.kid, key.kid);
  loaded.push(other.published);
  assert.equal(await source.find(other.kid), null);
  time += 10_000;
  const found = await Promise.all([source.find(other.kid), source.find(other.kid), source.find('nobody')]);
  assert.deepEqual(
    found.map((one) => one?.kid),
    [other.kid, other.kid, undefined],
  );
  assert.equal(loads, 2);
});

test('whatever stands in the headers is judged and nothing throws: a sender could end the program', async () => {
  const verify = createVerifySigned(await loadSigning(), fixedKeys(key.published));
  const names = ['signature-input', 'signature', 'content-digest', 'content-type'] as const;
  const parts = fc.constantFrom(
    ...'()";:=,?@\\é '.split(''),
    'sig1',
    '"@method"',
    'created',
    '1e400',
    '-1',
    ';tag',
    ':AA==:',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.array(parts, { maxLength: 4 }),
      fc.constantFrom(
        testUrl,
        'http://',
        'http://é/webhooks',
        'http://a:b@127.0.0.1/',
        'http://[::1]:1/webhooks',
      ),
      async (name, at, cut, added, url) => {
        const headers = signedBy(key);
        const value = headers[name] ?? '';
        const from = at % (value.length + 1);
        const changed = value.slice(0, from) + added.join('') + value.slice(from + cut);
        const verdict = await verify({ ...delivery({ headers: { ...headers, [name]: changed } }), url });
        if (url !== testUrl) assert.equal(verdict.outcome, 'failed');
        if (verdict.outcome === 'failed') assert.match(verdict.code ?? '', /^webhook_/);
        else assert.deepEqual([verdict.outcome, verdict.keyid], ['verified', key.kid]);
      },
    ),
    { numRuns: 1_500 },
  );
});
