import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { recipeCodeMax, recipeCodes, recipeOfCode, recipes } from '../../base/recipes.ts';
import { normaliseEmail } from './email.ts';
import { hashText } from './hash-text.ts';
import { normalisePhone } from './phone.ts';
import { foreignDigests, foreignEmailForms, foreignHashForms, foreignPhoneForms } from './recipes.ts';

const typedJane = ' Jane.Doe+News@Gmail.com ';
const jane = normaliseEmail(typedJane)!;
const phone = normalisePhone('+1 (206) 555-1234')!;

function digestsOf(
  kind: 'email' | 'phone',
  value: string,
  recipe: string,
  typed?: string,
): readonly string[] {
  return foreignDigests(kind, value, typed)
    .filter((digest) => digest.recipe === recipe)
    .map(({ digest }) => digest);
}

test('golden vectors of the neighbouring systems', () => {
  const google = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
  assert.deepEqual(digestsOf('email', jane, 'gmail_folded'), [google]);
  const uid2 = Buffer.from('1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk=', 'base64').toString('hex');
  assert.equal(uid2, google);
  assert.deepEqual(digestsOf('email', jane, 'amazon_filtered'), [
    '5665da6eacd1809d5fbc0bf8d332754c428a6a16638542e862a8f116cb833461',
  ]);
  assert.deepEqual(digestsOf('email', jane, 'double_hash'), [
    '76608bde1df62b4e333251f25cf27792fefc9852547068f8001ea39a885f5ce4',
  ]);
  assert.deepEqual(digestsOf('phone', phone, 'phone_without_plus'), [
    'bfe452c25f13cc53e9d292ad38e0a85523d73a366a9a1556bc05ed1fceb373d4',
  ]);
  const untrimmed = 'ce26fc4f7c6822d96ec1da72d8be742119f8f0801b9a876f102fe5cd1b739a48';
  assert.ok(digestsOf('email', 'alice@example.com', 'untrimmed').includes(untrimmed));
});

test('the texts of each recipe', () => {
  const texts = (forms: readonly { recipe: string; text: string }[]): Record<string, readonly string[]> => {
    const found: Record<string, string[]> = {};
    for (const { recipe, text } of forms) (found[recipe] ??= []).push(text);
    return found;
  };
  const hashes = (right: string) => ({
    double_hash: [hashText(right)],
    double_hash_upper: [hashText(right).toUpperCase()],
    untrimmed: [` ${right}`, `${right} `, `${right}\n`],
  });
  assert.deepEqual(texts(foreignEmailForms(jane, typedJane)), {
    ...hashes(jane),
    upper_case: ['JANE.DOE+NEWS@GMAIL.COM', 'Jane.Doe+News@Gmail.com'],
    gmail_folded: ['janedoe@gmail.com'],
    amazon_filtered: ['jane.doenews@gmail.com'],
  });
  assert.deepEqual(texts(foreignEmailForms('jo_e.d@web.de')), {
    ...hashes('jo_e.d@web.de'),
    upper_case: ['JO_E.D@WEB.DE'],
    all_folded: ['jo_ed@web.de'],
    amazon_filtered: ['joe.d@web.de'],
  });
  assert.deepEqual(texts(foreignPhoneForms('+12065551234')), {
    ...hashes('+12065551234'),
    phone_without_plus: ['12065551234'],
    phone_double_zero: ['0012065551234'],
    phone_national: ['2065551234'],
  });
  assert.deepEqual(texts(foreignPhoneForms('+4930123456'))['phone_national'], ['30123456', '030123456']);
  assert.equal(texts(foreignPhoneForms('+80012345678'))['phone_national'], undefined);
  assert.deepEqual(
    foreignHashForms(hashText(phone)),
    foreignPhoneForms(phone).slice(0, 2),
    'a hash alone gives the double hashes of the value',
  );
});

test('no form is the right one, empty, or there twice', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_.+]{1,10}$/);
  const host = fc.constantFrom('gmail.com', 'googlemail.com', 'web.de', 'Example.CO.UK');
  let seen = 0;
  fc.assert(
    fc.property(name, host, (local, domain) => {
      const typed = ` ${local}@${domain}`;
      const email = normaliseEmail(typed);
      if (email === null) return;
      seen++;
      const forms = foreignEmailForms(email, typed);
      const digests = foreignDigests('email', email, typed).map(({ digest }) => digest);
      assert.deepEqual(
        digests,
        forms.map(({ text }) => hashText(text)),
      );
      assert.equal(new Set([...digests, hashText(email)]).size, digests.length + 1);
      assert.ok(forms.every(({ text }) => text !== ''));
    }),
  );
  assert.ok(seen > 20, `only ${seen} addresses`);
});

test('recipes have codes of their own', () => {
  assert.equal(recipeCodeMax, recipes.length);
  for (const recipe of recipes) assert.equal(recipeOfCode(recipeCodes[recipe]), recipe);
});
