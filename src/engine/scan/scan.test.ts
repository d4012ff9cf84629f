import assert from 'node:assert/strict';
import { test } from 'node:test';

import { limits } from '../../base/limits.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { Json } from '../types.ts';
import { faultOf, hash, scanned, sha256Hex } from './scan-support.ts';
import { scanRequest } from './scan.ts';

test('member arrays leave the skeleton in each envelope, everything else stays', () => {
  const audiences = [{ audience_id: 'a', add: [{ external_id: 'x', hashed_email: hash }], tags: ['t'] }];
  const left = [{ audience_id: 'a', tags: ['t'] }];
  const envelopes: ((list: Json) => Json)[] = [
    (list) => ({ audiences: list }),
    (list) => ({ id: 1, params: { name: 'sync_audiences', arguments: { audiences: list } } }),
    (list) => ({ params: { message: { parts: [{ text: 'x' }, { data: { input: { audiences: list } } }] } } }),
    (list) => ({ params: { message: { parts: [{ data: { parameters: { audiences: list } } }] } } }),
  ];
  for (const envelope of envelopes) {
    const request = scanned(envelope(audiences));
    assert.deepEqual(request.skeleton, envelope(left));
    assert.deepEqual(request.arrays, [
      { audienceIndex: 0, side: 'add', firstRow: 0, rowCount: 1, faults: [], rejected: [] },
    ]);
    assert.equal(Buffer.from(request.columns.externalIdBytes).toString(), 'x');
    assert.equal(Buffer.from(request.columns.identifierDigest).toString('hex'), hash);
  }
});

test('arrays elsewhere and members that are no array stay where they are', () => {
  for (const body of [
    { add: [1], audiences: { add: [2] }, params: { audiences: [{ add: [3] }] } },
    { audiences: [{ add: 'all', remove: null }, { add: { length: 1 } }, [{ add: [1] }]] },
    [{ audiences: [{ add: [1] }] }],
  ]) {
    const request = scanned(body as Json);
    assert.deepEqual(request.skeleton, body);
    assert.equal(request.arrays.length, 0);
    assert.equal(request.columns.rowCount, 0);
  }
});

test('arrays are listed in document order with their rows', () => {
  const member = { external_id: 'x', hashed_email: hash };
  const request = scanned({
    audiences: [{ remove: [member], add: [member, member] }, {}, { add: [] }, { add: [member] }],
  });
  assert.deepEqual(
    request.arrays.map((a) => [a.audienceIndex, a.side, a.firstRow, a.rowCount]),
    [
      [0, 'remove', 0, 1],
      [0, 'add', 1, 2],
      [2, 'add', 3, 0],
      [3, 'add', 3, 1],
    ],
  );
});

const notJson = [
  '}',
  '[1,]',
  '{"a":1,}',
  '{,}',
  '[1 2]',
  '{"a" 1}',
  '{1:2}',
  'nul!',
  '+1',
  '01',
  '1.x',
  '.5',
  '[1]]',
  '\ufeff{}',
  "'a'",
];
for (const body of notJson) {
  test(`not JSON: ${JSON.stringify(body)}`, () => assert.equal(faultOf(body).kind, 'not_json'));
}
const truncated = [
  '',
  '  ',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '[',
  '[1',
  '[1,',
  '"',
  '"a',
  '"\\',
  '"\\u00',
  'tru',
  '-',
  '1.',
  '1e',
  '"é',
];
for (const body of truncated) {
  test(`truncated: ${JSON.stringify(body)}`, () => assert.equal(faultOf(body).kind, 'truncated'));
}
test('truncated within a character', () =>
  assert.equal(faultOf(Uint8Array.of(0x22, 0xe2, 0x82)).kind, 'truncated'));

test('a fault names the offset and the path, with harmless names only', () => {
  assert.deepEqual(faultOf('{"audiences":[{"add":[{"external_id":"x",}]}]}'), {
    kind: 'not_json',
    offset: 41,
    path: 'audiences[0].add[0]',
  });
  assert.equal(faultOf('{"ann@example.com":{"a":tru}}').path, '_.a');
  assert.equal(faultOf('{"@":x}').path, '_');
  assert.equal(faultOf(`{"${'k'.repeat(99)}":x}`).path, '_');
  assert.equal(faultOf('{"tel4915112345678":x}').path, '_');
  assert.equal(faultOf('{"line_2":x}').path, 'line_2');
});

