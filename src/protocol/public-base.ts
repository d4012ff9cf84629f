import type { RequestHead } from './endpoint.ts';

/** A name or an address with a port, and nothing that could lead a reader elsewhere. */
const hostPattern = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The address of the server as its callers see it, without a slash at its end: `publicUrl` where its operator has set one, else the
 * one that the request names. Null: the request names no host that could be put into an address.
 */
export function publicBase(publicUrl: string, head: RequestHead): string | null {
  if (publicUrl !== '') return publicUrl;
  const host = head.headers['host'] ?? '';
  // Whoever speaks for this server over TLS is a proxy, which its operator knows of and names in the settings.
  return hostPattern.test(host) ? `http://${host}` : null;
}
