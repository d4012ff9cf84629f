import { AppError } from '../../base/faults.ts';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const urlCharsMax = 2_048;

/**
 * Whether members may be sent to this address: https, or http to this machine, or http to a host that the operator named. The one
 * rule for outgoing calls, asked when a seller is registered and again for every request.
 */
export function mayCall(url: URL, allowHttpTo: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && (loopback.test(url.hostname) || allowHttpTo.includes(url.hostname));
}

/** The address as it is kept, or a refusal that says what would do. */
export function checkAgentUrl(text: string, allowHttpTo: readonly string[]): string {
  const url = text.length <= urlCharsMax ? URL.parse(text) : null;
  if (url !== null && mayCall(url, allowHttpTo)) return url.href;
  throw new AppError(
    'INVALID_REQUEST',
    'The address of a sales agent must be https, without a user name in it.',
    {
      field: 'url',
      suggestion:
        'Plain http is for this machine only, and for hosts that the operator allows with --allow-http-to.',
    },
  );
}
