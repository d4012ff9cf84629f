import { isIP } from 'node:net';

import { AppError } from '../../base/faults.ts';
import { refusalOfUrl } from '../../platform/outbound/outbound.ts';
import { isPublicAddress, isWithin, type Network } from '../../platform/outbound/public-address.ts';

const urlCharsMax = 2_048;

/**
 * The address of a sales agent as it is kept, or a refusal that says what would do. A name is checked again whenever it is connected
 * to, by what it resolves to then; what can be known now is refused now.
 */
export function checkAgentUrl(text: string, allowNetworks: readonly Network[]): string {
  const url = text.length <= urlCharsMax ? URL.parse(text) : null;
  if (url === null) throw refused('The address of a sales agent must be a URL.');
  const refusal = refusalOfUrl(url);
  if (refusal !== null) throw refused(refusal);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isOwn = isIP(host) === 0 ? allowNetworks.length > 0 : isWithin(host, allowNetworks);
  const mayCall = url.protocol === 'https:' ? isIP(host) === 0 || isPublicAddress(host) || isOwn : isOwn;
  if (!mayCall) throw refused('The address of a sales agent must be https and public.');
  return url.href;
}

function refused(message: string): AppError {
  return new AppError('INVALID_REQUEST', message, {
    field: 'url',
    suggestion: 'Networks of your own, and http in them, are for the operator to allow: --allow-network.',
  });
}
