import type { Outbound } from '../../platform/outbound/outbound.ts';
import { unreached } from './fetch-json.ts';
import { KeyFault } from './key-fault.ts';
import { receiveLimits } from './receive-limits.ts';

/** A member of a value that may be anything. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The answer of `get_adcp_capabilities` of the MCP endpoint at this address. Throws KeyFault. */
export async function capabilitiesOf(outbound: Outbound, agentUrl: string): Promise<unknown> {
  const [{ Client }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ]);
  const client = new Client({ name: 'rollcall-listen', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(agentUrl), { fetch: outbound.fetch });
  const options = { timeout: receiveLimits.fetchMsMax };
  try {
    await client.connect(transport as Parameters<typeof client.connect>[0], options);
    return contentOf(
      await client.callTool({ name: 'get_adcp_capabilities', arguments: {} }, undefined, options),
    );
  } catch (error) {
    throw notMcp(error, `The seller at ${agentUrl}`);
  } finally {
    await client.close();
  }
}

function notMcp(error: unknown, at: string): KeyFault {
  // The transport's errors carry the status of HTTP as their code.
  const status = field(error, 'code');
  if (status === 401 || status === 403) {
    return new KeyFault(
      `${at} wants a key for get_adcp_capabilities (HTTP ${status}).`,
      'AdCP lets everybody ask for it; until the seller does, use --jwks-url or --jwks.',
      error,
    );
  }
  if (typeof status === 'number' && status >= 400 && status < 600) {
    return new KeyFault(
      `${at} answers with HTTP ${status} where MCP was expected.`,
      'Give --seller the address of its MCP endpoint, such as https://seller.example/mcp.',
      error,
    );
  }
  return unreached(error, at);
}

/** Structured content, or the text that older servers put it into. */
function contentOf(result: unknown): unknown {
  const structured = field(result, 'structuredContent');
  if (structured !== undefined) return structured;
  const content = field(result, 'content');
  const texts = Array.isArray(content) ? content.map((part) => field(part, 'text')) : [];
  for (const text of texts) {
    if (typeof text !== 'string') continue;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // A sentence for people beside the value.
    }
  }
  return null;
}
