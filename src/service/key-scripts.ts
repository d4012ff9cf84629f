/** API keys: made once, shown once, stored as a keyed hash. */
import { AppError } from '../base/faults.ts';
import { anyAccountById, bindAccount } from '../store/account-rows.ts';
import {
  accountIdsOf,
  everyKey,
  findKey,
  insertKeyRow,
  insertPrincipalRow,
  revokeKeyRow,
  type KeyRow,
} from '../store/key-rows.ts';
import type { Script } from '../store/script.ts';

export interface NewKeyInput {
  readonly keyId: string;
  readonly principalId: string;
  readonly secretHash: Uint8Array;
  readonly accountIds: readonly string[];
  readonly name: string;
  readonly nowMs: number;
  readonly expiresAtMs: number | null;
}

export interface KeyView {
  readonly keyId: string;
  readonly name: string;
  readonly accounts: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export type KeyScripts = ReturnType<typeof createKeyScripts>;

export function createKeyScripts() {
  return {
    /** A key of a new caller that may use these accounts. */
    *createKey(input: NewKeyInput): Script<KeyView> {
      const { keyId, principalId, secretHash, name, nowMs, expiresAtMs } = input;
      const principalNo = yield* insertPrincipalRow(principalId, name, nowMs);
      for (const accountId of input.accountIds) {
        const account = yield* anyAccountById(accountId);
        if (account === undefined) {
          throw new AppError('ACCOUNT_NOT_FOUND', 'No such account.', {
            suggestion: 'See "rollcall account list".',
          });
        }
        yield* bindAccount(principalNo, account.accountNo);
      }
      yield* insertKeyRow({ keyId, principalNo, secretHash, name, createdAt: nowMs, expiresAt: expiresAtMs });
      return { keyId, name, accounts: input.accountIds, createdAtMs: nowMs, expiresAtMs, revokedAtMs: null };
    },

    *listKeys(_: object): Script<readonly KeyView[]> {
      const views: KeyView[] = [];
      for (const row of yield* everyKey()) {
        const { keyId, name, createdAt, expiresAt, revokedAt } = row;
        const accounts = yield* accountIdsOf(row.principalNo);
        views.push({
          keyId,
          name,
          accounts,
          createdAtMs: createdAt,
          expiresAtMs: expiresAt,
          revokedAtMs: revokedAt,
        });
      }
      return views;
    },

    *revokeKey({ keyId, nowMs }: { readonly keyId: string; readonly nowMs: number }): Script<void> {
      const row = yield* findKey(keyId);
      if (row === undefined)
        throw new AppError('AUTH_INVALID', 'No such key.', { suggestion: 'See "rollcall key list".' });
      yield* revokeKeyRow(keyId, nowMs);
    },

    *findKey({ keyId }: { readonly keyId: string }): Script<KeyRow | null> {
      return (yield* findKey(keyId)) ?? null;
    },
  };
}
