import { OutboundRefusal, type Outbound } from '../../platform/outbound/outbound.ts';
import { readCapped, TooLong } from '../../platform/outbound/read-capped.ts';
import { KeyFault } from './key-fault.ts';
import { receiveLimits } from './receive-limits.ts';

/**
 * The JSON value at an address. `what` names it in the messages: `The key set`. Throws KeyFault for everything
 * that goes wrong on the way; redirects are not followed.
 */
export async function fetchJson(outbound: Outbound, url: string, what: string): Promise<unknown> {
  const at = `${what} at ${url}`;
  let text = '';
  try {
    const response = await outbound.fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(receiveLimits.fetchMsMax),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new KeyFault(
        `${at} answers with HTTP ${response.status}.`,
        'Open the address yourself: the seller has to publish it there, for everybody.',
      );
    }
    text = (await readCapped(response, receiveLimits.fetchedBytesMax)).toString('utf8');
  } catch (error) {
    throw error instanceof KeyFault ? error : unreached(error, at);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new KeyFault(
      `${at} is no JSON.`,
      'The seller has to mend it, or the address is another one.',
      error,
    );
  }
}

/** What kept an answer from being had, in words. */
export function unreached(error: unknown, at: string): KeyFault {
  if (error instanceof OutboundRefusal) {
    return new KeyFault(
      `${at} may not be called: ${error.message}`,
      'Only https to public addresses and this machine are called; --allow-network names a network of your own.',
      error,
    );
  }
  if (error instanceof TooLong) {
    const max = receiveLimits.fetchedBytesMax;
    return new KeyFault(`${at} is larger than ${max} bytes.`, 'Is the address right?', error);
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    const seconds = receiveLimits.fetchMsMax / 1000;
    return new KeyFault(
      `${at} did not answer in ${seconds} s.`,
      'Is the seller running, and is a firewall in between?',
      error,
    );
  }
  return new KeyFault(
    `${at} cannot be reached${reasonOf(error)}.`,
    'Is the seller running there, and is the address right?',
    error,
  );
}

/** Codes of the system, such as ECONNREFUSED, and nothing else of an error that others had a hand in. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)) return ` (${code})`;
  }
  return '';
}
