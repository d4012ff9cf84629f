import type { BuildFacts } from '../adcp/capabilities.ts';
import type { Endpoint, Reply, RequestHead } from '../endpoint.ts';
import { publicBase } from '../public-base.ts';
import { agentCard } from './card.ts';

/** Where A2A clients look for the card of whoever lives at an address (RFC 8615). Source: A2A, agent discovery. */
export const agentCardPath = '/.well-known/agent-card.json';

export interface CardOptions {
  readonly build: BuildFacts;
  /** Address of the server as callers see it, without a slash at its end; empty: the one that a request names. */
  readonly publicUrl: string;
  /** Where the door is: `/a2a`. */
  readonly doorPath: string;
}

function plain(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { status, message } }),
  };
}

/** True for the door's own address, where messages go. */
export function isDoor({ doorPath }: CardOptions, head: RequestHead): boolean {
  return head.path === doorPath || head.path === `${doorPath}/`;
}

/**
 * The card to whoever asks for it, and the way to whoever asks for something else. It is served below the door as well:
 * some clients take the door's address for the agent's and look there.
 */
export function cardReply(options: CardOptions, head: RequestHead): Reply {
  const isCard = [agentCardPath, options.doorPath + agentCardPath].includes(head.path);
  if (!isCard && !isDoor(options, head)) {
    return plain(404, `There is nothing here. The agent card is at ${agentCardPath}.`);
  }
  if (!isCard) {
    return plain(405, `Send JSON-RPC with POST. The agent card is at ${agentCardPath}.`, { allow: 'POST' });
  }
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    return plain(405, 'The agent card can only be read.', { allow: 'GET, HEAD' });
  }
  const base = publicBase(options.publicUrl, head);
  if (base === null) return plain(400, 'Send a Host header, so that the card can name an address.');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(agentCard(base + options.doorPath, options.build)),
  };
}

/** The agent card where clients look first. Public: it says how to authenticate. */
export function createAgentCardEndpoint(options: CardOptions): Endpoint {
  return {
    envelope: 'a2a',
    admit: async (head) => ({ admitted: false, reply: cardReply(options, head) }),
  };
}
