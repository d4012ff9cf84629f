import type { IncomingMessage } from 'node:http';

import { isWithin, type Network } from '../../platform/outbound/public-address.ts';
import type { AddressOf } from './exchange.ts';

const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

/** Whether a connection is that of a trusted proxy: of many callers at once. */
export function createIsProxy(trusted: readonly Network[]): (address: string) => boolean {
  return (address) => isWithin(plain(address), trusted);
}

/**
 * The address of the connection; where that is a trusted proxy's, the last address that X-Forwarded-For gives and that is no trusted
 * proxy: everything before it could be written by the caller.
 */
export function createAddressOf(trusted: readonly Network[]): AddressOf {
  return ({ socket, headers }: IncomingMessage) => {
    const remote = plain(socket.remoteAddress ?? '');
    if (trusted.length === 0 || !isWithin(remote, trusted)) return remote;
    const header = headers['x-forwarded-for'] ?? '';
    const hops = (Array.isArray(header) ? header.join(',') : header)
      .split(',')
      .map((hop) => plain(hop.trim()));
    return hops.findLast((hop) => hop !== '' && !isWithin(hop, trusted)) ?? remote;
  };
}
