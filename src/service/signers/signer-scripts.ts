/** Who signs, with which keys; and nonces, each good for once. */
import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import { anyAccountById, bindAccount } from '../../store/account-rows.ts';
import { findKey, insertPrincipalRow } from '../../store/key-rows.ts';
import type { Script } from '../../store/script.ts';
import {
  addNonceCount,
  deleteSigner,
  dropExpiredNonces,
  dropExpiredNoncesOf,
  expiredNonceKeys,
  insertNonceRow,
  insertRevokedKeyid,
  insertSigner,
  insertSignerKey,
  isNonceKnown,
  nonceCountOf,
  revokedKeyids,
  setPrincipalProof,
  signerKeyRows,
  signerRows,
  type SignerRow,
} from '../../store/signer-rows.ts';
import type { NonceState, Proof } from './api.ts';

export interface NewSignerInput {
  readonly signerId: string;
  readonly name: string;
  /** The caller of this API key signs; null: a new caller that may use `accountIds`. */
  readonly keyId: string | null;
  readonly principalId: string;
  readonly accountIds: readonly string[];
  readonly proof: Proof;
  readonly jwksUrl: string | null;
  readonly jwks: readonly { readonly keyid: string; readonly jwk: JsonObject }[];
  readonly replayCap: number;
  readonly nowMs: number;
}

export interface SignerView {
  readonly signerId: string;
  readonly name: string;
  readonly proof: Proof;
  readonly jwksUrl: string | null;
  readonly keyids: readonly string[];
  readonly revoked: readonly string[];
  readonly createdAtMs: number;
}

/** Everything that resolving a key needs. */
export interface SignerTable {
  readonly signers: readonly SignerRow[];
  readonly keys: readonly { readonly keyid: string; readonly signerNo: number; readonly jwk: JsonObject }[];
  readonly revoked: readonly string[];
}

export interface NonceInput {
  readonly nonceHash: Uint8Array;
  readonly keyidHash: Uint8Array;
  readonly replayCap: number;
  readonly nowMs: number;
}

export type SignerScripts = ReturnType<typeof createSignerScripts>;

export function createSignerScripts() {
  return {
    addSigner: addSignerScript,
    listSigners: listSignersScript,

    *removeSigner({ signerId }: { readonly signerId: string; readonly nowMs: number }): Script<null> {
      if ((yield* deleteSigner(signerId)) === 0) throw noSigner();
      return null;
    },

    *revokeKeyid({ keyid, nowMs }: { readonly keyid: string; readonly nowMs: number }): Script<null> {
      yield* insertRevokedKeyid(keyid, nowMs);
      return null;
    },

    *signerTable(_: object): Script<SignerTable> {
      const keys = (yield* signerKeyRows()).map((row) => ({
        ...row,
        jwk: JSON.parse(row.jwk) as JsonObject,
      }));
      return { signers: yield* signerRows(), keys, revoked: yield* revokedKeyids() };
    },

    *nonceState({ nonceHash, keyidHash, replayCap, nowMs }: NonceInput): Script<NonceState> {
      if (yield* isNonceKnown(nonceHash, nowMs)) return 'replayed';
      return (yield* nonceCountOf(keyidHash)) < replayCap ? 'new' : 'rate_abuse';
    },

    *useNonce(input: NonceInput & { readonly expiresAtMs: number }): Script<NonceState> {
      const { nonceHash, keyidHash, replayCap, nowMs, expiresAtMs } = input;
      if ((yield* nonceCountOf(keyidHash)) >= replayCap) {
        const dropped = yield* dropExpiredNoncesOf(keyidHash, nowMs);
        yield* addNonceCount(keyidHash, -dropped);
        if ((yield* nonceCountOf(keyidHash)) >= replayCap) return 'rate_abuse';
      }
      if (yield* isNonceKnown(nonceHash, nowMs)) return 'replayed';
      if ((yield* insertNonceRow(nonceHash, keyidHash, expiresAtMs, nowMs)) === 0) return 'replayed';
      yield* addNonceCount(keyidHash, 1);
      return 'new';
    },

    /** Housekeeping. */
    *forgetNonces({ nowMs }: { readonly nowMs: number }): Script<void> {
      for (const { keyidHash, count } of yield* expiredNonceKeys(nowMs))
        yield* addNonceCount(keyidHash, -count);
      yield* dropExpiredNonces(nowMs);
    },
  };
}

function* addSignerScript(input: NewSignerInput): Script<SignerView> {
  const principalNo = yield* principalOf(input);
  const { signerId, name, jwksUrl, replayCap, nowMs } = input;
  yield* setPrincipalProof(principalNo, input.proof);
  const signerNo = yield* insertSigner({
    ...{ signerId, principalNo, name, jwksUrl, replayCap },
    createdAt: nowMs,
  });
  for (const { keyid, jwk } of input.jwks) {
    if ((yield* insertSignerKey(keyid, signerNo, JSON.stringify(jwk))) === 1) continue;
    throw new AppError('INVALID_REQUEST', 'A key of this name is registered already.', {
      suggestion:
        'A keyid belongs to one signer; see "rollcall signer list", or have the key named otherwise.',
    });
  }
  const [view] = (yield* listSignersScript({})).filter((one) => one.signerId === signerId);
  return view!;
}

function* principalOf(input: NewSignerInput): Script<number> {
  if (input.keyId !== null) {
    const key = yield* findKey(input.keyId);
    if (key !== undefined) return key.principalNo;
    throw new AppError('AUTH_INVALID', 'No such key.', { suggestion: 'See "rollcall key list".' });
  }
  const principalNo = yield* insertPrincipalRow(input.principalId, input.name, input.nowMs);
  for (const accountId of input.accountIds) {
    const account = yield* anyAccountById(accountId);
    if (account === undefined) {
      throw new AppError('ACCOUNT_NOT_FOUND', 'No such account.', {
        suggestion: 'See "rollcall account list".',
      });
    }
    yield* bindAccount(principalNo, account.accountNo);
  }
  return principalNo;
}

function* listSignersScript(_: object): Script<readonly SignerView[]> {
  const keys = yield* signerKeyRows();
  const revoked = new Set(yield* revokedKeyids());
  return (yield* signerRows()).map(({ signerNo, signerId, name, proof, jwksUrl, createdAt }) => {
    const keyids = keys.filter((key) => key.signerNo === signerNo).map(({ keyid }) => keyid);
    const gone = keyids.filter((keyid) => revoked.has(keyid));
    return { signerId, name, proof, jwksUrl, keyids, revoked: gone, createdAtMs: createdAt };
  });
}

function noSigner(): AppError {
  return new AppError('INVALID_REQUEST', 'No such signer.', { suggestion: 'See "rollcall signer list".' });
}
