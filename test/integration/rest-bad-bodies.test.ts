/** Bodies that the REST door refuses: the right status, code and field, a sentence with the fix, nothing changed or repeated. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { keptAudience } from '../support/harmless.ts';
import { change, newcomer, newHash, startRestBench, type RestBench } from '../support/rest-bench.ts';
import { sha256 } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';

const MiB = 1024 * 1024;

let door: RestBench;
before(async () => {
  door = await startRestBench();
});
after(() => door.bench.seller.close());
const sync: RestBench['refuseSync'] = async (...args) => door.refuseSync(...args);

const text = (more: Fields = {}): string => JSON.stringify({ audiences: [change], ...more });

describe('bad bodies over REST', () => {
  test('what is not JSON, not whole, or not an object', async () => {
    const notJson = { fix: /Send one JSON document/ };
    const isObject = { fix: /must be a JSON object/ };
    await sync(undefined, { fix: /JSON/ });
    await sync('', { fix: /JSON/ });
    await sync('canary', notJson);
    await sync(`${text()}canary`, notJson);
    await sync("{'audiences': []}", notJson);
    await sync(text().slice(0, -2), { field: 'audiences', fix: /Send the whole document/ });
    await sync(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), { fix: /as UTF-8/ });
    await sync(text().replace('"renamed"', '"\\ud800"'), { field: 'audiences[0].name', fix: /surrogate/ });
    await sync('{"audiences": 1e999}', { field: 'audiences', fix: /large numbers as strings/ });
    for (const body of ['[]', '"canary"', '5', 'null', 'true']) await sync(body, isObject);
    await door.bench.expectAlive();
  });

  test('too deep, with a key twice, and with a key that reaches into objects', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    await sync(deep, { field: '[0]'.repeat(32), fix: /at most 32 levels/ });
    await sync(text({ surprise: 'HERE' }).replace('"HERE"', deep), {
      field: `surprise${'[0]'.repeat(31)}`,
      fix: /at most 32 levels/,
    });
    const twice = { fix: /Send every key once/ };
    const places: readonly (readonly [field: string, find: string, put: string])[] = [
      ['audiences', '{"audiences"', '{"audiences":[],"audiences"'],
      ['audiences', '{"audiences"', '{"\\u0061udiences":[],"audiences"'],
      ['audiences[0].audienceId', '"audienceId":', '"audienceId":"canary","audienceId":'],
      ['audiences[0].add', '"add":', '"add":[],"add":'],
      ['audiences[0].add[0].externalId', '"externalId":', '"externalId":"canary","externalId":'],
      [
        'audiences[0].add[0].hashedEmail',
        '"hashedEmail":',
        `"hashedEmail":"${sha256('canary')}","hashedEmail":`,
      ],
    ];
    for (const [field, find, put] of places) {
      assert.ok(text().includes(find));
      const body = text().replace(find, () => put);
      await sync(body, { ...twice, field, secrets: [sha256('canary')] });
    }
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const body = text().replace('{', `{"${name}":{"canary":1},`);
      await sync(body, { field: name, fix: /Take the key out/ });
    }
    await door.bench.expectAlive();
  });

  test('too large, as it is and after inflating', async () => {
    const large = new Uint8Array(65 * MiB).fill(0x20);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += MiB) controller.enqueue(large.subarray(at, at + MiB));
        controller.close();
      },
    });
    for (const body of [large, stream]) {
      const { details } = await sync(body, { status: 413, fix: /Send fewer members/ });
      assert.deepEqual([details?.['limit'], details?.['unit']], [64 * MiB, 'bytes']);
    }
    const gzip = { 'content-encoding': 'gzip' };
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * MiB, 0x20), { level: 9 }));
    await sync(bomb, { status: 413, fix: /without compression/ }, gzip);
    const packed = new Uint8Array(gzipSync(text()));
    await sync(packed.slice(0, -12), { fix: /whole body once/ }, gzip);
    await sync(text(), { fix: /whole body once/ }, gzip);
    await sync(text(), { status: 415, fix: /gzip/ }, { 'content-encoding': 'br' });
    const advertiser = { name: 'x', brand: 'x.example', description: 'x'.repeat(70_000) };
    await door.expectRefused(
      '/advertisers',
      { body: advertiser },
      { status: 413, fix: /Send a shorter body/ },
    );
    await door.bench.expectAlive();
  });

  test('a body of another protocol is refused, where its members would go unseen', async () => {
    const body = { params: { arguments: { audiences: [change] } }, audiences: [{ audienceId: 'x' }] };
    await sync(body, { field: 'params', fix: /at the top of the body/ });
    await sync({ ...body, params: { message: { parts: [] } } }, { field: 'params', fix: /at the top/ });
  });

  test('the kind of a body is known by what it is, not by what its header says', async () => {
    const answer = await door.rest.ask(`${door.home}/audiences/sync`, {
      body: JSON.stringify({ audiences: [{ audienceId: 'never', delete: true }] }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.equal(answer.httpStatus, 202, 'curl -d sends this header');
  });
});

const long = (length: number): string => 'canary-'.repeat(40).slice(0, length);
const controls = ['canary\n', 'canary\u202e', 'canary\u200b'];

/** A body that is JSON and does not fit: the field that is told, and the fix. */
const shapes: readonly (readonly [name: string, body: Fields, field: string, fix: RegExp])[] = [
  ['no audiences', {}, 'audiences', /is required/],
  ['null for audiences', { audiences: null }, 'audiences', /must be an array.*Leave it out/],
  ['an object for audiences', { audiences: { 0: change } }, 'audiences', /must be an array/],
  ['no audience', { audiences: [] }, 'audiences', /at least 1 element/],
  ['deleteMissing alone', { deleteMissing: true }, 'audiences', /is required/],
  ['deleteMissing of all', { audiences: [], deleteMissing: true }, 'audiences', /at least 1 element/],
  [
    'a word for deleteMissing',
    { audiences: [change], deleteMissing: 'true' },
    'deleteMissing',
    /true or false/,
  ],
  ['null for deleteMissing', { audiences: [change], deleteMissing: null }, 'deleteMissing', /true or false/],
  ...[null, 5, 'canary', [change]].map(
    (one) =>
      [
        `${JSON.stringify(one).slice(0, 9)} for an audience`,
        { audiences: [one] },
        'audiences[0]',
        /must be an object/,
      ] as const,
  ),
  ...(
    [
      ['audienceId', undefined, /is required/],
      ['audienceId', '', /at least 1 character/],
      ['audienceId', 7_777_777, /must be a string/],
      ['audienceId', null, /must be a string/],
      ['audienceId', long(256), /at most 255 characters/],
      ...controls.map((value) => ['audienceId', value, /control, direction or invisible/] as const),
      ['name', long(256), /at most 255 characters/],
      ['name', 7_777_777, /must be a string/],
      ['name', null, /must be a string.*Leave it out/],
      ...controls.map((value) => ['name', value, /control, direction or invisible/] as const),
      // No string of a request may hold this one, wherever it stands.
      ['audienceId', 'canary\u0000', /Escape control characters/],
      ['add', { 0: newcomer }, /must be an array/],
      ['add', null, /must be an array.*Leave it out/],
      ['add', 'canary', /must be an array/],
      ['remove', 5, /must be an array/],
      ['remove', { externalId: 'canary' }, /must be an array/],
      ['delete', 'true', /true or false/],
      ['delete', 1, /true or false/],
      ['delete', null, /true or false/],
      ['consentBasis', 'CONSENT', /one of consent, legitimate_interest, contract, legal_obligation/],
      ['consentBasis', '', /one of consent/],
      ['consentBasis', null, /must be a string/],
      ['consentBasis', ['consent'], /must be a string/],
    ] as const
  ).map(([name, value, fix]) => {
    const shown = `${name}: ${String(JSON.stringify(value)).slice(0, 30)}`;
    return [shown, { audiences: [{ ...change, [name]: value }] }, `audiences[0].${name}`, fix] as const;
  }),
  [
    'an audience twice',
    { audiences: [{ audienceId: 'canary-1' }, change, { audienceId: 'canary-1', delete: true }] },
    'audiences[2].audienceId',
    /merge the two entries/,
  ],
  [
    '1,001 audiences',
    { audiences: Array.from({ length: 1_001 }, (_, i) => ({ audienceId: `canary-${i}` })) },
    'audiences',
    /at most 1000 elements/,
  ],
  [
    'an unknown way with bad members',
    { audiences: [change], ext: { rollcall: { invalid_members: 'canary' } } },
    'ext.rollcall.invalid_members',
    /one of fail, skip/,
  ],
  ['ext that is no object', { audiences: [change], ext: 'canary' }, 'ext', /must be an object/],
  [
    'a callback to an address inside',
    { audiences: [change], pushNotificationConfig: { url: 'https://127.0.0.2/canary' } },
    'pushNotificationConfig.url',
    /public https/,
  ],
  [
    'a callback under two schemes',
    {
      audiences: [change],
      pushNotificationConfig: {
        url: 'https://canary.example/',
        authentication: { schemes: ['Bearer', 'HMAC-SHA256'], credentials: 'canary'.repeat(6) },
      },
    },
    'pushNotificationConfig.authentication.schemes',
    /at most 1 element/,
  ],
  [
    'a callback with a short secret',
    {
      audiences: [change],
      pushNotificationConfig: {
        url: 'https://canary.example/',
        authentication: { schemes: ['Bearer'], credentials: 'canary' },
      },
    },
    'pushNotificationConfig.authentication.credentials',
    /at least 32 characters/,
  ],
  [
    'null for a callback',
    { audiences: [change], pushNotificationConfig: null },
    'pushNotificationConfig',
    /must be an object/,
  ],
];

