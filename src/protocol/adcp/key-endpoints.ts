import type { JsonObject } from '../../engine/types.ts';
import type { Endpoint, Reply, RequestHead } from '../endpoint.ts';
import { publicBase } from '../public-base.ts';

/** Where receivers of notifications look for the keys that they are signed with, and for who signs. Source: RFC 8615; AdCP webhook signing. */
export const keySetPath = '/.well-known/jwks.json';
export const brandPath = '/.well-known/brand.json';

export interface KeyEndpointOptions {
  /** Public keys of this server, as members of a JWK set (RFC 7517). */
  readonly publishedKeys: () => Promise<readonly JsonObject[]>;
  /** Address of the server as callers see it, without a slash at its end; empty: the one that a request names. */
  readonly publicUrl: string;
  /** Doors at which agents live. */
  readonly agentPaths: readonly { readonly id: string; readonly path: string }[];
}

/** A key is published an hour before it signs, so that lists kept for half of that are never too old. */
const keptSeconds = 1_800;

function document(body: JsonObject): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': `public, max-age=${keptSeconds}` },
    body: JSON.stringify(body),
  };
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { status, message } }),
  };
}

function readOnly(path: string, answer: (head: RequestHead) => Promise<Reply>): Endpoint {
  return {
    envelope: 'rest',
    async admit(head) {
      const reply =
        head.path !== path
          ? refusal(404, `There is nothing here; ${path} is.`)
          : head.method === 'GET' || head.method === 'HEAD'
            ? await answer(head)
            : refusal(405, 'This can only be read.', { allow: 'GET, HEAD' });
      return { admitted: false, reply };
    },
  };
}

/** The JWK set. */
export function createKeySetEndpoint({ publishedKeys }: KeyEndpointOptions): Endpoint {
  return readOnly(keySetPath, async () => document({ keys: await publishedKeys() }));
}

/** The operator's brand.json, as far as it concerns keys: which agents are here, and where their keys are. Source: AdCP `brand.json`. */
export function createBrandEndpoint({ publicUrl, agentPaths }: KeyEndpointOptions): Endpoint {
  return readOnly(brandPath, async (head) => {
    const base = publicBase(publicUrl, head);
    if (base === null) return refusal(400, 'Send a Host header, so that the document can name an address.');
    const agents = agentPaths.map(({ id, path }) => ({
      type: 'sales',
      id,
      url: base + path,
      jwks_uri: base + keySetPath,
    }));
    return document({ version: '1.0', agents });
  });
}
