import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { editDistance, nearest } from './options-nearest.ts';
import { resolveOptions } from './options-resolve.ts';
import { integer, list, text, UsageFault } from './options-table.ts';
import { serveOptions, settings } from './options.ts';

const flags = (entries: Readonly<Record<string, readonly string[]>> = {}) => new Map(Object.entries(entries));
const serve = (
  sources: Partial<{
    flags: ReadonlyMap<string, readonly string[]>;
    environment: Record<string, string>;
    file: unknown;
  }>,
) => resolveOptions(serveOptions, settings, { flags: flags(), environment: {}, file: null, ...sources });

const refused = (words: RegExp) => (thrown: unknown) =>
  thrown instanceof UsageFault && words.test(thrown.message);

test('without any source every setting has its default', () => {
  assert.deepEqual(serve({}), {
    host: '127.0.0.1',
    port: 8080,
    data: './data',
    databaseUrl: '',
    minimumSize: 1000,
    waitMs: 1000,
    matchSchedule: 'immediate',
    matchTimezone: 'UTC',
    sandbox: true,
    buyerAccounts: true,
    logLevel: 'info',
    allowHost: [],
    allowNetwork: [],
    forwarding: false,
    failureRate: 10,
    readRate: 300,
    writeRate: 60,
    trustProxy: [],
    signedRequests: false,
    signedFor: [],
    signedDigest: 'either',
    products: '',
    testController: false,
    publicUrl: '',
    drainMs: 0,
  });
});

test('flag beats environment beats file beats default, for each setting and each set of sources', () => {
  const sources = fc.record({ flag: fc.boolean(), environment: fc.boolean(), file: fc.boolean() });
  fc.assert(
    fc.property(sources, (given) => {
      const values = serve({
        flags: flags(given.flag ? { 'wait-ms': ['1'] } : {}),
        environment: given.environment ? { ROLLCALL_WAIT_MS: '2' } : {},
        file: given.file ? { 'wait-ms': 3 } : {},
      });
      const expected = given.flag ? 1 : given.environment ? 2 : given.file ? 3 : 1000;
      assert.equal(values.waitMs, expected);
    }),
  );
});

test('PORT is honoured, behind ROLLCALL_PORT; an empty variable counts as not set', () => {
  assert.equal(serve({ environment: { PORT: '9000' } }).port, 9000);
  assert.equal(serve({ environment: { PORT: '9000', ROLLCALL_PORT: '9001' } }).port, 9001);
  assert.equal(serve({ environment: { PORT: '9000', ROLLCALL_PORT: '' } }).port, 9000);
});

test('the public address is one that a document may name', () => {
  const read = (value: string): string => serve({ flags: flags({ 'public-url': [value] }) }).publicUrl;
  assert.equal(read('https://Ads.Example/'), 'https://ads.example');
  assert.equal(read('http://ads.example:81/rollcall/'), 'http://ads.example:81/rollcall');
  for (const odd of ['ads.example', 'ftp://a', 'https://u:p@a', 'https://a?b', 'https://a#b', 'https://']) {
    assert.throws(() => read(odd), refused(/public-url takes an address/), odd);
  }
});

test('an unknown setting is refused with the nearest name, wherever it stands', () => {
  assert.throws(() => serve({ flags: flags({ prot: ['1'] }) }), refused(/--prot\. Did you mean --port\?/));
  assert.throws(
    () => serve({ environment: { ROLLCALL_MINIMUN_SIZE: '1' } }),
    refused(/Did you mean ROLLCALL_MINIMUM_SIZE\?/),
  );
  assert.throws(() => serve({ file: { 'log-levle': 'info' } }), refused(/Did you mean log-level\?/));
  assert.throws(() => serve({ flags: flags({ zzzzzzzz: ['1'] }) }), refused(/See --help/));
});

test('a setting of another command is welcome in the file and the environment, not as a flag', () => {
  const table = { one: text({ name: 'one', fallback: '', help: 'One.' }) };
  const sources = { flags: flags(), environment: { ROLLCALL_PORT: '1' }, file: { port: 1 } };
  assert.deepEqual(resolveOptions(table, settings, sources), { one: '' });
  assert.throws(
    () => resolveOptions(table, settings, { ...sources, flags: flags({ port: ['1'] }) }),
    refused(/no option --port/),
  );
});

