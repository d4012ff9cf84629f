/** API keys: made once, shown once, stored as a keyed hash. */
import { must } from '../base/assert.ts';
import { AppError } from '../base/faults.ts';
import { anyAccountById, bindAccount } from '../store/account-rows.ts';
import {
  accountIdsOf,
  endKeyAt,
  everyKey,
  findKey,
  insertKeyRow,
  insertPrincipalRow,
  liveKeyCount,
  revokeKeyRow,
  touchKey,
  type KeyRow,
} from '../store/key-rows.ts';
import type { Script } from '../store/script.ts';
import { scopes, type Scope } from './scopes.ts';

export interface NewKeyInput {
  readonly keyId: string;
  readonly principalId: string;
  readonly secretHash: Uint8Array;
  readonly accountIds: readonly string[];
  readonly name: string;
  readonly nowMs: number;
  readonly expiresAtMs: number | null;
  /** All of them unless said. */
  readonly scopes?: readonly Scope[];
  /** Addresses and networks that it may be used from; from everywhere unless said. */
  readonly allowFrom?: readonly string[];
}

export interface RotateKeyInput {
  readonly keyId: string;
  readonly newKeyId: string;
  readonly secretHash: Uint8Array;
  readonly nowMs: number;
  /** When the old key ends, at the latest. */
  readonly endsAtMs: number;
}

export interface KeyView {
  readonly keyId: string;
  readonly name: string;
  readonly accounts: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly scopes: readonly Scope[];
  /** Empty: from everywhere. */
  readonly allowFrom: readonly string[];
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
      yield* insertKeyRow({
        ...{ keyId, principalNo, secretHash, name, createdAt: nowMs, expiresAt: expiresAtMs },
        scopes: JSON.stringify(input.scopes ?? scopes),
        allowFrom: JSON.stringify(input.allowFrom ?? []),
      });
      return yield* viewOf(keyId);
    },

    *listKeys(_: object): Script<readonly KeyView[]> {
      const views: KeyView[] = [];
      for (const row of yield* everyKey()) views.push(yield* viewOfRow(row));
      return views;
    },

    rotateKey: rotateKeyScript,

    /** Notes that a key was used. */
    *touchKey({ keyId, nowMs }: { readonly keyId: string; readonly nowMs: number }): Script<null> {
      yield* touchKey(keyId, nowMs);
      return null;
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

/** Two live keys a caller: one that is used, and one that takes its place. */
const liveKeyCountMax = 2;

/**
 * A second key of the same caller. Whatever belongs to the caller (accounts, tasks, answers to be replayed) is reached by both, for
 * as long as the old one lives.
 */
function* rotateKeyScript(input: RotateKeyInput): Script<KeyView> {
  const { keyId, newKeyId, secretHash, nowMs, endsAtMs } = input;
  const old = yield* findKey(keyId);
  const isLive = old !== undefined && old.revokedAt === null && (old.expiresAt ?? Infinity) > nowMs;
  if (old === undefined || !isLive) {
    throw new AppError('AUTH_INVALID', 'No such live key.', { suggestion: 'See "rollcall key list".' });
  }
  if ((yield* liveKeyCount(old.principalNo, nowMs)) >= liveKeyCountMax) {
    throw new AppError('INVALID_REQUEST', 'This caller has two live keys already.', {
      suggestion: 'Wait until the older one ends, or revoke it: rollcall key revoke.',
    });
  }
  const { principalNo, name, createdAt, expiresAt, scopes: may, allowFrom } = old;
  // It lives as long as the old one was meant to.
  const lifeMs = expiresAt === null ? null : expiresAt - createdAt;
  yield* insertKeyRow({
    ...{ keyId: newKeyId, principalNo, secretHash, name, scopes: may, allowFrom, createdAt: nowMs },
    expiresAt: lifeMs === null ? null : nowMs + lifeMs,
  });
  yield* endKeyAt(keyId, endsAtMs);
  return yield* viewOf(newKeyId);
}

function* viewOf(keyId: string): Script<KeyView> {
  return yield* viewOfRow(must(yield* findKey(keyId), () => 'a key that was just written'));
}

function* viewOfRow(row: KeyRow): Script<KeyView> {
  return {
    keyId: row.keyId,
    name: row.name,
    accounts: yield* accountIdsOf(row.principalNo),
    createdAtMs: row.createdAt,
    expiresAtMs: row.expiresAt,
    revokedAtMs: row.revokedAt,
    lastUsedAtMs: row.lastUsedAt,
    scopes: JSON.parse(row.scopes) as Scope[],
    allowFrom: JSON.parse(row.allowFrom) as string[],
  };
}
