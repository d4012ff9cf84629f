/** Why a signature by RFC 9421 was refused, in words, and what to do about it. */
import type { Delivery } from './delivery.ts';
import { plain } from './delivery.ts';
import { guessSigned } from './guess-signed.ts';
import { jsonSpellings } from './json-spellings.ts';
import type { KeySource } from './key-source.ts';
import { listed } from './read-keys.ts';
import { receiveLimits } from './receive-limits.ts';
import type { SigningLibrary } from './signing-library.ts';
import type { Explanation } from './verdict.ts';
import { sinceWords } from './verify-secret.ts';

export interface Refused {
  readonly library: SigningLibrary;
  readonly delivery: Delivery;
  readonly keys: KeySource;
  readonly nowSeconds: number;
  /** What the library threw. */
  readonly error: unknown;
}

/** What the sender wrote about its signature; all of it may be missing. */
interface Params {
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly keyid?: string;
  readonly alg?: string;
  readonly tag?: string;
}

type Explain = (refused: Refused, params: Params, covered: readonly string[]) => Explanation;

const askSender = 'The sender has to mend it.';
const parameterNames = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'] as const;

/** By AdCP's code. */
const explains: Readonly<Record<string, Explain>> = {
  webhook_signature_header_malformed: explainHeaders,
  webhook_signature_params_incomplete: (_, params) => ({
    reason: `Signature-Input lacks ${parameterNames.filter((name) => params[name] === undefined).join(', ')}.`,
    fix: `The sender must write ${parameterNames.join(', ')}.`,
  }),
  webhook_signature_tag_invalid: ({ library }, { tag = '' }) => ({
    reason: `The signature has the tag “${plain(tag)}” in place of “${library.WEBHOOK_SIGNING_TAG}”.`,
    fix:
      tag === library.REQUEST_SIGNING_TAG
        ? 'The sender signed it as a request; it must sign it as a webhook.'
        : askSender,
  }),
  webhook_signature_alg_not_allowed: ({ library }, { alg = '' }) => ({
    reason: `The algorithm “${plain(alg)}” is not allowed.`,
    fix: `The sender must use ${[...library.ALLOWED_ALGS].join(' or ')}.`,
  }),
  webhook_signature_window_invalid: explainWindow,
  webhook_signature_components_incomplete: explainCovered,
  webhook_target_uri_malformed: explainTarget,
  webhook_signature_key_unknown: explainUnknownKey,
  webhook_signature_key_purpose_invalid: explainPurpose,
  webhook_mode_mismatch: explainPurpose,
  webhook_signature_rate_abuse: (_, { keyid = '' }) => ({
    reason: `The key ${plain(keyid)} has signed more deliveries in five minutes than can be remembered.`,
    fix: 'Wait, and ask the seller why.',
  }),
  webhook_signature_invalid: explainSignature,
  webhook_signature_digest_mismatch: explainDigest,
  webhook_signature_replayed: () => ({
    reason: 'This very signature was seen before: its nonce is used up.',
    fix: 'A retry must be signed anew, with a new created and nonce, around the same body. If nobody retried, somebody sent a recorded delivery once more.',
  }),
};

/** The words for a code; those of the library for a code that is not in the table. */
export function explainSigned(code: string, refused: Refused): Explanation {
  const { params, components } = parsed(refused);
  const explain = explains[code];
  if (explain !== undefined) return explain(refused, params, components);
  return { reason: `Verification ended with ${plain(code)}: ${messageOf(refused.error)}`, fix: askSender };
}

