import { crc32 } from 'node:zlib';

/**
 * The form of an API key: `rk_<id>_<secret><checksum>`. The id (12) and the secret (43, from 256 random bits)
 * are base62; the checksum (6) lets a scanner tell a key from a lookalike without asking the server.
 */
export const keyPattern = /\brk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}\b/;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idChars = 12;
const secretChars = 43;
const checksumChars = 6;
/** Bytes of randomness that `makeKey` takes: 9 for the id, 32 for the secret. */
export const keyRandomBytes = 41;

export interface KeyParts {
  readonly keyId: string;
  readonly secret: string;
}

/** `random`: keyRandomBytes fresh random bytes. */
export function makeKey(random: Uint8Array): KeyParts & { readonly key: string } {
  const keyId = base62(random.subarray(0, 9), idChars);
  const secret = base62(random.subarray(9), secretChars);
  const body = `rk_${keyId}_${secret}`;
  return { keyId, secret, key: body + checksumOf(body) };
}

/** Null for anything but a well-formed key. */
export function parseKey(key: string): KeyParts | null {
  if (key.length !== 4 + idChars + secretChars + checksumChars || !keyPattern.test(key)) return null;
  const body = key.slice(0, -checksumChars);
  if (checksumOf(body) !== key.slice(-checksumChars)) return null;
  return { keyId: body.slice(3, 3 + idChars), secret: body.slice(4 + idChars) };
}

function checksumOf(body: string): string {
  const sum = crc32(body);
  return base62(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum), checksumChars);
}

function base62(bytes: Uint8Array, chars: number): string {
  let rest = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (let i = 0; i < chars; i++) {
    text = alphabet[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}
