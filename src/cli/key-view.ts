import type { KeyView } from '../service/key-scripts.ts';

export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** A key that was just made: the one time that it is shown. */
export function keyJson(key: string, view: KeyView): object {
  return {
    key,
    key_id: view.keyId,
    accounts: view.accounts,
    scopes: view.scopes,
    allow_from: view.allowFrom,
    expires_at: view.expiresAtMs === null ? null : new Date(view.expiresAtMs).toISOString(),
  };
}
