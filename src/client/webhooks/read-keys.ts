import { plain } from './delivery.ts';
import { KeyFault } from './key-fault.ts';
import { receiveLimits } from './receive-limits.ts';

/** A public key as a seller publishes it. Source: RFC 7517; AdCP security, webhook signing. */
export interface PublicKey {
  readonly kid: string;
  readonly kty: string;
  readonly adcp_use?: string;
  readonly key_ops?: readonly string[];
  readonly [more: string]: unknown;
}

/**
 * The keys of a key set; `from` names it in the messages of a KeyFault. Private halves are left out: nobody needs
 * them in order to verify, and they must not stay in memory.
 */
export function readKeys(value: unknown, from: string): readonly PublicKey[] {
  const keys = (value as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) {
    throw new KeyFault(`${from} is no key set.`, 'It must be JSON such as {"keys": [ … ]} (RFC 7517).');
  }
  if (keys.length > receiveLimits.keyCountMax) {
    throw new KeyFault(
      `${from} has ${keys.length} keys.`,
      `Up to ${receiveLimits.keyCountMax} are read; take out those that are no longer used.`,
    );
  }
  const usable = keys.filter(isKey).map(withoutSecrets);
  if (usable.length > 0) return usable;
  throw new KeyFault(
    `${from} has no key with a "kid" and a "kty".`,
    'The seller publishes at least one key, with an id.',
  );
}

function isKey(value: unknown): value is PublicKey {
  const key = value as Partial<Record<string, unknown>> | null;
  return typeof key === 'object' && typeof key?.['kid'] === 'string' && typeof key['kty'] === 'string';
}

const privateParts = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', '_private_d_for_test_only']);

function withoutSecrets(key: PublicKey): PublicKey {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !privateParts.has(name))) as PublicKey;
}

/** `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, receiveLimits.shownItemCountMax).map((name) => plain(name, 80));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
