import type { Delivery, Scheme } from './delivery.ts';
import { schemeOf } from './delivery.ts';
import type { KeySource } from './key-source.ts';
import { loadSigning } from './signing-library.ts';
import type { Explanation, Verdict } from './verdict.ts';
import { verifyBearer, verifyHmac } from './verify-secret.ts';
import { createVerifySigned, type VerifySigned } from './verify-signed.ts';

/** What the receiver can check with. */
export interface VerifyParts {
  /** For RFC 9421. */
  readonly keys: KeySource | null;
  /** For HMAC-SHA256 and Bearer, as it was registered. */
  readonly secret: string | null;
}

export type Verify = (delivery: Delivery) => Promise<Verdict>;

/** Checks deliveries by whichever scheme they use. Throws nothing that a sender can cause. */
export function createVerify({ keys, secret }: VerifyParts): Verify {
  let signed: Promise<VerifySigned> | null = null;
  return async (delivery) => {
    const scheme = schemeOf(delivery.headers);
    if (keys === null && secret === null) return bare(scheme, 'unchecked', null, nothingToCheckWith(scheme));
    if (scheme === 'rfc9421' && keys !== null) {
      signed ??= loadSigning().then((library) => createVerifySigned(library, keys));
      return (await signed)(delivery);
    }
    if (scheme === 'hmac-sha256' && secret !== null) return verifyHmac(delivery, secret);
    if (scheme === 'bearer' && secret !== null) return verifyBearer(delivery, secret);
    // Else whoever leaves the signature out, or picks the scheme that is not looked at, would come through.
    return bare(scheme, 'failed', 'scheme_unexpected', unexpected(scheme, keys !== null));
  };
}

function bare(
  scheme: Scheme,
  outcome: Verdict['outcome'],
  code: string | null,
  explanation: Explanation,
): Verdict {
  return { scheme, outcome, code, keyid: null, steps: [], explanation, notes: [] };
}

const schemeNames: Readonly<Record<Scheme, string>> = {
  rfc9421: 'a signature by RFC 9421',
  'hmac-sha256': 'an X-ADCP-Signature (HMAC-SHA256)',
  bearer: 'an Authorization header',
  none: 'no signature and no Authorization header',
};

function nothingToCheckWith(scheme: Scheme): Explanation {
  return {
    reason: `It has ${schemeNames[scheme]}, and there is nothing here to check it with.`,
    fix:
      scheme === 'hmac-sha256' || scheme === 'bearer'
        ? 'Give --secret-file with the registered authentication.credentials.'
        : 'Give --seller, --jwks-url or --jwks for signatures, or --secret-file for the registered credentials.',
  };
}

function unexpected(scheme: Scheme, hasKeys: boolean): Explanation {
  const wanted = hasKeys ? schemeNames.rfc9421 : 'a sign of the registered credentials';
  return {
    reason: `It has ${schemeNames[scheme]}, where ${wanted} was expected.`,
    fix: hasKeys
      ? 'A registration without authentication asks for a signature, one with it for HMAC-SHA256 or Bearer: register the way you check, or give --secret-file too.'
      : 'A registration with authentication asks for HMAC-SHA256 or Bearer, one without it for a signature: register the way you check, or give --seller too.',
  };
}
