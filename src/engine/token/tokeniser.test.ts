import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { identifierCodeMax, identifierCodes, identifierTypeOfCode } from '../../base/identifier-types.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { columnsOf, digestOf, type ModelMember } from '../prepare/request.model.ts';
import { rotateTokens } from './rotate.ts';
import { createTokeniser } from './tokeniser.ts';
import { bytesOf } from './compare.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const tokeniser = createTokeniser(key, nodePrimitives);

const hexOf = (tokens: Uint32Array, index: number): string =>
  Buffer.from(bytesOf(tokens.subarray(index * 4, index * 4 + 4))).toString('hex');

/** One block at a time, straight from the definition. */
function slowBlock(plain: Uint8Array, purpose: number): string {
  const encrypt = (block: Uint8Array): Buffer => {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return cipher.update(block);
  };
  const tweak = encrypt(Buffer.concat([Buffer.from('rollcall tweak '), Buffer.of(purpose)]));
  return encrypt(Uint8Array.from(plain, (byte, i) => byte ^ tweak[i]!)).toString('hex');
}

/** The 16 bytes that name a member, written with strings and regular expressions. */
function slowMemberKey({ id, identifiers }: ModelMember): Uint8Array | null {
  const hashed = (form: number, bytes: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.of(form), createHash('sha256').update(bytes).digest().subarray(0, 15)]);
  if (id === null) {
    const sorted = identifiers.map(([code, value]) =>
      Buffer.concat([Buffer.of(code), digestOf(value)]).toString('hex'),
    );
    const joined = [...new Set(sorted)].sort().join('');
    return joined === '' ? null : hashed(0xf1, Buffer.from(joined, 'hex'));
  }
  const bytes = Buffer.from(id);
  if (bytes.length <= 15) {
    return Buffer.concat([Buffer.of(bytes.length), bytes, Buffer.alloc(15 - bytes.length)]);
  }
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) {
    const raw = Buffer.from(id.replaceAll('-', ''), 'hex');
    return Buffer.concat([raw.subarray(8, 9), raw.subarray(0, 8), raw.subarray(9)]);
  }
  return hashed(0xf0, bytes);
}

const externalId = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.uuid().map((id) => id.replace(/-[89ab](...-)/, '-c$1')),
  fc.uuid().map((id) => id.replace(/-/, 'f')),
  fc.uuid().map((id) => id.replace(/./, 'g')),
  fc.string({ minLength: 16, maxLength: 80 }),
);
const identifier = fc.tuple(
  fc.integer({ min: 1, max: identifierCodeMax }),
  fc.constantFrom('a', 'b', 'c', 'd'),
);
const member = fc.record({
  id: fc.option(externalId),
  identifiers: fc.array(identifier, { maxLength: 5 }),
});

describe('tokeniser', () => {
  it('gives the tokens of the definition, for members and identifiers', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 12 }), (members) => {
        const columns = columnsOf(members);
        const { memberToken, identifierToken } = tokeniser.tokenise(columns);
        assert.equal(memberToken.length, members.length * 4);
        let entry = 0;
        members.forEach((each, row) => {
          const plain = slowMemberKey(each);
          assert.equal(hexOf(memberToken, row), plain === null ? '0'.repeat(32) : slowBlock(plain, 0));
          for (const [code, value] of each.identifiers) {
            const expected = slowBlock(digestOf(value).subarray(0, 16), code);
            assert.equal(hexOf(identifierToken, entry), expected);
            const alone = tokeniser.tokenOf(identifierTypeOfCode(code), digestOf(value));
            assert.equal(hexOf(alone, 0), expected);
            entry += 1;
          }
        });
        assert.equal(identifierToken.length, entry * 4);
      }),
    );
  });

  it('gives two external ids one token only when they are equal', () => {
    fc.assert(
      fc.property(fc.uniqueArray(externalId, { maxLength: 40 }), (ids) => {
        const members = ids.map((id) => ({ id, identifiers: [] }));
        const { memberToken } = tokeniser.tokenise(columnsOf(members));
        assert.equal(new Set(ids.map((_, row) => hexOf(memberToken, row))).size, ids.length);
      }),
    );
  });

  it('derives a key only for the rows that it is told to', () => {
    const nameless = { id: null, identifiers: [[1, 'a']] as const };
    const { memberToken } = tokeniser.tokenise(columnsOf([nameless, nameless]), {
      derivesRow: (row) => row === 1,
    });
    assert.equal(hexOf(memberToken, 0), '0'.repeat(32));
    assert.notEqual(hexOf(memberToken, 1), '0'.repeat(32));
  });

  it('separates the purposes: one digest has another token for every type', () => {
    const types = Uint8Array.from(Object.values(identifierCodes));
    const digests = Buffer.concat([...types].map(() => digestOf('same')));
    const tokens = tokeniser.identifierTokens(types, digests);
    assert.equal(new Set([...types].map((_, i) => hexOf(tokens, i))).size, types.length);
  });

  it("gives the seller's own user id the token of a buyer's first-party uid", () => {
    const uid = tokeniser.tokenOf('publisher_first_party', digestOf('user-7'));
    assert.deepEqual(tokeniser.userToken('user-7'), uid);
  });

  it('pins its tokens: stored blocks outlive releases', () => {
    assert.equal(hexOf(tokeniser.userToken('user-7'), 0), 'cc6ebd0912776dfe135ff5337fbd0b89');
    const ids = ['crm_1', '0b1f6c1e-9a52-4f7d-8a3e-2f1f7a1c9d10', 'someone.with.a.long@example.com'];
    const { memberToken } = tokeniser.tokenise(columnsOf(ids.map((id) => ({ id, identifiers: [] }))));
    assert.deepEqual(
      ids.map((_, row) => hexOf(memberToken, row)),
      [
        'e1187329f5e48a298ddd4115caa5132e',
        '888212b54a0dd5b1e1adc215ae9ee4dc',
        'cda30f4b08a4230f92cc9ca888a1abae',
      ],
    );
  });

  it('rotates identifiers and members to another key without their hashes', () => {
    const other = createTokeniser(new Uint8Array(32).fill(9), nodePrimitives);
    fc.assert(
      fc.property(fc.array(member, { maxLength: 12 }), (given) => {
        const members = given.filter(({ id, identifiers }) => id !== null || identifiers.length > 0);
        const columns = columnsOf(members);
        const before = tokeniser.tokenise(columns);
        const after = other.tokenise(columns);
        assert.deepEqual(rotateTokens(tokeniser, other, null, before.memberToken), after.memberToken);
        const rotated = rotateTokens(tokeniser, other, columns.identifierType, before.identifierToken);
        assert.deepEqual(rotated, after.identifierToken);
      }),
    );
  });
});