test('values out of range or of the wrong type name the setting and the place', () => {
  const cases: [Parameters<typeof serve>[0], RegExp][] = [
    [{ flags: flags({ port: ['70000'] }) }, /port takes a whole number from 0 to 65535 \(in --port\)/],
    [{ flags: flags({ 'minimum-size': ['99'] }) }, /minimum-size takes a whole number from 100/],
    [{ environment: { ROLLCALL_PORT: 'x' } }, /in ROLLCALL_PORT/],
    [{ environment: { ROLLCALL_SANDBOX: 'perhaps' } }, /sandbox takes yes or no/],
    [{ file: { port: '8080' } }, /port in the configuration file has the wrong type/],
    [{ file: { sandbox: 1 } }, /wrong type/],
    [{ file: { 'allow-host': ['a', 1] } }, /wrong type/],
    [{ file: { host: 1 } }, /wrong type/],
    [{ file: [] }, /one JSON object/],
    [{ flags: flags({ 'log-level': ['loud'] }) }, /one of debug, info, warn, error/],
    [{ flags: flags({ port: ['1', '2'] }) }, /given 2 times/],
  ];
  for (const [sources, words] of cases) assert.throws(() => serve(sources), refused(words));
});

test('another database than Postgres is refused by name and its URL is not repeated', () => {
  assert.throws(
    () => serve({ flags: flags({ 'database-url': ['mysql://hunter2/x'] }) }),
    (thrown) => refused(/database-url takes an address/)(thrown) && !/hunter2/.test(String(thrown)),
  );
  const url = 'postgres://user@db/x';
  assert.equal(serve({ flags: flags({ 'database-url': [url] }) }).databaseUrl, url);
  const withPassword = 'postgres://user:hunter2@db/x';
  assert.equal(serve({ environment: { ROLLCALL_DATABASE_URL: withPassword } }).databaseUrl, withPassword);
  assert.throws(
    () => serve({ flags: flags({ 'database-url': [withPassword] }) }),
    (thrown) => refused(/holds a secret/)(thrown) && !/hunter2/.test(String(thrown)),
  );
  assert.equal(serve({ flags: flags({ 'database-url': [''] }) }).databaseUrl, '');
});

test('a list grows with each flag and splits at commas', () => {
  assert.deepEqual(serve({ flags: flags({ 'allow-host': ['a', 'b, c'] }) }).allowHost, ['a', 'b', 'c']);
  assert.deepEqual(serve({ file: { 'allow-host': ['a', 'b'] } }).allowHost, ['a', 'b']);
});

test('a secret is refused as a flag and read from the environment', () => {
  const table = { key: text({ name: 'key', fallback: '', help: 'Key.', secret: true }) };
  const sources = { flags: flags(), environment: { ROLLCALL_KEY: 'k' }, file: null };
  assert.deepEqual(resolveOptions(table, table, sources), { key: 'k' });
  assert.throws(
    () => resolveOptions(table, table, { ...sources, flags: flags({ key: ['k'] }) }),
    refused(/ROLLCALL_KEY/),
  );
});

test('whole numbers only', () => {
  const option = integer({ name: 'n', fallback: 0, min: -5, max: 5, help: 'N.' });
  assert.equal(option.parse('-5'), -5);
  for (const bad of ['', '1.5', '1e3', '0x1', ' 1', '６']) assert.throws(() => option.parse(bad), UsageFault);
  assert.deepEqual(list({ name: 'l', fallback: [], help: 'L.' }).parse(',a,,'), ['a']);
});

test('edit distance is a distance, and one swap or letter is one', () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.equal(editDistance(a, b) === 0, a === b);
      assert.ok(editDistance(a, b) <= Math.max(a.length, b.length));
    }),
  );
  assert.equal(editDistance('port', 'prot'), 1);
  assert.equal(editDistance('port', 'ports'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(nearest('seve', ['serve', 'demo']), 'serve');
  assert.equal(nearest('xyz', ['serve', 'demo']), null);
});
