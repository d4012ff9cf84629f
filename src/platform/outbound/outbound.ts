/** Every request that the server itself makes to the outside goes through here, because others say where to. */
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

import { Agent, fetch as undiciFetch } from 'undici';
import type { RequestInit as UndiciInit } from 'undici';

import { isPublicAddress, isWithin, type Network } from './public-address.ts';

/** The address may not be called, or answers with a redirect. The message names no address that was resolved. */
export class OutboundRefusal extends Error {
  override name = 'OutboundRefusal';
}

export interface OutboundRules {
  /** Networks of the operator's own that may be called too, and without TLS. */
  readonly allowNetworks: readonly Network[];
}

/** All addresses of a name, or an error. */
export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface Outbound {
  /** Like the global one, but never follows a redirect and never leaves the rules. */
  readonly fetch: (input: string | URL, init?: RequestInit) => Promise<Response>;
  close(): Promise<void>;
}

const systemResolve: Resolve = (hostname, done) =>
  systemLookup(hostname, { all: true, order: 'verbatim' }, done);

const connectMsMax = 10_000;
const badNetwork = 'The address leads to a network that may not be called.';

type MayCall = (address: string) => boolean;

/** Which addresses may be called, with TLS and without. */
function addressRules({ allowNetworks }: OutboundRules): Readonly<Record<'https:' | 'http:', MayCall>> {
  const isOwn: MayCall = (address) => isWithin(address, allowNetworks);
  // Whoever listens on the way reads what is not encrypted, the credential first.
  return { 'https:': (address) => isPublicAddress(address) || isOwn(address), 'http:': isOwn };
}

/** `[::1]` without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
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
  if (isIP(host) !== 0) return addressRules(rules)[protocol](host) ? null : badNetwork;
  if (protocol === 'http:' && rules.allowNetworks.length === 0)
    return 'The address must begin with https://.';
  return null;
}

/**
 * One answer that may not be called spoils the name: else the choice among its addresses would be the caller's. What was checked
 * is what is connected to, so that a name that changes its mind in between gains nothing. Source: OWASP, SSRF prevention.
 */
function checkedLookup(resolve: Resolve, mayCall: MayCall): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, '', 0);
      else if (first === undefined || !addresses.every(({ address }) => mayCall(address))) {
        callback(new OutboundRefusal(badNetwork), '', 0);
      } else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
}

function refusalIn(error: unknown): OutboundRefusal | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutboundRefusal) return cause;
  }
  return null;
}

export function createOutbound(rules: OutboundRules, resolve: Resolve = systemResolve): Outbound {
  const mayCall = addressRules(rules);
  const agentWith = (may: MayCall): Agent =>
    new Agent({ connect: { lookup: checkedLookup(resolve, may), timeout: connectMsMax } });
  const agents = { 'https:': agentWith(mayCall['https:']), 'http:': agentWith(mayCall['http:']) } as const;

  const guarded: Outbound['fetch'] = async (input, init) => {
    const url = new URL(input);
    const refusal = refusalOfUrl(url, rules);
    if (refusal !== null) throw new OutboundRefusal(refusal);
    const protocol = url.protocol as keyof typeof agents;
    const options = { ...init, redirect: 'manual', dispatcher: agents[protocol] } as UndiciInit;
    try {
      const response = await undiciFetch(url, options);
      if (response.status < 300 || response.status >= 400 || response.status === 304) {
        return response as unknown as Response;
      }
      await response.body?.cancel();
    } catch (error) {
      throw refusalIn(error) ?? error;
    }
    throw new OutboundRefusal('The address answers with a redirect, which is not followed.');
  };
  return {
    fetch: guarded,
    close: async () => {
      await Promise.all(Object.values(agents).map(async (agent) => agent.destroy()));
    },
  };
}
