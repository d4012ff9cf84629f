/** A client that is generated from the document of a running server, checked by TypeScript, and used. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import SwaggerParser from '@apidevtools/swagger-parser';
import { parse } from 'yaml';

import { newRestBuyer, type RestBuyer } from '../support/rest-buyer.ts';
import { restBase, type OpenApi } from '../support/rest.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'rollcall-client-'));
let seller: Seller;
let buyer: RestBuyer;
before(async () => {
  seller = await startSeller();
  await seller.addUsers([{ id: 'u', emails: ['ada@example.com'] }]);
  buyer = await newRestBuyer(seller);
});
after(async () => {
  await seller.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Ran {
  readonly ok: boolean;
  readonly out: string;
}

function node(...args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(process.execPath, [...args], { cwd: dir, timeout: 120_000 }, (error, out, err) =>
      done({ ok: error === null, out: out + err }),
    );
  });
}

/** A buyer's program. It is written as its author would: every name and type comes from the generated client. */
const program = `
import { ok } from '@oazapfts/runtime';
import { defaults, getTask, listAudiences, syncAudiences, type Member } from './client.ts';

const [base = '', key = '', advertiser = '', hash = ''] = process.argv.slice(2);
defaults.baseUrl = base;
defaults.headers = { authorization: \`Bearer \${key}\` };

const add: Member[] = [{ externalId: 'ada', hashedEmail: hash }, { externalId: 'x', uids: [{ type: 'maid', value: 'm' }] }];
const { taskId } = await ok(
  syncAudiences(advertiser, { audiences: [{ audienceId: 'generated', add }] }, { idempotencyKey: 'once' }),
);
let { task } = await ok(getTask(taskId));
while (task.retryAfterSeconds !== null) ({ task } = await ok(getTask(taskId)));
const matched: number | undefined = task.response?.audiences[0]?.matched_count;
const list = await ok(listAudiences(advertiser, { take: 10 }));
const refused = await listAudiences('nobody');
const code = refused.status === 404 ? refused.data.error.code : 'nothing';
console.log(JSON.stringify([task.status, matched, list.total, list.audiences[0]?.status, code]));
`;

/** The same program with a mistake that only the types of the client can find. */
const mistaken = program.replace('hashedEmail: hash', 'hashed_email: hash');

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text);
}

async function typesOf(file: string): Promise<Ran> {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, target: 'es2024', lib: ['es2024', 'dom'] },
    ...{ module: 'nodenext', types: ['node'], allowImportingTsExtensions: true },
    ...{ erasableSyntaxOnly: true, verbatimModuleSyntax: true },
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
  return node(join(modules, 'typescript', 'bin', 'tsc'), '-p', join(dir, 'tsconfig.json'));
}

test('the document is valid OpenAPI 3.1, and a broken one would be noticed', async () => {
  const served = await fetch(`${seller.url}${restBase}/openapi.yaml`);
  const text = await served.text();
  const document = parse(text) as OpenApi;
  assert.equal(document.openapi, '3.1.0');
  const validate = async (value: unknown): Promise<unknown> =>
    SwaggerParser.validate(structuredClone(value) as never);
  await validate(document);
  const [path = ''] = Object.keys(document.paths);
  await assert.rejects(
    validate({ ...document, paths: { ...document.paths, [path]: { post: { parameters: 5 } } } }),
  );
  await assert.rejects(validate({ ...document, info: {} }));
});

test('a generated client has the types of this API, and syncs, polls and lists with them', async () => {
  symlinkSync(modules, join(dir, 'node_modules'), 'junction');
  write('package.json', '{"type": "module"}');
  const served = await fetch(`${seller.url}${restBase}/openapi.yaml`);
  write('openapi.yaml', await served.text());
  const made = await node(join(modules, 'oazapfts', 'dist', 'cli.js'), 'openapi.yaml', 'client.ts');
  assert.ok(made.ok, made.out);
  write('program.ts', program);
  write('mistaken.ts', mistaken);
  const checked = await typesOf('program.ts');
  assert.ok(checked.ok, checked.out);
  const unchecked = await typesOf('mistaken.ts');
  assert.ok(!unchecked.ok && unchecked.out.includes('hashed_email'), unchecked.out);
  const { key, accountId } = buyer.buyer;
  const ran = await node('program.ts', `${seller.url}${restBase}`, key, accountId, sha256('ada@example.com'));
  assert.ok(ran.ok, ran.out);
  assert.deepEqual(JSON.parse(ran.out), ['completed', 1, 1, 'READY', 'NOT_FOUND']);
});
