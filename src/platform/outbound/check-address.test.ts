import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAddressCheck, type LookUp } from './check-address.ts';
import { networksOf } from './public-address.ts';

const answering =
  (...addresses: readonly string[]): LookUp =>
  async () =>
    addresses.map((address) => ({ address }));

test('an address is refused when any place it leads to may not be called, and the reason names none', async () => {
  const refused = async (address: string, lookUp: LookUp): Promise<void> => {
    const refusal = await createAddressCheck({ allowNetworks: [] }, lookUp)(address);
    assert.notEqual(refusal, null, address);
    assert.doesNotMatch(refusal ?? '', /\d/);
  };
  await refused('https://name.example/', answering('10.1.2.3'));
  await refused('https://name.example/', answering('93.184.216.34', 'fd00::1'));
  await refused('https://127.0.0.1/', answering());
  await refused('https://[::1]:8443/', answering());
  await refused('http://name.example/', answering('93.184.216.34'));
  await refused('https://user:word@name.example/', answering('93.184.216.34'));
  await refused('nowhere', answering());
});

test('a public address, a name that leads nowhere yet and an own network are taken', async () => {
  const strict = { allowNetworks: [] };
  const nowhere: LookUp = () => Promise.reject(new Error('ENOTFOUND'));
  assert.equal(
    await createAddressCheck(strict, answering('93.184.216.34'))('https://name.example:9443/a?b'),
    null,
  );
  assert.equal(await createAddressCheck(strict, nowhere)('https://name.example/'), null);
  const own = { allowNetworks: networksOf(['127.0.0.0/8']) };
  assert.equal(await createAddressCheck(own, answering('127.0.0.1'))('http://name.example/'), null);
});

test('a name server that does not answer is not waited for', { timeout: 20_000 }, async () => {
  const silent: LookUp = () => new Promise(() => {});
  assert.equal(await createAddressCheck({ allowNetworks: [] }, silent)('https://name.example/'), null);
});
