import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

import type { Json } from '../../engine/types.ts';
import type { Reply } from '../endpoint.ts';
import { takesJson } from './plain-call.ts';
import { toolsOf } from './tools.ts';

export interface ServerFacts {
  readonly version: string;
  /** Scenarios of the test controller; none: it is not served. */
  readonly testScenarios: readonly string[];
}

/** Performs the tool named in this exchange, or gives null when there is no such tool. */
export type CallTool = () => Promise<CallToolResult | null>;

const instructions =
  'Rollcall takes hashed customer lists (sync_audiences), matches them against the seller’s own users and reports ' +
  'counted match rates; media buys can be restricted to them. Start with get_adcp_capabilities; every other tool needs an API key.';

/** Elicitation is never used, and building the default validator costs more than all the rest of an exchange. */
const noValidator = {
  getValidator(): never {
    throw new McpError(ErrorCode.InternalError, 'This server validates no elicitation.');
  },
};

function newServer(facts: ServerFacts, call: CallTool): Server {
  const server = new Server(
    { name: 'rollcall', version: facts.version },
    { capabilities: { tools: {} }, instructions, jsonSchemaValidator: noValidator },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...toolsOf(facts)] }));
  server.setRequestHandler(CallToolRequestSchema, async () => {
    const result = await call();
    if (result !== null) return result;
    throw new McpError(ErrorCode.InvalidParams, 'Unknown tool; see tools/list.');
  });
  return server;
}

/** Headers that the transport reads. */
const forwardedHeaders = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id'] as const;

const bothTypes = 'application/json, text/event-stream';

/**
 * The transport would turn away a caller that does not name event streams as well, as curl and the official runner's
 * probe of credentials do not.
 */
function generousAccept(accept: string): string {
  return takesJson(accept) ? bothTypes : accept;
}

function webRequest(headers: Readonly<Record<string, string | undefined>>): Request {
  const forwarded = new Headers();
  for (const name of forwardedHeaders) {
    const value = headers[name];
    if (value !== undefined) forwarded.set(name, name === 'accept' ? generousAccept(value) : value);
  }
  if (headers['accept'] === undefined) forwarded.set('accept', bothTypes);
  // The address is never used: hosts are checked where sockets are.
  return new Request('http://rollcall.invalid/mcp', { method: 'POST', headers: forwarded });
}

/**
 * Answers one message through the official SDK: a server and a transport that live as long as the exchange, because
 * the server keeps no sessions. Costs about 0.2 ms. The body was read before; the SDK sees it without its members.
 */
export async function sdkExchange(
  facts: ServerFacts,
  headers: Readonly<Record<string, string | undefined>>,
  message: Json,
  call: CallTool,
): Promise<Reply> {
  const server = newServer(facts, call);
  // Without a generator of session ids the transport is stateless.
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  const response = await transport.handleRequest(webRequest(headers), { parsedBody: message });
  const replyHeaders: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    replyHeaders[name] = value;
  });
  const body = await response.text();
  // Neither is closed: in JSON mode they hold no timer and no stream, and closing builds an error with a stack each time.
  return { status: response.status, headers: replyHeaders, body: body === '' ? null : body };
}
