import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { identifierCodes } from '../../src/base/identifier-types.ts';
import { stagePeople } from '../../src/cli/people/stage-people.ts';
import { hashText } from '../../src/client/normalise/hash-text.ts';
import { createRecipeTally, type RecipeFinding } from '../../src/engine/forensics/diagnose.ts';
import { isNothingAmong, tokensOfNothing } from '../../src/engine/forensics/nothing-tokens.ts';
import type { RecipeIndex } from '../../src/engine/forensics/recipe-index.ts';
import { indexOf, type GraphSnapshot } from '../../src/engine/identity/snapshot.ts';
import { createTokeniser } from '../../src/engine/token/tokeniser.ts';
import { stderrLog } from '../../src/platform/log.ts';
import { nodePrimitives } from '../../src/platform/primitives.ts';
import { openAdmin, type OpenAdmin } from '../../src/server/admin/open-admin.ts';
import { readRecipes } from '../../src/server/graph/recipe-file.ts';
import { openStaging } from '../../src/server/graph/staging.ts';
import { openReaderAt } from '../../src/server/open-place.ts';
import { createGraphScripts, graphStampOf, loadGraph } from '../../src/service/graph-store.ts';

const userCount = 300;
const email = (i: number): string => `user.${i}+tag@example.com`;
const phone = (i: number): string => `+1206555${String(1_000 + i)}`;

interface Directory {
  readonly dataDir: string;
  readonly open: OpenAdmin;
}

