import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';

import type { SignerKeyFacts } from '../../../service/signers/api.ts';
import type { RequestHead } from '../../endpoint.ts';
import { canonicalTarget, type CanonicalTarget } from './canonical.ts';
import { signatureRefusal } from './refusal.ts';
import { memberNames, readDigest, readSignature, type SignatureInput } from './signature-input.ts';

/** Whether a signature must, may or must not cover the digest of the body. Source: AdCP get_adcp_capabilities, `covers_content_digest`. */
export type DigestPolicy = 'required' | 'either' | 'forbidden';

/** What is known of a signature once everything but the body and the nonce was checked. */
export interface CheckedHead {
  readonly key: SignerKeyFacts;
  readonly nonce: string;
  /** Where the nonce counts: the address that was signed. */
  readonly scope: string;
  readonly expires: number;
  /** SHA-256 that the body must have; null: the signature says nothing of the body. */
  readonly digest: Uint8Array | null;
}

export interface HeadRules {
  readonly digestPolicy: DigestPolicy;
  /** The scheme that callers see: a proxy may end TLS. */
  readonly scheme: 'http' | 'https';
  readonly nowSeconds: number;
  /** Null: nobody's key. Rejects with a refusal where keys cannot be had. */
  readonly resolve: (keyid: string) => Promise<SignerKeyFacts | null>;
  /** Before the costly part: what is known of the nonce already. */
  readonly nonceState: (
    keyid: string,
    scope: string,
    nonce: string,
  ) => Promise<'new' | 'replayed' | 'rate_abuse'>;
}

/** Source: AdCP request signing profile. */
const requestTag = 'adcp/request-signing/v1';
const windowSecondsMax = 300;
const skewSeconds = 60;
const joseNames = { ed25519: 'EdDSA', 'ecdsa-p256-sha256': 'ES256' } as const;
type Algorithm = keyof typeof joseNames;

type Complete = { readonly [K in keyof SignatureInput]: NonNullable<SignatureInput[K]> };

function isComplete(input: SignatureInput): input is Complete {
  const { created, expires, nonce, keyid, alg, tag } = input;
  return [created, expires, nonce, keyid, alg, tag].every((one) => one !== undefined && one !== '');
}

function checkWindow({ created, expires }: Complete, now: number): void {
  const isGood =
    expires > created &&
    expires - created <= windowSecondsMax &&
    now <= expires + skewSeconds &&
    now >= created - skewSeconds;
  if (!isGood) throw signatureRefusal('window_invalid');
}

function hasBody({ headers }: RequestHead): boolean {
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined;
}

function checkComponents({ components }: Complete, policy: DigestPolicy, head: RequestHead): void {
  const needed = ['@method', '@target-uri', '@authority', ...(hasBody(head) ? ['content-type'] : [])];
  if (policy === 'required' && hasBody(head)) needed.push('content-digest');
  if (new Set(components).size !== components.length) throw signatureRefusal('header_malformed');
  if (!needed.every((one) => components.includes(one))) throw signatureRefusal('components_incomplete');
  if (policy === 'forbidden' && components.includes('content-digest')) {
    throw signatureRefusal('components_unexpected');
  }
}

/** A field that came twice, joined by a comma, is none of which one could say what was signed. */
function checkSingle({ components }: SignatureInput, { headers }: RequestHead): void {
  const type = headers['content-type'] ?? '';
  if (components.includes('content-type') && type.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').includes(',')) {
    throw signatureRefusal('header_malformed');
  }
  const digests = memberNames(headers['content-digest'] ?? '');
  if (components.includes('content-digest') && new Set(digests).size !== digests.length) {
    throw signatureRefusal('header_malformed');
  }
}

/** The key must be for this, in every way that it says what it is for. Sources: AdCP request signing; RFC 8037; RFC 7518. */
function checkPurpose(jwk: SignerKeyFacts['jwk'], alg: Algorithm): void {
  const operations = jwk['key_ops'];
  const isEdwards = jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519';
  const isP256 = jwk['kty'] === 'EC' && jwk['crv'] === 'P-256';
  const isGood =
    jwk['adcp_use'] === 'request-signing' &&
    (jwk['use'] === undefined || jwk['use'] === 'sig') &&
    Array.isArray(operations) &&
    operations.includes('verify') &&
    jwk['alg'] === joseNames[alg] &&
    (alg === 'ed25519' ? isEdwards : isP256);
  if (!isGood) throw signatureRefusal('key_purpose_invalid');
}

