/** What every refusal has in common: it changed nothing, said nothing that it was sent, and the server lives on. */
import assert from 'node:assert/strict';

import { sha256, startSeller, type Seller } from './seller.ts';
import { callRaw, withoutTime, type Fields, type Target, type WireAnswer, type WireError } from './wire.ts';

export interface Bench {
  readonly seller: Seller;
  readonly target: Target;
  /** The reference to the account that bad calls go to. */
  readonly account: Fields;
  /**
   * Performs a call that must change nothing. Fails when the account's audiences differ afterwards, or when one of `secrets`
   * stands in the answer or in a line that was logged meanwhile.
   */
  expectHarmless<T extends WireAnswer>(call: () => Promise<T>, secrets: readonly string[]): Promise<T>;
  /** A good call succeeds, on an account beside the one under test. */
  expectAlive(): Promise<void>;
}

export const keptAudience = 'kept';
export const goodMember = { external_id: 'm-1', hashed_email: sha256('kept-1@example.com') };

/** A seller with two accounts of one key; the first holds an audience that is ready. */
export async function startBench(): Promise<Bench> {
  const seller = await startSeller();
  await seller.addUsers([{ id: 'u-1', emails: ['kept-1@example.com'] }]);
  const { admin } = seller.admin;
  const aliveId = 'acct_alive';
  await admin.createAccount({
    accountId: aliveId,
    brandDomain: 'alive.example',
    brandId: null,
    operator: 'agency.example',
    sandbox: true,
    name: null,
  });
  const made = await admin.createKey({
    accountIds: [seller.accountId, aliveId],
    name: 'both',
    expiresAtMs: null,
  });
  const target = { url: seller.url, key: made.key };
  const account = { account_id: seller.accountId };
  const sync = async (accountId: string, fields: Fields): Promise<WireAnswer> =>
    callRaw(target, 'sync_audiences', { account: { account_id: accountId }, ...fields });
  const good = { audiences: [{ audience_id: keptAudience, add: [goodMember] }] };
  assert.equal(itemsOf(await sync(seller.accountId, good))[0]?.['status'], 'ready');
  const discover = async (): Promise<string> => {
    const answer = await sync(seller.accountId, {});
    assert.equal(answer.content?.['status'], 'completed', answer.text);
    return withoutTime(answer.text);
  };
  return {
    seller,
    target,
    account,
    expectHarmless: async (call, secrets) => {
      const before = await discover();
      assert.ok(before.includes(keptAudience), 'there is something that could be lost');
      const firstLine = seller.logLines.length;
      const answer = await call();
      const logged = seller.logLines.slice(firstLine).join('\n');
      assert.equal(await discover(), before, 'nothing changed');
      assert.notEqual(logged, '', 'the log was looked at');
      for (const secret of secrets) {
        assert.ok(secret.length >= 3, 'a shorter value could stand in an answer by chance');
        assert.equal(answer.text.includes(secret), false, `an answer repeats a bad value: ${answer.text}`);
        assert.equal(logged.includes(secret), false, `the log repeats a bad value: ${logged}`);
      }
      return answer;
    },
    expectAlive: async () => {
      const [item] = itemsOf(await sync(aliveId, good));
      assert.equal(item?.['status'], 'ready', 'a good call succeeds');
      assert.equal(item?.['matched_count'], 1);
    },
  };
}

export function itemsOf(answer: WireAnswer): readonly Fields[] {
  assert.ok(answer.content !== null && Array.isArray(answer.content['audiences']), answer.text);
  return answer.content['audiences'] as Fields[];
}

/** The errors of the audience at a place of an answer. */
export function errorsOf(answer: WireAnswer, position = 0): readonly WireError[] {
  const item = itemsOf(answer)[position];
  assert.equal(item?.['action'], 'failed', answer.text);
  return item['errors'] as WireError[];
}

/** The error of a refused call, which must stand in both places that readers look at. */
export function refusalOf(answer: WireAnswer): WireError {
  assert.ok(answer.error !== null, answer.text);
  if (answer.content !== null) assert.deepEqual(answer.content['errors'], [answer.error]);
  return answer.error;
}

/** Sentences: what is wrong in `message`, and what to do about it there or in `suggestion`. */
export function assertSays({ message, suggestion }: WireError, fix: RegExp): void {
  assert.match(message, /^[A-Z_a-z`].{8,}[.)]$/su, 'the message is a sentence');
  assert.match(`${message} ${suggestion ?? ''}`, fix, 'the fix is named');
}
