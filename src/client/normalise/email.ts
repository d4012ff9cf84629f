/** Longest address that mail systems carry. Source: RFC 5321, 4.5.3.1.3 (path of 256 with its brackets). */
const emailCharsMax = 254;

/**
 * Characters that never occur in an address a person would write: white space, controls, invisible
 * characters, and the separators and brackets that mean that a cell holds something else or several things.
 */
// eslint-disable-next-line no-control-regex
const foreign =
  /[\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff<>()[\],;:"\\|]/;

/** Fast acceptance of the ordinary address; what it does not accept is looked at rule by rule. */
const ordinary = /^[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/;

/** Hosts that stand for "there is no address" in exports. */
const placeholderHosts: ReadonlySet<string> = new Set(['null', 'none', 'na', 'n/a', 'unknown', 'undefined']);

/**
 * An e-mail address in the spelling that is hashed on the wire: trimmed and lower-cased, dots and tags
 * kept (source: AdCP `core/audience-member.json`, hashed_email). Null when the text cannot be an address:
 * empty, a placeholder such as `null` or `n/a`, no or several `@`, a host without a dot.
 *
 * `normaliseEmail(' Jane.Doe+News@Gmail.com ')` is `jane.doe+news@gmail.com`.
 */
export function normaliseEmail(text: string): string | null {
  const email = text.trim().toLowerCase();
  if (email.length > emailCharsMax || email.length < 5) return null;
  if (ordinary.test(email) && !email.includes('..')) return isPlaceholder(email) ? null : email;
  if (foreign.test(email) || email.includes('..')) return null;
  const at = email.indexOf('@');
  if (at < 1 || email.includes('@', at + 1)) return null;
  const host = email.slice(at + 1);
  const dot = host.lastIndexOf('.');
  if (dot < 1 || dot > host.length - 3 || host.startsWith('.')) return null;
  return isPlaceholder(email) ? null : email;
}

function isPlaceholder(email: string): boolean {
  const host = email.slice(email.indexOf('@') + 1);
  const name = host.slice(0, host.indexOf('.'));
  return placeholderHosts.has(name) && placeholderHosts.has(email.slice(0, email.indexOf('@')));
}
