import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Null for what is no address; `1.2.3` and `0x7f.1` are spellings that only the library knows. */
function parse(address: string): Address | null {
  return isIP(address) === 0 ? null : ipaddr.parse(address);
}

/** Today's public addresses of IPv6 all begin with these three bits. Source: RFC 4291; IANA, IPv6 global unicast. */
const globalUnicast = ipaddr.IPv6.parse('2000::');
const globalUnicastBits = 3;

/**
 * Whether an address belongs to the public internet: no loopback, private or link-local network, none of a cloud's metadata,
 * no multicast, and no IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo), wherever that would
 * lead. False for what is no address. Source: IANA special-purpose address registries.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed === null || parsed.range() !== 'unicast') return false;
  // The library takes `::7f00:1` for public: it knows the compatible form by its dots only.
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast, globalUnicastBits);
}

export type Network = readonly [Address, number];

/** `10.0.0.0/8`, `fd00::/8` or a single address; null: neither. */
export function parseNetwork(text: string): Network | null {
  const single = parse(text);
  if (single !== null) return [single, single instanceof ipaddr.IPv4 ? 32 : 128];
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : null;
}

/** Those of a list that was checked when it was read. */
export function networksOf(texts: readonly string[]): readonly Network[] {
  return texts.map(parseNetwork).filter((network) => network !== null);
}

export function isWithin(address: string, networks: readonly Network[]): boolean {
  const parsed = parse(address);
  if (parsed === null) return false;
  return networks.some(([network, bits]) => {
    if (parsed instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && parsed.match(network, bits);
    return network instanceof ipaddr.IPv6 && parsed.match(network, bits);
  });
}
