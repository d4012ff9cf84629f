import assert from 'node:assert/strict';
import { test } from 'node:test';

import { identifierCodes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import type { Json, MemberArray, ScanFault, ScannedRequest } from '../types.ts';
import { memberFaultBits } from '../types.ts';
import { scanRequest } from './scan.ts';

const hash = 'a1'.repeat(32);
const hash2 = 'b2'.repeat(32);
const sha256Hex = (text: string): string =>
  Buffer.from(nodePrimitives.sha256(new TextEncoder().encode(text))).toString('hex');

function faultOf(body: string | Uint8Array): ScanFault {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const result = scanRequest(bytes, bytes.length, nodePrimitives);
  assert.ok(!result.ok, 'the body must be refused');
  return result.fault;
}

function scanned(body: string | Json): ScannedRequest {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  const result = scanRequest(bytes, bytes.length, nodePrimitives);
  assert.ok(result.ok, `refused: ${result.ok ? '' : JSON.stringify(result.fault)}`);
  return result.request;
}

/** The only array of a request with these members, behind enough white space to be read fast. */
function arrayOf(members: readonly Json[], side: 'add' | 'remove' = 'add'): MemberArray {
  const request = scanned(`{"audiences":[{"${side}":${JSON.stringify(members)}}]}${' '.repeat(200)}`);
  return request.arrays[0]!;
}

/** The faults of one member as `kind path`. */
function faultsOf(member: Json, side: 'add' | 'remove' = 'add'): readonly string[] {
  return arrayOf([member], side).faults.map((group) => `${group.kind} ${group.paths.join(' ')}`);
}

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
  assert.equal(faultOf('{"ann@example.com":{"a":tru}}').path, 'annexamplecom.a');
  assert.equal(faultOf('{"@":x}').path, '_');
  assert.equal(faultOf(`{"${'k'.repeat(99)}":x}`).path, 'k'.repeat(32));
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

test('keys that reach into prototypes', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
    assert.equal(faultOf(`{"a":[{"${key}":1}]}`).kind, 'forbidden_key');
    assert.equal(faultOf(`{"audiences":[{"add":[{"${key}":{}}]}]}`).kind, 'forbidden_key');
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
  const text = 'é'.repeat(limits.jsonStringBytesMax / 2);
  assert.equal(scanned(`"${text}"`).skeleton, text);
  assert.ok(scanned(`"${'\\u00e9'.repeat(limits.jsonStringBytesMax / 2)}"`));
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

/** Contract, bad members: each kind by name, on the field that has it. */
const badHashes: readonly (readonly [string, Json, keyof typeof memberFaultBits])[] = [
  ['short', hash.slice(1), 'hash_length'],
  ['long', `${hash}a`, 'hash_length'],
  ['empty', '', 'hash_length'],
  ['upper case', hash.toUpperCase(), 'hash_upper_case'],
  ['mixed case', `A${hash.slice(1)}`, 'hash_upper_case'],
  ['base64', Buffer.from(hash, 'hex').toString('base64'), 'hash_base64'],
  ['base64url', Buffer.from(hash2, 'hex').toString('base64url'), 'hash_base64'],
  ['clear e-mail', 'ann@example.com', 'hash_clear_email'],
  ['64 characters with an @', `@${hash.slice(1)}`, 'hash_clear_email'],
  ['clear phone', '+1 (206) 555-1234', 'hash_clear_phone'],
  ['bare digits', '4915112345678', 'hash_clear_phone'],
  ["hash of ''", 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hash_of_nothing'],
  ["hash of 'null'", '74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b', 'hash_of_nothing'],
  ["hash of 'undefined'", sha256Hex('undefined'), 'hash_of_nothing'],
  ["hash of 'none'", sha256Hex('none'), 'hash_of_nothing'],
  ['not hex', `g${hash.slice(1)}`, 'hash_format'],
  ['too few digits for a phone', '12-34 56', 'hash_format'],
  ['null', null, 'hash_type'],
  ['a number', 7, 'hash_type'],
  ['an array', [hash], 'hash_type'],
];
for (const [name, value, kind] of badHashes) {
  test(`a hash that is ${name}: ${kind}`, () => {
    for (const field of ['hashed_email', 'hashed_phone', 'hashedEmail', 'hashedPhone']) {
      const member = { external_id: 'x', [field]: value };
      assert.deepEqual(faultsOf(member), [`${kind} [0].${field}`]);
      assert.deepEqual(faultsOf(member, 'remove'), [`${kind} [0].${field}`]);
    }
    if (typeof value !== 'string') return;
    const uid = { external_id: 'x', uids: [{ type: 'hashed_email', value }] };
    assert.deepEqual(faultsOf(uid), [`${kind} [0].uids[0].value`]);
  });
}

test('external ids: missing, wrong type, empty, too long', () => {
  const of = (external_id: Json): readonly string[] => faultsOf({ external_id, hashed_email: hash });
  assert.deepEqual(faultsOf({ hashed_email: hash }), ['external_id_missing [0].external_id']);
  assert.deepEqual(faultsOf({ hashed_email: hash }, 'remove'), ['external_id_missing [0].external_id']);
  for (const value of [null, 7, ['x'], {}, true])
    assert.deepEqual(of(value), ['external_id_type [0].external_id']);
  assert.deepEqual(of(''), ['external_id_length [0].external_id']);
  assert.deepEqual(of('x'.repeat(10_240)), ['external_id_length [0].external_id']);
  assert.deepEqual(of('é'.repeat(257)), ['external_id_length [0].external_id']);
  assert.deepEqual(of('é'.repeat(256)), []);
  assert.deepEqual(faultsOf({ externalId: '', hashedEmail: hash }), ['external_id_length [0].externalId']);
});

test('a member without an identifier is bad, unless it removes by external id', () => {
  assert.deepEqual(faultsOf({ external_id: 'x' }), ['identifier_missing [0]']);
  assert.deepEqual(faultsOf({ external_id: 'x' }, 'remove'), []);
  const both = ['external_id_missing [0].external_id', 'identifier_missing [0]'];
  assert.deepEqual(faultsOf({}), both);
  assert.deepEqual(faultsOf({}, 'remove'), both);
  assert.deepEqual(faultsOf({ external_id: 'x', ext: {} }), ['identifier_missing [0]']);
  assert.deepEqual(faultsOf({ ext: {} }, 'remove'), both);
});

test('members that are no objects', () => {
  const { faults, rowCount } = arrayOf([1, null, 'x', [], true]);
  assert.equal(rowCount, 5);
  assert.deepEqual(faults, [{ kind: 'not_an_object', count: 5, paths: ['[0]', '[1]', '[2]', '[3]', '[4]'] }]);
});

test('uids: shape, type, value, count', () => {
  const of = (uids: Json): readonly string[] => faultsOf({ external_id: 'x', uids });
  for (const uids of [[], {}, null, 'x', 7]) assert.deepEqual(of(uids), ['uid_shape [0].uids']);
  assert.deepEqual(of(['x']), ['uid_shape [0].uids[0]']);
  assert.deepEqual(of([{ value: 'x' }]), ['uid_shape [0].uids[0].type']);
  assert.deepEqual(of([{ type: 'id5' }]), ['uid_shape [0].uids[0].value']);
  assert.deepEqual(of([{ type: 'id5', value: 7 }]), ['uid_shape [0].uids[0].value']);
  assert.deepEqual(
    of([
      { type: 'id5', value: 'x' },
      { type: 'idfa', value: 'x' },
    ]),
    ['uid_type_unknown [0].uids[1].type'],
  );
  assert.deepEqual(of([{ type: 'hashed_phone', value: hash }]), ['uid_type_unknown [0].uids[0].type']);
  for (const value of ['', 'x'.repeat(1025), 'é'.repeat(513)]) {
    assert.deepEqual(of([{ type: 'id5', value }]), ['uid_value [0].uids[0].value']);
  }
  assert.deepEqual(of([{ type: 'maid', value: '00000000-0000-0000-0000-000000000000' }]), [
    'uid_value [0].uids[0].value',
  ]);
  assert.deepEqual(of(Array.from({ length: 33 }, (_, i) => ({ type: 'id5', value: `${i}` }))), [
    'uid_count [0].uids',
  ]);
  assert.deepEqual(of(Array.from({ length: 32 }, (_, i) => ({ type: 'id5', value: `${i}` }))), []);
});

test('uids become digests; equal identifiers are kept once', () => {
  const maid = 'AbCdEf01-2345-6789-ABCD-EF0123456789';
  const { columns } = scanned({
    audiences: [
      {
        add: [
          {
            uids: [
              { value: maid, type: 'maid' },
              { type: 'maid', value: maid.toLowerCase() },
              { type: 'hashed_email', value: hash },
              { type: 'hashed_email', value: hash2 },
              { type: 'uid2', value: 'Same' },
              { type: 'euid', value: 'Same' },
              { type: 'uid2', value: 'same' },
            ],
            hashed_phone: hash,
            hashed_email: hash,
            external_id: 'x',
          },
        ],
      },
    ],
  });
  const digests = Array.from(columns.identifierType, (code, i) => [
    code,
    Buffer.from(columns.identifierDigest.subarray(i * 32, i * 32 + 32)).toString('hex'),
  ]);
  assert.deepEqual(digests, [
    [identifierCodes.hashed_email, hash],
    [identifierCodes.hashed_phone, hash],
    [identifierCodes.maid, sha256Hex(maid.toLowerCase())],
    [identifierCodes.hashed_email, hash2],
    [identifierCodes.uid2, sha256Hex('Same')],
    [identifierCodes.euid, sha256Hex('Same')],
    [identifierCodes.uid2, sha256Hex('same')],
  ]);
});

test('a member with several faults counts under each once and leaves no identifier', () => {
  const bad = {
    external_id: 7,
    hashed_email: 'A',
    hashed_phone: 'B',
    uids: [{ type: 'hashed_email', value: hash }],
  };
  const request = scanned({ audiences: [{ add: [{ external_id: 'ok', hashed_email: hash }, bad] }] });
  assert.deepEqual(request.arrays[0]!.faults, [
    { kind: 'external_id_type', count: 1, paths: ['[1].external_id'] },
    { kind: 'hash_length', count: 1, paths: ['[1].hashed_email'] },
  ]);
  const bits = (1 << memberFaultBits.external_id_type) | (1 << memberFaultBits.hash_length);
  assert.deepEqual([...request.columns.rowFaults], [0, bits]);
  assert.deepEqual([...request.columns.identifierStart], [0, 1, 1]);
  assert.equal(Buffer.from(request.columns.identifierDigest).toString('hex'), hash);
});

test('paths and samples are bounded; counts are not', () => {
  const { faults, rejected } = arrayOf(
    Array.from({ length: 100 }, (_, i) => ({ external_id: `id-${i}`, hashed_email: 'ff' })),
  );
  assert.deepEqual(faults, [
    { kind: 'hash_length', count: 100, paths: [0, 1, 2, 3, 4].map((i) => `[${i}].hashed_email`) },
  ]);
  assert.equal(rejected.length, limits.rejectedSampleCountMax);
  assert.deepEqual(rejected[19], { index: 19, externalId: 'id-19', reason: 'hash_length' });
});

test('a missing external id does not crowd other faults out of the samples', () => {
  const members: Json[] = Array.from({ length: 60 }, () => ({ hashed_email: hash }));
  members.push({ hashed_email: 'ff' }, { external_id: 'x' });
  const { rejected, faults } = arrayOf(members);
  assert.equal(rejected.length, limits.rejectedSampleCountMax);
  assert.deepEqual(rejected.slice(-2), [
    { index: 60, externalId: null, reason: 'hash_length' },
    { index: 61, externalId: 'x', reason: 'identifier_missing' },
  ]);
  assert.equal(faults[0]!.count, 61);
});

test('a member that only lacks the external id keeps its identifiers', () => {
  const { columns } = scanned({ audiences: [{ add: [{ hashed_email: hash }] }] });
  assert.deepEqual([...columns.rowFaults], [1 << memberFaultBits.external_id_missing]);
  assert.equal(Buffer.from(columns.identifierDigest).toString('hex'), hash);
});

test('an external id that is an address, a number or a hash in disguise is not shown', () => {
  const ids = ['ann@example.com', '+1 (206) 555-1234', '4915112345678', hash, 'crm_1', '123456', 'ключ'];
  const { rejected } = arrayOf(ids.map((external_id) => ({ external_id, hashed_email: 'ff' })));
  assert.deepEqual(
    rejected.map((sample) => sample.externalId),
    [null, null, null, null, 'crm_1', '123456', 'ключ'],
  );
});

test('a hash field may hold any legal string, and no longer one', () => {
  const of = (length: number): string =>
    `{"audiences":[{"add":[{"external_id":"x","hashed_email":"${'f'.repeat(length)}"}]}]}`;
  assert.equal(scanned(of(limits.jsonStringBytesMax)).arrays[0]!.faults[0]!.kind, 'hash_length');
  assert.equal(faultOf(of(limits.jsonStringBytesMax + 1)).kind, 'string_length');
});

test('only the first `length` bytes count', () => {
  const bytes = new TextEncoder().encode('[1]]]]');
  const result = scanRequest(bytes, 3, nodePrimitives);
  assert.ok(result.ok);
  assert.throws(() => scanRequest(bytes, 7, nodePrimitives), /length of a body/);
});

test('the digest of members does not see the order of keys, of sides, or spelling, and sees all else', () => {
  const digestOf = (body: string): string => Buffer.from(scanned(body).membersDigest).toString('hex');
  const base = `{"audiences":[{"add":[{"external_id":"a","hashed_email":"${hash}"}],"remove":[{"external_id":"b"}]}]}`;
  const same = [
    `{"audiences":[{"remove":[{"external_id":"b"}],"add":[{"hashed_email":"${hash}","external_id":"\\u0061"}]}]}`,
    `{"params":{"arguments":${base}}}`,
  ];
  for (const body of same) assert.equal(digestOf(body), digestOf(base));
  const others = [
    base.replace('"a"', '"b"'),
    base.replace(hash, `${hash.slice(0, 63)}2`),
    base.replace(hash, `2${hash.slice(1)}`),
    base.replace('hashed_email', 'hashed_phone'),
    base.replace('hashed_email', 'hashedEmail'),
    base.replace('"external_id":"a"', '"externalId":"a"'),
    base.replace('"external_id":"a"', '"external_id":"a","ext":null'),
    base.replace('"external_id":"a"', '"external_id":"a","hashed_phone":null'),
    base.replace('{"external_id":"b"}', '{"external_id":"b"},{"external_id":"b"}'),
    base.replace('"remove"', '"removed"'),
    base.replace('[{"add"', '[{},{"add"'),
    base.replace(hash, 'ff'),
    base.replace(hash, 'fe'),
    '{"audiences":[{"add":[]}]}',
    '{}',
  ];
  assert.equal(new Set([base, ...others].map(digestOf)).size, others.length + 1);
});
