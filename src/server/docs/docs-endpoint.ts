import type { JsonObject } from '../../engine/types.ts';
import type { Endpoint, Reply, RequestHead } from '../../protocol/endpoint.ts';
import { mcpPage, type ShownTool } from './mcp-page.ts';
import { restPage } from './rest-page.ts';
import { startPage } from './start-page.ts';
import { style } from './style.ts';

export const docsPath = '/docs';

export interface DocsParts {
  readonly openApi: JsonObject;
  readonly errorExample: JsonObject;
  readonly tools: readonly ShownTool[];
}

/** The pages run no script and load nothing but their own style. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;

function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}

/**
 * The documentation for people, at `/docs`. It is made once from what the doors themselves are checked against, needs no key, and
 * tells nothing about this server's data.
 */
export function createDocsEndpoint({ openApi, errorExample, tools }: DocsParts): Endpoint {
  const pages = new Map<string, Reply>([
    ['', { status: 200, headers: pageHeaders, body: startPage() }],
    ['/rest', { status: 200, headers: pageHeaders, body: restPage(openApi, errorExample) }],
    ['/mcp', { status: 200, headers: pageHeaders, body: mcpPage(tools) }],
    ['/style.css', { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: style }],
  ]);
  const answer = ({ method, path }: RequestHead): Reply => {
    if (method !== 'GET' && method !== 'HEAD')
      return refusal(405, 'Only GET is served here.', { allow: 'GET, HEAD' });
    return (
      pages.get(path.slice(docsPath.length).replace(/\/$/, '')) ??
      refusal(404, 'There is no such page. See /docs.')
    );
  };
  return { envelope: 'rest', admit: async (head) => ({ admitted: false, reply: answer(head) }) };
}
