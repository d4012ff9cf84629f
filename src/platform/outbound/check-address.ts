/** Addresses that others register, judged when they do. They are judged again at every call, when it counts. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { addressRules, badNetwork, refusalOfUrl, type OutboundRules } from './url-rule.ts';

/** All addresses of a name; rejects when there is none. */
export type LookUp = (hostname: string) => Promise<readonly { readonly address: string }[]>;

/** A caller waits for this, so a name server that does not answer is not waited for. */
const lookUpMsMax = 2_000;

const systemLookUp: LookUp = async (hostname) => lookup(hostname, { all: true });

async function addressesOf(hostname: string, lookUp: LookUp): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly []>((resolve) => {
    timer = setTimeout(() => resolve([]), lookUpMsMax);
  });
  try {
    const found = await Promise.race([lookUp(hostname), tooLate]);
    return found.map(({ address }) => address);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Says why an address may not be called, or null. A name that leads nowhere today is no reason: it may lead somewhere when it is
 * called. The reason names nothing that was looked up.
 */
export function createAddressCheck(
  rules: OutboundRules,
  lookUp: LookUp = systemLookUp,
): (address: string) => Promise<string | null> {
  const mayCall = addressRules(rules);
  return async (address) => {
    const url = URL.parse(address);
    if (url === null) return 'It is not an address.';
    const refusal = refusalOfUrl(url, rules);
    if (refusal !== null || isIP(url.hostname) !== 0 || url.hostname.startsWith('[')) return refusal;
    const found = await addressesOf(url.hostname, lookUp);
    const allowed = mayCall[url.protocol as 'https:' | 'http:'];
    return found.every((one) => allowed(one)) ? null : badNetwork;
  };
}
