import { AppError } from '../base/faults.ts';

/** What the key of a buyer may be allowed to do. */
export const scopes = ['audiences:read', 'audiences:write', 'webhooks'] as const;

/**
 * What the key of the seller's own ad server is for: it asks about users and every account's packages, so that it is never given to a
 * buyer, and goes with no other scope.
 */
export const sellerScopes = ['decisions'] as const;
export type Scope = (typeof scopes)[number] | (typeof sellerScopes)[number];

const says: Record<Scope, string> = {
  'audiences:read': 'This key may not read audiences, accounts and tasks.',
  'audiences:write': 'This key may not change audiences and accounts.',
  webhooks: 'This key may not ask for webhooks.',
  decisions: 'This key is not that of the seller’s ad server.',
};

/** Refuses a caller without the scope, before anything of the call is looked up. */
export function requireScopes(caller: { readonly scopes: readonly Scope[] }, needed: readonly Scope[]): void {
  const missing = needed.find((scope) => !caller.scopes.includes(scope));
  if (missing === undefined) return;
  throw new AppError('SCOPE_INSUFFICIENT', says[missing], {
    suggestion: 'Ask the seller for a key that may: rollcall key create --scope.',
    details: { required_scope: missing },
  });
}
