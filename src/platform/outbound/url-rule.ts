/** Which addresses the server may call: apart from the client that calls them, which most threads never need to load. */
import { isIP } from 'node:net';

import { isPublicAddress, isWithin, type Network } from './public-address.ts';

export interface OutboundRules {
  /** Networks of the operator's own that may be called too, and without TLS. */
  readonly allowNetworks: readonly Network[];
}

export type MayCall = (address: string) => boolean;

export const badNetwork = 'The address leads to a network that may not be called.';

/** By address, with TLS and without. */
export function addressRules({
  allowNetworks,
}: OutboundRules): Readonly<Record<'https:' | 'http:', MayCall>> {
  const isOwn: MayCall = (address) => isWithin(address, allowNetworks);
  // Whoever listens on the way reads what is not encrypted, the credential first.
  return { 'https:': (address) => isPublicAddress(address) || isOwn(address), 'http:': isOwn };
}

/** `[::1]` without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Names under which clouds tell their machines' secrets, wherever they lead. */
const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Names of the machine itself need no name server to lead inside. */
function isInsideName(host: string, { allowNetworks }: OutboundRules): boolean {
  const name = host.replace(/\.+$/, '').toLowerCase();
  if (metadataNames.has(name)) return true;
  return allowNetworks.length === 0 && (name === 'localhost' || name.endsWith('.localhost'));
}

/**
 * Says why an address may not be called, for whoever registers it; null: it may, as far as can be told without looking up its name,
 * which happens when it is called.
 */
export function refusalOfUrl(url: URL, rules: OutboundRules): string | null {
  const { protocol, username, password } = url;
  if (protocol !== 'https:' && protocol !== 'http:') return 'The address must begin with https://.';
  if (username !== '' || password !== '') return 'The address must not hold a user or a password.';
  const host = hostOf(url);
  if (isInsideName(host, rules)) return badNetwork;
  if (isIP(host) !== 0) return addressRules(rules)[protocol](host) ? null : badNetwork;
  if (protocol === 'http:' && rules.allowNetworks.length === 0)
    return 'The address must begin with https://.';
  return null;
}
