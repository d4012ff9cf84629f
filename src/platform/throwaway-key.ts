import { generateKeyPairSync } from 'node:crypto';

/** An Ed25519 key pair in the form of RFC 8037, both halves in `privateKey`. */
export interface ThrowawayKey {
  readonly publicKey: { readonly kty: string; readonly crv: string; readonly x: string };
  readonly privateKey: { readonly kty: string; readonly crv: string; readonly x: string; readonly d: string };
}

/** A new signing key that lives as long as a demonstration. */
export function throwawayKey(): ThrowawayKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x };
  return { publicKey, privateKey: { ...publicKey, d } };
}
