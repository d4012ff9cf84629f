import type { JsonObject } from '../../engine/types.ts';
import type { Endpoint, Reply, RequestHead } from '../../protocol/endpoint.ts';
import { publicBase } from '../../protocol/public-base.ts';
import { mcpPage, type ShownTool } from './mcp-page.ts';
import { restPage } from './rest-page.ts';
import { startPage } from './start-page.ts';
import { style } from './style.ts';

export const docsPath = '/docs';

/** Where a server is that nobody has told otherwise. */
const defaultBase = 'http://127.0.0.1:8080';

export interface DocsParts {
  /** Address of the server as callers see it; empty: the one that a request names. */
  readonly publicUrl: string;
  readonly openApi: () => JsonObject;
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
 * The documentation for people, at `/docs`. It is made from what the doors themselves are checked against, needs no key, and tells
 * nothing about this server but its address.
 */
export function createDocsEndpoint({ publicUrl, openApi, errorExample, tools }: DocsParts): Endpoint {
  const page = (body: string): Reply => ({ status: 200, headers: pageHeaders, body });
  const css = { 'content-type': 'text/css; charset=utf-8' };
  const fixed: Readonly<Record<string, () => Reply>> = {
    '/rest': () => page(restPage(openApi(), errorExample)),
    '/mcp': () => page(mcpPage(tools)),
    '/style.css': () => ({ status: 200, headers: css, body: style }),
  };
  // Made when somebody looks for the first time: most servers are started without that.
  const made = new Map<string, Reply>();
  const fixedPage = (name: string): Reply | undefined => {
    const make = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
    const reply = made.get(name) ?? make?.();
    if (reply !== undefined) made.set(name, reply);
    return reply;
  };
  const answer = (head: RequestHead): Reply => {
    const { method, path } = head;
    if (method !== 'GET' && method !== 'HEAD')
      return refusal(405, 'Only GET is served here.', { allow: 'GET, HEAD' });
    const name = path.slice(docsPath.length).replace(/\/$/, '');
    if (name === '') return page(startPage(publicBase(publicUrl, head) ?? defaultBase));
    return fixedPage(name) ?? refusal(404, 'There is no such page. See /docs.');
  };
  return { envelope: 'rest', admit: async (head) => ({ admitted: false, reply: answer(head) }) };
}