test('UTF-8 that is not well-formed', () => {
  for (const bytes of [
    [0x80], // a continuation alone
    [0xc0, 0x80], // overlong
    [0xe0, 0x80, 0x80],
    [0xf0, 0x80, 0x80, 0x80],
    [0xed, 0xa0, 0x80], // a surrogate
    [0xf4, 0x90, 0x80, 0x80], // above U+10FFFF
    [0xff],
    [0xc3, 0x28],
  ]) {
    assert.equal(faultOf(Uint8Array.from([0x22, ...bytes, 0x22])).kind, 'invalid_utf8');
    const before = new TextEncoder().encode('{"audiences":[{"add":[{"external_id":"');
    const after = new TextEncoder().encode(`","hashed_email":"${hash}"}]}]}${' '.repeat(200)}`);
    assert.equal(faultOf(Uint8Array.from([...before, ...bytes, ...after])).kind, 'invalid_utf8');
  }
});

test('characters at the borders of what UTF-8 can say are read', () => {
  const borders = [
    0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x40000, 0xfffff,
  ];
  const text = String.fromCodePoint(...borders, 0x100000, 0x10ffff);
  assert.equal(scanned(`"${text}"`).skeleton, text);
  const { columns } = scanned(`{"audiences":[{"remove":[{"external_id":"${text}"}]}]}${' '.repeat(200)}`);
  assert.equal(Buffer.from(columns.externalIdBytes).toString(), text);
});

test('every beginning of a body is refused, whatever bytes lie behind it', () => {
  const member = {
    external_id: 'é1',
    hashed_email: hash,
    uids: [{ type: 'maid', value: 'x' }],
    hashedPhone: hash,
  };
  const members = [member, { ext: 1, ...member }];
  const text = JSON.stringify({ audiences: [{ add: members }] });
  for (const gap of ['', ' '.repeat(60)]) {
    const body = new TextEncoder().encode(text.replaceAll(':', `:${gap}`));
    const around = new Uint8Array(body.length + 300);
    for (const fill of [0x22, 0x20, 0x61, 0x7d, 0x00]) {
      for (let length = 0; length < body.length; length++) {
        around.fill(fill);
        around.set(body.subarray(0, length));
        for (const bytes of [around, around.slice(0, length)]) {
          const result = scanRequest(bytes, length, nodePrimitives);
          assert.ok(!result.ok && result.fault.kind === 'truncated', `${length} bytes, fill ${fill}`);
        }
      }
    }
  }
});

test('strings: controls, NUL, bad escapes, lone surrogates', () => {
  for (const text of [
    '"a\nb"',
    '"\u0000"',
    '"\\u0000"',
    '"\\x"',
    '"\\u12g4"',
    '"\\ud800"',
    '"\\ud800x"',
    '"\\udc00"',
    '"\\ud800\\u0041"',
    '"\\uD83D\\n"',
  ]) {
    assert.equal(faultOf(text).kind, 'invalid_string', text);
    assert.equal(faultOf(`{"audiences":[{"add":[{"external_id":${text}}]}]}`).kind, 'invalid_string', text);
  }
  assert.equal(scanned('"\\ud83d\\ude00\\u0041\\/\\b"').skeleton, '😀A/\b');
  assert.equal(scanned('"\ufeffx"').skeleton, '\ufeffx');
});

test('numbers: finite, and integers that a double holds', () => {
  for (const text of [
    '1e400',
    '-1e400',
    '9007199254740993',
    '12345678901234567890',
    '-9007199254740993',
    '9'.repeat(400),
    `0.${'1'.repeat(70_000)}`,
  ]) {
    assert.equal(faultOf(`[${text}]`).kind, 'invalid_number', text.slice(0, 30));
  }
  for (const text of [
    '0',
    '-0',
    '9007199254740992',
    '18014398509481984',
    '1e308',
    '1E-400',
    '0.1',
    '1e+2',
    '100000000000000000000',
  ]) {
    assert.deepEqual(scanned(`[${text}]`).skeleton, JSON.parse(`[${text}]`), text);
  }
});

test('depth: 32 is read, 33 and 200,000 are refused without falling over', () => {
  assert.ok(scanned('['.repeat(32) + ']'.repeat(32)));
  assert.equal(faultOf('['.repeat(33) + ']'.repeat(33)).kind, 'depth');
  for (const nest of [
    '['.repeat(200_000),
    '{"a":'.repeat(200_000),
    `{"audiences":[{"add":[${'['.repeat(200_000)}`,
  ]) {
    assert.equal(faultOf(nest).kind, 'depth');
  }
});

