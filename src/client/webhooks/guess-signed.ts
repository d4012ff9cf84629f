/**
 * What was signed, when it is not what arrived: the usual differences are tried, each with the real key. Costs at
 * most `guessCountMax` verifications of 0.1 ms, for deliveries that failed only.
 */
import type { Delivery } from './delivery.ts';
import { plain } from './delivery.ts';
import type { Refused } from './explain-signed.ts';
import type { PublicKey } from './read-keys.ts';
import { receiveLimits } from './receive-limits.ts';
import type { SigningLibrary } from './signing-library.ts';
import type { Explanation } from './verdict.ts';

/** Whether the signature is right for this request under this key. */
type Fits = (key: PublicKey, request: Delivery) => boolean;

export function guessSigned({ library, delivery, keys }: Refused): Explanation | null {
  const signature = signatureOf(library, delivery);
  if (signature === null) return null;
  const { keyid, fits } = signature;
  const named = keys.keys.find(({ kid }) => kid === keyid);
  if (named !== undefined) {
    const url = otherUrls(delivery).find((one) => fits(named, { ...delivery, url: one }));
    if (url !== undefined) return urlWords(delivery, url);
    const type = otherTypes(delivery).find((one) => fits(named, withType(delivery, one)));
    if (type !== undefined) return typeWords(delivery, type);
  }
  const other = keys.keys.find((key) => key.kid !== keyid && fits(key, delivery));
  return other === undefined ? null : keyWords(keyid, other.kid);
}

function signatureOf(library: SigningLibrary, { headers }: Delivery): { keyid: string; fits: Fits } | null {
  try {
    const { label, components, params, signatureParamsValue } = library.parseSignatureInput(
      headers['signature-input'] ?? '',
    );
    const { bytes } = library.parseSignature(headers['signature'] ?? '', label);
    const fits: Fits = (key, request) => {
      try {
        const like = { ...request, body: '' };
        const base = library.buildSignatureBase(components, like, params, signatureParamsValue);
        const publicKey = library.jwkToPublicKey(key as never);
        return library.verifySignature(params.alg, publicKey, Buffer.from(base), bytes);
      } catch {
        // A malformed key, or a covered header that is not there.
        return false;
      }
    };
    return { keyid: params.keyid, fits };
  } catch {
    return null;
  }
}

/** Addresses that the sender may have meant: other schemes, hosts, ports and slashes. The likeliest come first. */
function otherUrls({ url, headers }: Delivery): readonly string[] {
  const at = URL.parse(url);
  if (at === null) return [];
  const forwarded = (headers['x-forwarded-host'] ?? headers['x-original-host'] ?? '').split(',')[0]?.trim();
  const local = [`127.0.0.1:${at.port}`, `localhost:${at.port}`];
  const hosts = [...new Set([at.host, forwarded ?? '', at.hostname, ...local])].filter((host) => host !== '');
  const slashed = at.pathname.endsWith('/') ? at.pathname.slice(0, -1) : `${at.pathname}/`;
  const paths = [`${at.pathname}${at.search}`, at.pathname, `${slashed}${at.search}`];
  const all = paths.flatMap((path) =>
    hosts.flatMap((host) => [`https://${host}${path}`, `http://${host}${path}`]),
  );
  return [...new Set(all)]
    .filter((one) => one !== url && URL.canParse(one))
    .slice(0, receiveLimits.guessCountMax);
}

function otherTypes({ headers }: Delivery): readonly string[] {
  const given = headers['content-type'] ?? '';
  const bare = given.split(';')[0]?.trim() ?? '';
  return ['application/json', bare, `${bare}; charset=utf-8`, `${bare};charset=utf-8`].filter(
    (type) => type !== given,
  );
}

function withType(delivery: Delivery, type: string): Delivery {
  return { ...delivery, headers: { ...delivery.headers, 'content-type': type } };
}

function urlWords(delivery: Delivery, signed: string): Explanation {
  const [here, there] = [new URL(delivery.url), new URL(signed)];
  const reason = `It was signed for ${plain(signed)} and received as ${plain(delivery.url)}.`;
  if (here.pathname === there.pathname && here.search === there.search) {
    return {
      reason,
      fix: `The signature is right otherwise: start with --public-url ${plain(there.origin)}.`,
    };
  }
  return {
    reason,
    fix: 'The signature is right otherwise: a proxy changes the path or the query, or the sender signs another address than it calls.',
  };
}

function typeWords({ headers }: Delivery, signed: string): Explanation {
  return {
    reason: `It was signed with the Content-Type “${plain(signed)}” and received with “${plain(headers['content-type'] ?? '')}”.`,
    fix: 'The signature is right otherwise: a library on either side, or a proxy, changes the header; send what was signed.',
  };
}

function keyWords(named: string, real: string): Explanation {
  return {
    reason: `It names the key ${plain(named)} and is signed with ${plain(real)}.`,
    fix: 'The sender must name the key that it signs with.',
  };
}
