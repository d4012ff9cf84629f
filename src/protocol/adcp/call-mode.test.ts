import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { Json } from '../../engine/types.ts';
import { memberPolicyOf } from './call-mode.ts';

const call = (args: Json, name = 'sync_audiences'): Json => ({
  method: 'tools/call',
  params: { name, arguments: args },
});

const message = (...parts: Json[]): Json => ({ method: 'SendMessage', params: { message: { parts } } });
const invocation = (args: Json, name = 'input', skill = 'sync_audiences'): Json => ({
  data: { skill, [name]: args },
});

it('finds the arguments in the one data part of an A2A message', () => {
  const lenient = { derivesMissingKeys: true, invalidMembers: 'fail' };
  const strict = { derivesMissingKeys: false, invalidMembers: 'fail' };
  for (const name of ['input', 'parameters']) {
    assert.deepEqual(memberPolicyOf(message({ text: 'x' }, invocation({}, name)), 'a2a'), lenient);
    assert.deepEqual(memberPolicyOf(message(invocation({ adcp_version: '3.1' }, name)), 'a2a'), strict);
    assert.deepEqual(memberPolicyOf(message(invocation({}, name, 'sync_accounts')), 'a2a'), strict);
    const ext = { rollcall: { invalid_members: 'skip' } };
    assert.equal(memberPolicyOf(message(invocation({ ext }, name)), 'a2a').invalidMembers, 'skip');
  }
  for (const odd of [
    call({}),
    message(),
    message({ data: 1 }),
    message(invocation({}), invocation({})),
    null,
  ]) {
    assert.deepEqual(memberPolicyOf(odd, 'a2a'), strict, JSON.stringify(odd));
  }
  assert.deepEqual(memberPolicyOf(message(invocation({})), 'mcp'), strict);
});

it('derives keys only for callers that send neither key nor version', () => {
  assert.deepEqual(memberPolicyOf(call({}), 'mcp'), { derivesMissingKeys: true, invalidMembers: 'fail' });
  for (const name of ['idempotency_key', 'adcp_version', 'adcp_major_version']) {
    assert.equal(memberPolicyOf(call({ [name]: 1 }), 'mcp').derivesMissingKeys, false, name);
  }
  assert.equal(memberPolicyOf(call({}, 'sync_accounts'), 'mcp').derivesMissingKeys, false);
  assert.equal(memberPolicyOf({}, 'rest').derivesMissingKeys, false);
});

it('skips bad members only when asked in exactly these words', () => {
  const ext = { rollcall: { invalid_members: 'skip' } };
  assert.equal(memberPolicyOf(call({ ext }), 'mcp').invalidMembers, 'skip');
  assert.equal(memberPolicyOf({ ext }, 'rest').invalidMembers, 'skip');
  assert.equal(memberPolicyOf({ ext }, 'mcp').invalidMembers, 'fail');
  assert.equal(
    memberPolicyOf(call({ ext: { rollcall: { invalid_members: 'SKIP' } } }), 'mcp').invalidMembers,
    'fail',
  );
});

it('gives the strict policy to any shape that is not a call', () => {
  for (const odd of [
    null,
    1,
    'x',
    [],
    [call({})],
    { params: null },
    { params: { arguments: [] } },
  ] as Json[]) {
    assert.deepEqual(memberPolicyOf(odd, 'mcp'), { derivesMissingKeys: false, invalidMembers: 'fail' });
  }
});