test('duplicate keys, by their unescaped names, anywhere', () => {
  for (const [body, path] of [
    ['{"a":1,"a":1}', 'a'],
    ['{"a":1,"\\u0061":1}', 'a'],
    ['{"x":[{"toString":1,"toString":2}]}', 'x[0].toString'],
    ['{"audiences":[],"audiences":[]}', 'audiences'],
    ['{"audiences":[{"add":[],"add":[]}]}', 'audiences[0].add'],
    ['{"audiences":[{"add":[],"add":1}]}', 'audiences[0].add'],
    ['{"audiences":[{"add":1,"add":[]}]}', 'audiences[0].add'],
    [
      `{"audiences":[{"add":[{"hashed_email":"${hash}","hashed_email":"${hash}"}]}]}`,
      'audiences[0].add[0].hashed_email',
    ],
    [
      `{"audiences":[{"add":[{"hashed_email":"${hash}","hashedEmail":"${hash}"}]}]}`,
      'audiences[0].add[0].hashedEmail',
    ],
    ['{"audiences":[{"add":[{"external_id":"a","externalId":"a"}]}]}', 'audiences[0].add[0].externalId'],
    ['{"audiences":[{"add":[{"hashed_phone":1,"hashedPhone":1}]}]}', 'audiences[0].add[0].hashedPhone'],
    ['{"audiences":[{"add":[{"ext":{"b":1,"b":1}}]}]}', 'audiences[0].add[0].ext.b'],
    [
      '{"audiences":[{"add":[{"uids":[{"type":"id5","type":"id5","value":"x"}]}]}]}',
      'audiences[0].add[0].uids[0].type',
    ],
    ['{"audiences":[{"add":[{"uids":[{"type":"id5","type":"id5"}]}]}]}', 'audiences[0].add[0].uids[0].type'],
    ['{"audiences":[{"add":[{"uids":[{"value":"x","value":"x"}]}]}]}', 'audiences[0].add[0].uids[0].value'],
    ['{"audiences":[{"add":[{"ext":1,"ext":1}]}]}', 'audiences[0].add[0].ext'],
  ] as const) {
    for (const padding of ['', ' '.repeat(200)]) {
      const fault = faultOf(body + padding);
      assert.deepEqual([fault.kind, fault.path], ['duplicate_key', path], body);
    }
  }
});

test('members under two audiences are refused, since an index would mean two things', () => {
  const audiences = [{ add: [] }];
  const fault = faultOf(JSON.stringify({ audiences, params: { arguments: { audiences } } }));
  assert.deepEqual([fault.kind, fault.path], ['duplicate_key', 'params.arguments.audiences[0].add']);
  assert.ok(scanned({ audiences: [{}], params: { arguments: { audiences } } }));
});

test('a good member with fields of its own has its keys checked too', () => {
  const refusal = (fields: string): string =>
    faultOf(
      `{"audiences":[{"add":[{"external_id":"x","hashed_email":"${hash}",${fields}}]}]}${' '.repeat(200)}`,
    ).kind;
  assert.equal(refusal('"ext":1,"ext":1'), 'duplicate_key');
  assert.equal(refusal('"ext":1,"external\\u005fid":"x"'), 'duplicate_key');
  assert.equal(refusal('"constructor":1'), 'forbidden_key');
  assert.equal(refusal(Array.from({ length: 255 }, (_, i) => `"k${i}":1`).join(',')), 'too_many_keys');
  assert.equal(refusal(`"ext":${'['.repeat(40)}`), 'depth');
});

test('keys that reach into prototypes', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
    assert.equal(faultOf(`{"a":[{"${key}":1}]}`).kind, 'forbidden_key');
    const body = `{"audiences":[{"add":[{"${key}":{}}]}]}`;
    for (const padding of ['', ' '.repeat(200)]) assert.equal(faultOf(body + padding).kind, 'forbidden_key');
  }
  assert.deepEqual(scanned('{"hasOwnProperty":1,"toString":2}').skeleton, { hasOwnProperty: 1, toString: 2 });
});