function parsed({ library, delivery }: Refused): { params: Params; components: readonly string[] } {
  try {
    return library.parseSignatureInput(delivery.headers['signature-input'] ?? '');
  } catch {
    return { params: {}, components: [] };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? plain(error.message) : '');

function explainHeaders({ delivery, error }: Refused): Explanation {
  const missing = ['Signature', 'Signature-Input'].filter(
    (name) => delivery.headers[name.toLowerCase()] === undefined,
  );
  if (missing.length > 0) {
    return {
      reason: `The header ${missing.join(' and ')} is missing, and it takes both Signature and Signature-Input.`,
      fix: 'The sender must send both, or a proxy in between takes one out: let it pass both.',
    };
  }
  return { reason: `Signature or Signature-Input cannot be read: ${messageOf(error)}`, fix: askSender };
}

function explainWindow({ nowSeconds }: Refused, { created = 0, expires = 0 }: Params): Explanation {
  const { signatureWindowSeconds, skewSeconds } = receiveLimits;
  const age = `Created is ${sinceWords(nowSeconds - created)}`;
  if (expires <= created) {
    return { reason: 'The signature expires no later than it was created.', fix: askSender };
  }
  if (expires - created > signatureWindowSeconds) {
    return {
      reason: `The signature is good for ${expires - created} s; ${signatureWindowSeconds} s are allowed.`,
      fix: `The sender must set expires to at most ${signatureWindowSeconds} s after created.`,
    };
  }
  if (nowSeconds < created) {
    return {
      reason: `${age}: more than the ${skewSeconds} s that clocks may differ.`,
      fix: 'Check the clocks of both machines.',
    };
  }
  return {
    reason: `${age} and expires ${sinceWords(nowSeconds - expires)}: the signature is too old.`,
    fix: 'Check the clocks of both machines. A sender that retries must sign anew each time; a recorded delivery stays refused.',
  };
}

function explainCovered({ library, delivery }: Refused, _: Params, covered: readonly string[]): Explanation {
  const missing = library.WEBHOOK_MANDATORY_COMPONENTS.filter((name) => !covered.includes(name));
  const unsent = covered.filter((name) => !name.startsWith('@') && delivery.headers[name] === undefined);
  if (missing.length === 0 && unsent.length > 0) {
    return {
      reason: `The signature covers the header ${listed(unsent)}, which did not arrive.`,
      fix: 'Something between the sender and here took it out: let it pass.',
    };
  }
  return {
    reason: `The signature does not cover ${listed(missing)}.`,
    fix: `The sender must sign ${library.WEBHOOK_MANDATORY_COMPONENTS.join(', ')}.`,
  };
}

function explainTarget({ delivery }: Refused): Explanation {
  if (!URL.canParse(delivery.url)) {
    return {
      reason: 'The header Host makes no address.',
      fix: 'The sender must name the host that it calls.',
    };
  }
  return {
    reason: `It arrived for ${plain(delivery.url)}: without TLS, only 127.0.0.1 and localhost are accepted.`,
    fix: 'Behind a tunnel or a proxy with TLS, start with --public-url and its address; on one machine, register http://127.0.0.1 or http://localhost.',
  };
}

function explainUnknownKey({ keys }: Refused, { keyid = '' }: Params): Explanation {
  const published = keys.keys.map(({ kid }) => kid);
  if (published.includes(keyid)) {
    return {
      reason: `The key ${plain(keyid)} at ${keys.from} is malformed.`,
      fix: 'The seller has to publish it again.',
    };
  }
  return {
    reason: `The key ${plain(keyid)} is not published; ${keys.from} has ${listed(published)}.`,
    fix: 'The seller must publish a key before it signs with it, or the keys are those of another seller.',
  };
}

function explainPurpose({ keys }: Refused, { keyid = '' }: Params): Explanation {
  const key = keys.keys.find(({ kid }) => kid === keyid);
  if (key?.key_ops?.includes('verify') !== true) {
    return {
      reason: `The key ${plain(keyid)} is not published for verifying: its key_ops lacks "verify".`,
      fix: 'The seller has to publish it with "key_ops": ["verify"].',
    };
  }
  const use = key.adcp_use === undefined ? 'no adcp_use' : `the adcp_use “${plain(key.adcp_use)}”`;
  return {
    reason: `The key ${plain(keyid)} is published with ${use}.`,
    fix: 'The seller has to publish it with "adcp_use": "request-signing" (AdCP 3.1) or "webhook-signing" (3.0).',
  };
}

function explainSignature(refused: Refused, { keyid = '' }: Params): Explanation {
  const { method, url } = refused.delivery;
  return (
    guessSigned(refused) ?? {
      reason: `The signature does not fit what arrived here as ${plain(method)} ${plain(url)} under the key ${plain(keyid)}.`,
      fix: 'Either the sender signed another address (register the one that it calls, and give --public-url when a proxy or tunnel stands in between), or a signed header was changed on the way, or the published key is not the one that signs.',
    }
  );
}

function explainDigest({ library, delivery }: Refused): Explanation {
  const header = delivery.headers['content-digest'] ?? '';
  if (library.parseContentDigest(header) === null) {
    return {
      reason: 'Content-Digest has no sha-256 digest.',
      fix: 'The sender must write sha-256=:<digest>:.',
    };
  }
  const reason = 'The digest in Content-Digest is not that of the body';
  const isRespelt = jsonSpellings(delivery.body).some((text) => library.contentDigestMatches(header, text));
  return isRespelt
    ? {
        reason: `${reason}, but of another spelling of the same JSON: somebody parsed it and wrote it anew.`,
        fix: 'The sender must send the bytes that it signed; a proxy in between must not touch the body.',
      }
    : {
        reason: `${reason}: something between the sender and here changed the bytes.`,
        fix: 'Look for a proxy that rewrites, decompresses or cuts bodies; the headers are those that were signed.',
      };
}
