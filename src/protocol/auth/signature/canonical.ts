/** The address of a request in the one form that signer and verifier must agree on. Source: AdCP request signing, `@target-uri`; RFC 9421, 2.2.2. */

/** Scheme, authority and the rest; the authority is looked at before a lenient parser mends it. */
const addressPattern = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/;
/** A name or a bracketed IPv6 address, and a port. No zone: it means something on one machine only. */
const hostPattern = /^(?:\[[0-9A-Fa-f:.]+\]|[^:@[\]\s%]+)(?::[0-9]*)?$/;

const unreserved = /[A-Za-z0-9._~-]/;

export interface CanonicalTarget {
  readonly targetUri: string;
  readonly authority: string;
}

/** What is escaped without need is as good as written out; the rest is escaped in capitals. Source: RFC 3986, 6.2.2. */
function normalEscapes(text: string): string {
  return text.replaceAll(/%([0-9a-fA-F]{2})/g, (escaped, hex: string) => {
    const letter = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(letter) ? letter : escaped.toUpperCase();
  });
}

/** Null for what is no address that could be signed. User and password are no part of it. */
export function canonicalTarget(address: string): CanonicalTarget | null {
  const [, scheme = '', authority = '', rest = ''] = addressPattern.exec(address) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!hostPattern.test(host)) return null;
  const url = URL.parse(`${scheme}://${host}${rest}`);
  if (url === null) return null;
  // The parser forgets a question mark with nothing behind it.
  const query = url.search === '' && rest.includes('?') ? '?' : url.search;
  return {
    targetUri: normalEscapes(`${url.protocol}//${url.host}${url.pathname}${query}`),
    authority: url.host,
  };
}