describe('bodies of the wrong shape over REST', () => {
  for (const [name, body, field, fix] of shapes) {
    test(name, async () => {
      await sync(body, { field, fix, secrets: ['7777777', 'canary'] });
    });
  }

  test('several mistakes are told at once', async () => {
    const body = { audiences: [{ name: 5, consentBasis: 'x', delete: 'x' }], deleteMissing: 1 };
    const { message, details } = await sync(body, { field: 'deleteMissing', fix: /4 more in issues/ });
    assert.match(message, /^deleteMissing must be true or false/);
    const issues = details?.['issues'] as readonly Fields[];
    assert.deepEqual(
      issues.map(({ field, keyword }) => [field, keyword]),
      [
        ['deleteMissing', 'type'],
        ['audiences[0].audienceId', 'required'],
        ['audiences[0].name', 'type'],
        ['audiences[0].delete', 'type'],
        ['audiences[0].consentBasis', 'enum'],
      ],
    );
  });

  test('more members than an array or a request may hold', async () => {
    const many = (count: number, row: (at: number) => Fields): Fields[] =>
      Array.from({ length: count }, (_, at) => row(at));
    const one = (at: number): Fields => ({ externalId: `canary-${at}`, hashedEmail: newHash });
    const tooLong = /at most 10000 members; send the rest in further requests/;
    await sync(
      { audiences: [{ ...change, add: many(10_001, one) }] },
      { field: 'audiences[0].add', fix: tooLong },
    );
    const removal = { audienceId: keptAudience, remove: many(10_001, one) };
    await sync({ audiences: [{ audienceId: 'x' }, removal] }, { field: 'audiences[1].remove', fix: tooLong });
    const mixed = many(10_001, (at) =>
      at < 5_000 ? one(at) : at < 7_500 ? { externalId: 'x' } : { externalId: 'y', hashedEmail: 'canary' },
    );
    const skip = { ext: { rollcall: { invalid_members: 'skip' } } };
    await sync(
      { audiences: [{ ...change, add: mixed }], ...skip },
      { field: 'audiences[0].add', fix: tooLong },
    );
    const eleven = Array.from({ length: 11 }, (_, at) => ({
      audienceId: `canary-${at}`,
      add: many(at === 10 ? 1 : 10_000, one),
    }));
    const { details } = await sync(
      { audiences: eleven },
      { field: 'audiences', fix: /at most 100000 members/ },
    );
    assert.deepEqual([details?.['limit'], details?.['fault']], [100_000, 'CALL_TOO_LARGE']);
    await door.bench.expectAlive();
  });
});
