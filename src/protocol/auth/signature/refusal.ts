import { AppError } from '../../../base/faults.ts';

/** Why a signature, or the lack of one, is refused. Source: AdCP request signing, verifier checklist; `request_signature_` stands before each. */
export const signatureWords = {
  required: 'This call must be signed.',
  header_malformed: 'Signature and Signature-Input must come together, and be what RFC 9421 says.',
  params_incomplete: 'The signature needs created, expires, nonce, keyid, alg and tag.',
  tag_invalid: 'The signature has the tag of another profile.',
  alg_not_allowed: 'The signature must be ed25519 or ecdsa-p256-sha256.',
  window_invalid: 'The signature is too old, too young, or holds for longer than 300 seconds.',
  components_incomplete: 'The signature does not cover all that it must cover.',
  components_unexpected: 'The signature covers something that it must not cover here.',
  key_unknown: 'The key of this signature is not known here.',
  jwks_unavailable: 'The keys of this signer cannot be had now.',
  key_purpose_invalid: 'The key of this signature is not for signing requests.',
  key_revoked: 'The key of this signature was revoked.',
  rate_abuse: 'This key has signed more requests than one key may.',
  invalid: 'The signature does not fit the request.',
  digest_mismatch: 'Content-Digest does not fit the body.',
  replayed: 'This signature was used before.',
  target_uri_malformed: 'The address of the request is none that could be signed.',
  body_malformed: 'The body of a signed request must be JSON without a name twice.',
} as const;

export type SignatureWord = keyof typeof signatureWords;

/** The code that the challenge of a 401 names. */
export function challengeOf(word: SignatureWord): string {
  const isWhole = word === 'target_uri_malformed' || word === 'body_malformed';
  return isWhole ? `request_${word}` : `request_signature_${word}`;
}

/** The refusal of a call for its signature. `details.challenge` is what the answer's `WWW-Authenticate` says. */
export function signatureRefusal(word: SignatureWord): AppError {
  return new AppError('SIGNATURE_REFUSED', signatureWords[word], {
    details: { challenge: challengeOf(word) },
    ...(word === 'required' ? { suggestion: 'Sign it by RFC 9421, with AdCP’s profile for requests.' } : {}),
  });
}
