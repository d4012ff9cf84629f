/** Every request that the server itself makes to the outside goes through here, because others say where to. */
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

import { Agent, fetch as undiciFetch } from 'undici';
import type { RequestInit as UndiciInit } from 'undici';

import { addressRules, badNetwork, refusalOfUrl, type MayCall, type OutboundRules } from './url-rule.ts';

/** The address may not be called, or answers with a redirect. The message names no address that was resolved. */
export class OutboundRefusal extends Error {
  override name = 'OutboundRefusal';
  /** The address could be called, and leads elsewhere. */
  readonly redirects: boolean;

  constructor(message: string, redirects = false) {
    super(message);
    this.redirects = redirects;
  }
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

export interface OutboundOptions {
  /** All addresses of a name; the system's own unless said. */
  readonly resolve?: Resolve;
  /** False: every call looks its name up anew and has a connection of its own. */
  readonly keepsConnections?: boolean;
  readonly connectMsMax?: number;
}

const defaultConnectMsMax = 10_000;

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

export function createOutbound(rules: OutboundRules, options: OutboundOptions = {}): Outbound {
  const { resolve = systemResolve, keepsConnections = true, connectMsMax = defaultConnectMsMax } = options;
  const mayCall = addressRules(rules);
  const agentWith = (may: MayCall): Agent =>
    new Agent({
      connect: { lookup: checkedLookup(resolve, may), timeout: connectMsMax },
      // With undici, no pipelining at all means no connection that is used again.
      ...(keepsConnections ? {} : { pipelining: 0 }),
    });
  const agents = { 'https:': agentWith(mayCall['https:']), 'http:': agentWith(mayCall['http:']) } as const;

  const guarded: Outbound['fetch'] = async (input, init) => {
    const url = new URL(input);
    const refusal = refusalOfUrl(url, rules);
    if (refusal !== null) throw new OutboundRefusal(refusal);
    const protocol = url.protocol as keyof typeof agents;
    const request = { ...init, redirect: 'manual', dispatcher: agents[protocol] } as UndiciInit;
    try {
      const response = await undiciFetch(url, request);
      if (response.status < 300 || response.status >= 400 || response.status === 304) {
        return response as unknown as Response;
      }
      await response.body?.cancel();
    } catch (error) {
      throw refusalIn(error) ?? error;
    }
    throw new OutboundRefusal('The address answers with a redirect, which is not followed.', true);
  };
  return {
    fetch: guarded,
    close: async () => {
      await Promise.all(Object.values(agents).map(async (agent) => agent.destroy()));
    },
  };
}