function fits(base: string, { signature }: Complete, jwk: SignerKeyFacts['jwk'], alg: Algorithm): boolean {
  try {
    const { kty, crv, x, y } = jwk as JsonWebKey & Record<string, unknown>;
    const key = createPublicKey({
      key: { kty, crv, x, ...(y === undefined ? {} : { y }) } as JsonWebKey,
      format: 'jwk',
    });
    const bytes = Buffer.from(base, 'utf8');
    return alg === 'ed25519'
      ? verify(null, bytes, key, signature)
      : verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

function targetOf(head: RequestHead, scheme: string): CanonicalTarget {
  const host = head.headers['host'] ?? '';
  // Names of other alphabets travel in ASCII; two ways to get there would be two signatures.
  // eslint-disable-next-line no-control-regex -- whatever is not ASCII
  if (!/^[\x00-\x7f]*$/.test(host)) throw signatureRefusal('header_malformed');
  const target = canonicalTarget(`${scheme}://${host}${head.target}`);
  if (target === null) throw signatureRefusal('target_uri_malformed');
  return target;
}

/** The bytes that were signed. Source: RFC 9421, 2.5. */
function baseOf({ components, params }: Complete, head: RequestHead, target: CanonicalTarget): string {
  const lines = components.map((component) => {
    const value = valueOf(component, head, target);
    if (value === undefined) throw signatureRefusal('components_incomplete');
    return `"${component}": ${value}`;
  });
  return [...lines, `"@signature-params": ${params}`].join('\n');
}

function valueOf(component: string, head: RequestHead, target: CanonicalTarget): string | undefined {
  switch (component) {
    case '@method':
      return head.method.toUpperCase();
    case '@target-uri':
      return target.targetUri;
    case '@authority':
      return target.authority;
    default:
      if (component.startsWith('@')) throw signatureRefusal('components_unexpected');
      return head.headers[component.toLowerCase()]?.trim();
  }
}

/**
 * Checks a signature as far as the head of a request allows: all but the body's digest and the nonce's first use. Cheap refusals
 * come before the cryptography, and a stranger's body is not read for any of them. Null: the request is not signed.
 * Source: AdCP request signing, verifier checklist, steps 1 to 10.
 */
export async function checkHead(head: RequestHead, rules: HeadRules): Promise<CheckedHead | null> {
  const input = readSignature(head.headers['signature-input'], head.headers['signature']);
  if (input === null) return null;
  const target = targetOf(head, rules.scheme);
  const scope = target.targetUri;
  checkSingle(input, head);
  if (!isComplete(input)) throw signatureRefusal('params_incomplete');
  if (input.tag !== requestTag) throw signatureRefusal('tag_invalid');
  const alg = input.alg as Algorithm;
  if (!Object.hasOwn(joseNames, alg)) throw signatureRefusal('alg_not_allowed');
  checkWindow(input, rules.nowSeconds);
  checkComponents(input, rules.digestPolicy, head);
  const key = await rules.resolve(input.keyid);
  if (key === null) throw signatureRefusal('key_unknown');
  checkPurpose(key.jwk, alg);
  if (key.isRevoked) throw signatureRefusal('key_revoked');
  const state = await rules.nonceState(key.keyid, scope, input.nonce);
  if (state !== 'new') throw signatureRefusal(state);
  if (!fits(baseOf(input, head, target), input, key.jwk, alg)) throw signatureRefusal('invalid');
  const covers = input.components.includes('content-digest');
  const digest = covers ? readDigest(head.headers['content-digest'] ?? '') : null;
  if (covers && digest === null) throw signatureRefusal('digest_mismatch');
  return { key, nonce: input.nonce, scope, expires: input.expires, digest };
}
