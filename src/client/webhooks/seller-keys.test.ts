/** Keys found from a seller's address, over HTTP, and what is said when a step of it fails. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { createOutbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { keysOfFile } from './key-file.ts';
import { KeyFault } from './key-fault.ts';
import { keysAt, keysOfSeller } from './seller-keys.ts';
import { testKey } from './testing/deliveries.ts';

const outbound = createOutbound({ allowNetworks: networksOf(['127.0.0.0/8']) });
const jwks = { keys: [testKey('k1').published] };

/** What the seller says; changed by each test. */
let capabilities: object = {};
let pages: Readonly<Record<string, unknown>> = {};
let mcpStatus = 200;

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const send = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const page = pages[request.url ?? ''];
    if (request.url !== '/mcp') return page === undefined ? send(404, {}) : send(200, page);
    if (request.method !== 'POST') return send(405, {});
    if (mcpStatus !== 200) return send(mcpStatus, {});
    const { id, method } = JSON.parse(text) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    const info = {
      protocolVersion: '2025-03-26',
      capabilities: { tools: {} },
      serverInfo: { name: 's', version: '1' },
    };
    const result =
      method === 'initialize' ? info : { content: [{ type: 'text', text: JSON.stringify(capabilities) }] };
    return send(200, { jsonrpc: '2.0', id, result });
  });
});

let origin = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

const agent = (): string => `${origin}/mcp`;

async function fault(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof KeyFault, String(error));
    assert.ok(error.fix.length > 15);
    return error.message;
  }
  return assert.fail('it was found');
}

const sellerFault = async (): Promise<string> => fault(async () => keysOfSeller(outbound, agent()));

test('the way through capabilities, brand.json and agents, with and without jwks_uri', async () => {
  capabilities = {
    identity: { brand_json_url: `${origin}/brand`, key_origins: { webhook_signing: origin } },
  };
  pages = { '/brand': { agents: [{ url: agent(), jwks_uri: `${origin}/keys` }] }, '/keys': jwks };
  assert.equal((await keysOfSeller(outbound, agent())).from, `${origin}/keys`);
  pages = { '/brand': { brands: [{ agents: [{ url: agent() }] }] }, '/.well-known/jwks.json': jwks };
  const { keys, from } = await keysOfSeller(outbound, agent());
  assert.deepEqual([keys[0]?.kid, from], ['k1', `${origin}/.well-known/jwks.json`]);
  pages = {
    '/brand': { authoritative_location: `${origin}/real` },
    '/real': { house: { agents: [{ url: agent() }] } },
    '/.well-known/jwks.json': jwks,
  };
  assert.equal((await keysOfSeller(outbound, agent())).keys.length, 1);
});

test('a seller without TLS can declare nothing, and is asked at the usual place', async () => {
  capabilities = {};
  pages = { '/.well-known/brand.json': { agents: [{ url: agent() }] }, '/.well-known/jwks.json': jwks };
  assert.equal((await keysOfSeller(outbound, agent())).keys.length, 1);
});

test('each step that fails is named', async () => {
  capabilities = { identity: { brand_json_url: `${origin}/brand` } };
  pages = {};
  assert.match(await sellerFault(), /The brand\.json at .*\/brand answers with HTTP 404/);
  pages = { '/brand': { agents: [] } };
  assert.match(await sellerFault(), /no entry in agents\[\].*It lists no agent/);
  pages = { '/brand': { agents: [{ url: `${agent()}/` }] } };
  assert.match(await sellerFault(), /It lists http.*\/mcp\/\. .*byte for byte/);
  pages = { '/brand': { agents: [{ url: agent() }, { url: agent() }] } };
  assert.match(await sellerFault(), /twice/);
  pages = { '/brand': { agents: [{ url: agent(), jwks_uri: 7 }] } };
  assert.match(await sellerFault(), /jwks_uri .* is no address/);
  pages = { '/brand': { agents: [{ url: agent(), jwks_uri: 'http://10.9.8.7/keys' }] } };
  assert.match(await sellerFault(), /may not be called.*--allow-network/);
  pages = { '/brand': { authoritative_location: `${origin}/brand` } };
  assert.match(await sellerFault(), /leads on and on/);
  pages = { '/brand': { agents: [{ url: agent() }] }, '/.well-known/jwks.json': { keys: [] } };
  assert.match(await sellerFault(), /no key with a "kid"/);
  capabilities = {
    identity: { brand_json_url: `${origin}/brand`, key_origins: { webhook_signing: 'https://keys.example' } },
  };
  assert.match(await sellerFault(), /declares https:\/\/keys\.example/);
});

test('a seller that cannot be asked', async (t) => {
  t.after(() => (mcpStatus = 200));
  mcpStatus = 401;
  assert.match(await sellerFault(), /wants a key.*HTTP 401.*--jwks-url/);
  mcpStatus = 404;
  assert.match(await sellerFault(), /HTTP 404 where MCP was expected/);
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const nowhere = fault(async () => keysOfSeller(outbound, `http://127.0.0.1:${port}/mcp`));
  assert.match(await nowhere, /cannot be reached \(ECONNREFUSED\)/);
});

test('key sets at an address and in a file', async (t) => {
  pages = { '/keys': jwks, '/text': 'x', '/large': 'x'.repeat(1_100_000) };
  assert.equal((await keysAt(outbound, `${origin}/keys`)).keys.length, 1);
  assert.match(await fault(async () => keysAt(outbound, `${origin}/text`)), /is no key set/);
  assert.match(await fault(async () => keysAt(outbound, `${origin}/large`)), /larger than 1048576 bytes/);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys: [{ ...jwks.keys[0], d: 'private' }] }));
  assert.doesNotMatch(JSON.stringify(keysOfFile(file)), /private/);
  writeFileSync(file, '{');
  assert.match(await fault(async () => Promise.resolve(keysOfFile(file))), /is no JSON/);
  assert.match(await fault(async () => Promise.resolve(keysOfFile(join(folder, 'none')))), /cannot be read/);
});
