/**
 * Finds the keys of a seller from the address of its agent alone. Source: AdCP security, discovering an agent's
 * signing keys: capabilities, `identity.brand_json_url`, brand.json, `agents[]`, `jwks_uri`.
 */
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { capabilitiesOf, field } from './capabilities-of.ts';
import { plain } from './delivery.ts';
import { fetchJson } from './fetch-json.ts';
import { KeyFault } from './key-fault.ts';
import type { LoadedKeys } from './key-source.ts';
import { listed, readKeys } from './read-keys.ts';
import { receiveLimits } from './receive-limits.ts';

/** The keys at an address of a key set. Throws KeyFault. */
export async function keysAt(outbound: Outbound, url: string): Promise<LoadedKeys> {
  const value = await fetchJson(outbound, url, 'The key set');
  return { keys: readKeys(value, `The key set at ${url}`), from: url };
}

/** The keys of the agent at this address, which must speak MCP. Throws KeyFault that names the step. */
export async function keysOfSeller(outbound: Outbound, agentUrl: string): Promise<LoadedKeys> {
  const identity = field(await capabilitiesOf(outbound, agentUrl), 'identity');
  const { brand, url } = await brandAt(outbound, brandUrlOf(identity, agentUrl));
  const keysUrl = keySetUrl(brand, plain(url), agentUrl);
  const declared = field(field(identity, 'key_origins'), 'webhook_signing');
  if (typeof declared === 'string' && URL.parse(declared)?.origin !== new URL(keysUrl).origin) {
    throw new KeyFault(
      `The seller at ${agentUrl} declares ${plain(declared)} as identity.key_origins.webhook_signing, and its brand.json leads to ${plain(keysUrl)}.`,
      'Both must have the same origin: the seller has to mend one of them.',
    );
  }
  return keysAt(outbound, keysUrl);
}

/**
 * Only https can be declared, so a seller that is tried out without TLS cannot declare anything: there, and there
 * only, its brand.json is looked for where it has to lie anyway.
 */
function brandUrlOf(identity: unknown, agentUrl: string): string {
  const declared = field(identity, 'brand_json_url');
  if (typeof declared === 'string' && URL.canParse(declared)) return declared;
  if (agentUrl.startsWith('http:')) return new URL('/.well-known/brand.json', agentUrl).href;
  throw new KeyFault(
    `The seller at ${agentUrl} names no identity.brand_json_url in get_adcp_capabilities, so nobody can find its keys.`,
    'The seller has to declare it; until then use --jwks-url or --jwks.',
  );
}

/** Follows `authoritative_location`, and a `house` that is a bare host, a few steps. */
async function brandAt(outbound: Outbound, start: string): Promise<{ brand: unknown; url: string }> {
  let url = start;
  for (let step = 0; step <= receiveLimits.brandStepCountMax; step++) {
    const brand = await fetchJson(outbound, url, 'The brand.json');
    const house = field(brand, 'house');
    const next =
      typeof house === 'string'
        ? `https://${house}/.well-known/brand.json`
        : field(brand, 'authoritative_location');
    if (typeof next !== 'string') return { brand, url };
    if (!URL.canParse(next)) break;
    url = next;
  }
  throw new KeyFault(
    `The brand.json at ${plain(start)} leads on and on, or nowhere.`,
    'The seller has to name the one that counts.',
  );
}

/** The entry's address must be the agent's byte for byte: what differs in a slash only is a mistake to be shown. */
function keySetUrl(brand: unknown, brandUrl: string, agentUrl: string): string {
  const agents = agentsOf(brand);
  const [entry, second] = agents.filter((agent) => agent.url === agentUrl);
  if (entry === undefined) {
    const known =
      agents.length === 0 ? 'It lists no agent.' : `It lists ${listed(agents.map(({ url }) => url))}.`;
    throw new KeyFault(
      `The brand.json at ${brandUrl} has no entry in agents[] whose url is ${agentUrl}. ${known}`,
      'The two must be equal byte for byte, with scheme, port and slash: give --seller as it is listed, or have the seller mend the list.',
    );
  }
  if (second !== undefined) {
    throw new KeyFault(
      `The brand.json at ${brandUrl} lists ${agentUrl} twice.`,
      'The seller has to leave one entry per agent.',
    );
  }
  const named = entry.jwks_uri;
  if (named === undefined) return new URL('/.well-known/jwks.json', agentUrl).href;
  if (typeof named === 'string' && URL.canParse(named)) return named;
  throw new KeyFault(
    `The jwks_uri of ${agentUrl} in ${brandUrl} is no address.`,
    'The seller has to mend it.',
  );
}

interface AgentEntry {
  readonly url: string;
  readonly jwks_uri?: unknown;
}

/** Agents of a single brand and of a house with several. */
function agentsOf(brand: unknown): readonly AgentEntry[] {
  const brands = field(brand, 'brands');
  const holders = [brand, field(brand, 'house'), ...(Array.isArray(brands) ? (brands as unknown[]) : [])];
  return holders
    .map((holder) => field(holder, 'agents'))
    .filter((agents) => Array.isArray(agents))
    .flat()
    .filter((agent): agent is AgentEntry => typeof field(agent, 'url') === 'string');
}
