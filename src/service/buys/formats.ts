/** Formats of creatives: a name, and the agent that defines it. */

export interface FormatId {
  readonly agentUrl: string;
  readonly id: string;
}

/** One that a product takes. */
export interface SoldFormat extends FormatId {
  /** What the seller calls it; null: nothing but its id. */
  readonly name: string | null;
}

/** The address as comparisons see it. Source: AdCP, URL canonicalization. */
function canonical(agentUrl: string): string {
  return (URL.parse(agentUrl)?.href ?? agentUrl).replace(/\/+$/, '');
}

/** The same for two that are the same: names mean something only with their agent. */
export function formatKey({ id, agentUrl }: FormatId): string {
  return `${id} ${canonical(agentUrl)}`;
}
