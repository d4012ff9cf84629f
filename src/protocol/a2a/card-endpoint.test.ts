import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { JsonObject } from '../../engine/types.ts';
import { operationNames } from '../adcp/operation-names.ts';
import type { Reply } from '../endpoint.ts';
import { createAgentCardEndpoint } from './card-endpoint.ts';

const build = {
  version: '1.2.3',
  supportedBilling: [],
  publicUrl: '',
  requestSigning: null,
  testScenarios: [],
};
const cardPath = '/.well-known/agent-card.json';

async function ask(path: string, host: string | undefined, publicUrl = '', method = 'GET'): Promise<Reply> {
  const endpoint = createAgentCardEndpoint({ build, publicUrl, doorPath: '/a2a' });
  const admission = await endpoint.admit({
    method,
    path,
    query: '',
    target: '/',
    address: '127.0.0.1',
    headers: { host },
  });
  assert.ok(!admission.admitted);
  return admission.reply;
}

async function card(host: string, publicUrl?: string): Promise<JsonObject> {
  const { status, body } = await ask(cardPath, host, publicUrl);
  assert.equal(status, 200);
  return JSON.parse(body ?? '') as JsonObject;
}

it('one card advertises both versions at one address', async () => {
  const both = await card('seller.example:8080');
  const url = 'http://seller.example:8080/a2a';
  assert.deepEqual([both['url'], both['protocolVersion'], both['version']], [url, '0.3.0', '1.2.3']);
  assert.deepEqual(both['supportedInterfaces'], [
    { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    { url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
  ]);
});

it('the profile is required and has no params; every operation is a skill by its name', async () => {
  const { capabilities, skills } = (await card('h')) as unknown as {
    readonly capabilities: { readonly extensions: readonly JsonObject[] };
    readonly skills: readonly JsonObject[];
  };
  assert.deepEqual(capabilities.extensions, [
    {
      uri: 'https://adcontextprotocol.org/extensions/adcp/v3',
      description: 'AdCP over A2A 1.0.',
      required: true,
    },
  ]);
  assert.deepEqual(
    skills.map(({ id }) => id),
    operationNames,
  );
  const open = skills.filter((skill) => skill['security'] === undefined).map(({ id }) => id);
  assert.deepEqual(open, ['get_adcp_capabilities']);
});

it('names the public address where there is one, and else that of the request if it is one', async () => {
  assert.equal((await card('10.0.0.1', 'https://s.example/rc'))['url'], 'https://s.example/rc/a2a');
  assert.equal((await card('[::1]:80'))['url'], 'http://[::1]:80/a2a');
  for (const host of [undefined, '', 'a/b', 'a@b', 'a b', 'a"', 'a:b', 'a?b', 'a#b']) {
    assert.equal((await ask(cardPath, host)).status, 400, host);
  }
});

it('is read below the door too, and cannot be written', async () => {
  assert.equal((await ask(`/a2a${cardPath}`, 'h')).status, 200);
  assert.equal((await ask(cardPath, 'h', '', 'POST')).headers['allow'], 'GET, HEAD');
  assert.equal((await ask(`${cardPath}/x`, 'h')).status, 404);
  assert.deepEqual(
    [(await ask('/a2a', 'h')).status, (await ask('/a2a', 'h')).headers['allow']],
    [405, 'POST'],
  );
});