async function newDirectory(t: TestContext): Promise<Directory> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-forensics-'));
  const open = await openAdmin(dataDir, stderrLog('error', false));
  t.after(async () => {
    await open.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { dataDir, open };
}

async function importUsers(
  { dataDir, open }: Directory,
  lines: readonly string[],
  { withForeign = true, replaces = false } = {},
): Promise<number | null> {
  const file = join(dataDir, 'users.csv');
  writeFileSync(file, ['id,email,phone', ...lines].join('\n'));
  const options = { file, idRequired: true, withForeign };
  const { stagedName } = await stagePeople(dataDir, open.secrets.tokenKey, options, replaces);
  const { recipes } = await open.admin.applyGraph({ stagedName });
  return recipes?.entryCount ?? null;
}

const allUsers = Array.from({ length: userCount }, (_, i) => `u${i},${email(i)},${phone(i)}`);

interface Stored {
  readonly graph: GraphSnapshot;
  readonly index: RecipeIndex | null;
}

function stored(dataDir: string): Stored {
  const reader = openReaderAt({ kind: 'sqlite', dataDir }, createGraphScripts());
  const state = reader.readNow('graphState', {});
  const graph = loadGraph(
    {
      readState: () => state,
      readPieceNos: (runNo) => reader.readNow('graphPieceNos', { runNo }),
      readPiece: (runNo, pieceNo) => reader.readNow('graphPiece', { runNo, pieceNo }),
    },
    nodePrimitives,
  );
  reader.close();
  return { graph, index: readRecipes(dataDir, graphStampOf(state), nodePrimitives) };
}

/** What is said of a list of these texts, each of them hashed. */
function diagnosed(
  { open }: Directory,
  { graph, index }: Stored,
  type: 'hashed_email' | 'hashed_phone',
  texts: readonly string[],
): readonly RecipeFinding[] {
  assert.ok(index !== null);
  const tokeniser = createTokeniser(open.secrets.tokenKey, nodePrimitives);
  const types = new Uint8Array(texts.length).fill(identifierCodes[type]);
  const digests = Buffer.from(texts.map(hashText).join(''), 'hex');
  const tally = createRecipeTally(
    index,
    indexOf(graph),
    isNothingAmong(tokensOfNothing(tokeniser, nodePrimitives)),
  );
  const identifierStart = Uint32Array.from({ length: texts.length + 1 }, (_, i) => i);
  const identifierToken = tokeniser.identifierTokens(types, digests);
  const block = {
    rowCount: texts.length,
    memberToken: new Uint32Array(texts.length * 4),
    tombstone: new Uint8Array(texts.length),
    identifierStart,
    identifierType: types,
    identifierToken,
  };
  tally.push(block, 0, texts.length);
  return tally.findings(100);
}

const users = Array.from({ length: userCount }, (_, i) => i);

test('lists made from the same people by each recipe are named as that recipe', async (t) => {
  const directory = await newDirectory(t);
  await importUsers(directory, allUsers);
  const state = stored(directory.dataDir);
  const said = (type: 'hashed_email' | 'hashed_phone', text: (i: number) => string): string[] =>
    diagnosed(directory, state, type, users.map(text)).map(({ recipe, band }) => `${recipe} ${band}`);
  const emails: Readonly<Record<string, (i: number) => string>> = {
    double_hash: (i) => hashText(email(i)),
    double_hash_upper: (i) => hashText(email(i)).toUpperCase(),
    untrimmed: (i) => `${email(i)}\n`,
    upper_case: (i) => email(i).toUpperCase(),
    all_folded: (i) => `user${i}@example.com`,
    amazon_filtered: (i) => `user.${i}tag@example.com`,
  };
  for (const [recipe, text] of Object.entries(emails)) {
    assert.deepEqual(said('hashed_email', text), [`${recipe} 90-100 %`]);
  }
  const phones: Readonly<Record<string, (i: number) => string>> = {
    double_hash: (i) => hashText(phone(i)),
    untrimmed: (i) => ` ${phone(i)}`,
    phone_without_plus: (i) => phone(i).slice(1),
    phone_national: (i) => phone(i).slice(2),
    phone_double_zero: (i) => `00${phone(i).slice(1)}`,
  };
  for (const [recipe, text] of Object.entries(phones)) {
    assert.deepEqual(said('hashed_phone', text), [`${recipe} 90-100 %`]);
  }
  assert.deepEqual(said('hashed_email', email), []);
  assert.deepEqual(
    said('hashed_email', (i) => `stranger${i}@example.org`),
    [],
  );
});

test('users who are removed or replaced take their entries with them, with or without the switch', async (t) => {
  const directory = await newDirectory(t);
  const { dataDir, open } = directory;
  const entries = async (): Promise<number> => stored(dataDir).index?.run.entryCount ?? 0;
  await importUsers(directory, allUsers);
  const full = await entries();
  const perUser = full / userCount;
  assert.equal(perUser, 8 + 8);

  await importUsers(directory, [`u0,${email(0)},`], { withForeign: false, replaces: true });
  assert.equal(await entries(), full - perUser, 'a replaced user has none until an import brings them');
  await importUsers(directory, [`u0,${email(0)},`]);
  assert.equal(await entries(), full - perUser / 2);
  await importUsers(directory, [`new,new@example.com,`], { withForeign: false });
  assert.equal(await entries(), full - perUser / 2);

  const tokeniser = createTokeniser(open.secrets.tokenKey, nodePrimitives);
  const stagedName = 'import-00000000-0000-4000-8000-000000000000.tokens';
  const staging = openStaging(join(dataDir, stagedName), nodePrimitives);
  for (let i = 0; i < userCount; i++) staging.putRemovals('removePersons', tokeniser.userToken(`u${i}`));
  staging.close();
  await open.admin.applyGraph({ stagedName });
  assert.equal(await entries(), 0);
});

test('an import of nothing but recipes leaves the graph alone', async (t) => {
  const directory = await newDirectory(t);
  const { dataDir } = directory;
  assert.equal(await importUsers(directory, allUsers, { withForeign: false }), null);
  assert.ok(!existsSync(join(dataDir, 'forensics.bin')));
  const before = stored(dataDir);
  assert.equal(before.index, null);
  await importUsers(directory, allUsers);
  const after = stored(dataDir);
  assert.equal(after.graph.version, before.graph.version);
  assert.deepEqual(after.graph.base.memory, before.graph.base.memory);
  assert.equal(after.index?.run.entryCount, userCount * 16);
});

test('a file of another state, or a damaged one, is not used', async (t) => {
  const directory = await newDirectory(t);
  const { dataDir } = directory;
  await importUsers(directory, allUsers);
  const file = join(dataDir, 'forensics.bin');
  const old = readFileSync(file);
  await importUsers(directory, ['one,one@example.com,']);
  const current = readFileSync(file);

  writeFileSync(file, old);
  assert.equal(stored(dataDir).index, null, 'of the state before');
  // As after a crash between the move of the graph and the renaming.
  writeFileSync(join(dataDir, 'forensics.next'), current);
  assert.ok(stored(dataDir).index !== null, 'of the state that the crash left');
  renameSync(join(dataDir, 'forensics.next'), file);
  const damaged = Buffer.from(current);
  damaged[damaged.length - 9]! ^= 1;
  writeFileSync(file, damaged);
  assert.equal(stored(dataDir).index, null, 'damaged');

  writeFileSync(file, old);
  await importUsers(directory, ['two,two@example.com,'], { withForeign: false });
  assert.ok(!existsSync(file), 'what belongs to no state is erased by the next import');
});
