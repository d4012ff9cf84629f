/** Formats of creatives: a name, and the agent that defines it. */

export interface FormatId {
  readonly agentUrl: string;
  readonly id: string;
}

/** The address as comparisons see it. Source: AdCP, URL canonicalization. */
function canonical(agentUrl: string): string {
  return (URL.parse(agentUrl)?.href ?? agentUrl).replace(/\/+$/, '');
}

/** Names mean something only with their agent. */
export function isSameFormat(a: FormatId, b: FormatId): boolean {
  return a.id === b.id && canonical(a.agentUrl) === canonical(b.agentUrl);
}