test('bounds: keys, elements, strings, skeleton', () => {
  const keys = (count: number): string =>
    `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}`;
  assert.ok(scanned(keys(limits.jsonKeysPerObjectMax)));
  assert.equal(faultOf(keys(limits.jsonKeysPerObjectMax + 1)).kind, 'too_many_keys');
  assert.equal(
    faultOf(`{"audiences":[{"add":[${keys(limits.jsonKeysPerObjectMax + 1)}]}]}`).kind,
    'too_many_keys',
  );
  const elements = (count: number): string => `[${'1,'.repeat(count - 1)}1]`;
  assert.ok(scanned(elements(limits.jsonElementsPerArrayMax)));
  assert.equal(faultOf(elements(limits.jsonElementsPerArrayMax + 1)).kind, 'too_many_elements');
  assert.equal(faultOf(`{"audiences":[{"add":[${keys(257)}]}]}${' '.repeat(200)}`).kind, 'too_many_keys');
  const text = 'é'.repeat(limits.jsonStringBytesMax / 2);
  assert.equal(scanned(`"${text}"`).skeleton, text);
  assert.ok(scanned(`"${'\\u00e9'.repeat(limits.jsonStringBytesMax / 2)}"`));
  assert.equal(faultOf(`"${'\\u00e9'.repeat(limits.jsonStringBytesMax / 2 + 1)}"`).kind, 'string_length');
  assert.equal(faultOf(`"${text}a"`).kind, 'string_length');
  assert.equal(faultOf(`{"${text}a":1}`).kind, 'string_length');
  const big = `"${'x'.repeat(60_000)}",`;
  assert.equal(faultOf(`[${big.repeat(75)}1]`).kind, 'skeleton_size');
  assert.equal(faultOf(`1${' '.repeat(limits.skeletonBytesMax)}`).kind, 'skeleton_size');
  assert.ok(scanned(`1${' '.repeat(limits.skeletonBytesMax - 1)}`));
});

test('member arrays do not count as skeleton', () => {
  const member = `{"external_id":"${'x'.repeat(500)}","hashed_email":"${hash}"},`;
  const request = scanned(
    `{"audiences":[{"add":[${member.repeat(9_000).slice(0, -1)}]},{"n":1}],"after":[2]}`,
  );
  assert.equal(request.columns.rowCount, 9_000);
  assert.deepEqual(request.skeleton, { audiences: [{}, { n: 1 }], after: [2] });
});

test('100,000 members over all arrays are read, 100,001 are refused', () => {
  const member = `{"external_id":"x","hashed_email":"${hash}"}`;
  const list = (count: number): string => `[${`${member},`.repeat(count - 1)}${member}]`;
  const half = limits.memberCountPerCallMax / 2;
  const request = scanned(`{"audiences":[{"add":${list(half)},"remove":${list(half)}}]}`);
  assert.equal(request.columns.rowCount, limits.memberCountPerCallMax);
  assert.equal(request.columns.identifierStart[limits.memberCountPerCallMax], limits.memberCountPerCallMax);
  const fault = faultOf(`{"audiences":[{"add":${list(half)}},{"add":${list(half + 1)}}]}`);
  assert.deepEqual([fault.kind, fault.path], ['too_many_members', 'audiences[1].add']);
  assert.equal(faultOf(`{"audiences":[{"add":[${'1,'.repeat(100_000)}1]}]}`).kind, 'too_many_members');
});

test('columns grow: more and shorter members than the size of the body made expect', () => {
  const remove = Array.from({ length: 3_000 }, (_, i) => ({ external_id: `${i}` }));
  const { columns } = scanned({ audiences: [{ remove }] });
  const text = Buffer.from(columns.externalIdBytes).toString();
  const ids = remove.map((_, i) => text.slice(columns.externalIdStart[i], columns.externalIdStart[i + 1]));
  assert.deepEqual(
    ids,
    remove.map((member) => member.external_id),
  );
  assert.ok(columns.rowFaults.every((bits) => bits === 0));
  assert.ok(columns.identifierStart.every((start) => start === 0));
});

test('columns grow: many ids of the longest length, many uids', () => {
  const id = (i: number): string => `${i}`.padStart(limits.externalIdBytesMax, '-');
  const uids = Array.from({ length: limits.uidCountPerMemberMax }, (_, i) => ({
    type: 'id5',
    value: `v${i}`,
  }));
  const add = Array.from({ length: 400 }, (_, i) => ({ external_id: id(i), uids }));
  const { columns, arrays } = scanned({ audiences: [{ add }] });
  assert.deepEqual(arrays[0]!.faults, []);
  assert.equal(columns.identifierType.length, 400 * limits.uidCountPerMemberMax);
  const last = columns.externalIdBytes.subarray(columns.externalIdStart[399], columns.externalIdStart[400]);
  assert.equal(Buffer.from(last).toString(), id(399));
  const digest = columns.identifierDigest.subarray(-32);
  assert.equal(Buffer.from(digest).toString('hex'), sha256Hex(`v${limits.uidCountPerMemberMax - 1}`));
});

test('only the first `length` bytes count', () => {
  const bytes = new TextEncoder().encode('[1]]]]');
  const result = scanRequest(bytes, 3, nodePrimitives);
  assert.ok(result.ok);
  assert.throws(() => scanRequest(bytes, 7, nodePrimitives), /length of a body/);
});
