import assert from 'node:assert/strict';
import { test } from 'node:test';

import { identifierCodes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import type { Json } from '../types.ts';
import { memberFaultBits } from '../types.ts';
import { arrayOf, faultOf, faultsOf, hash, hash2, scanned, sha256Hex } from './scan-support.ts';

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

test('the digest of members sees the type of a uid and the spelling of a MAID', () => {
  const digests = [
    { type: 'uid2', value: 'x' },
    { type: 'euid', value: 'x' },
    { type: 'maid', value: 'x' },
    { type: 'maid', value: 'X' },
    { type: 'uid2', value: 'X' },
    { type: 'uid2', value: 'x', ext: 1 },
  ].map((uid) =>
    Buffer.from(scanned({ audiences: [{ add: [{ external_id: 'a', uids: [uid] }] }] }).membersDigest),
  );
  assert.equal(new Set(digests.map((digest) => digest.toString('hex'))).size, digests.length);
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
