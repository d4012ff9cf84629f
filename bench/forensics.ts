/**
 * What forensics costs: imports with and without it, the index that comes of it, look-ups, and a diagnosis.
 * Prints JSON with what was found. Run: `node bench/forensics.ts [--smoke] [--json FILE]`.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { identifierCodes } from '../src/base/identifier-types.ts';
import { stagePeople } from '../src/cli/people/stage-people.ts';
import { createRecipeTally } from '../src/engine/forensics/diagnose.ts';
import { isNothingAmong, tokensOfNothing } from '../src/engine/forensics/nothing-tokens.ts';
import { findRecipes, type RecipeIndex } from '../src/engine/forensics/recipe-index.ts';
import { decodeRecipes } from '../src/engine/forensics/stored-recipes.ts';
import { emptySnapshot, indexOf } from '../src/engine/identity/snapshot.ts';
import { createTokeniser, type Tokeniser } from '../src/engine/token/tokeniser.ts';
import { stderrLog } from '../src/platform/log.ts';
import { nodePrimitives } from '../src/platform/primitives.ts';
import { openAdmin } from '../src/server/admin/open-admin.ts';

const { values: flags } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const userCount = flags.smoke ? 2_000 : 1_000_000;
const listCount = flags.smoke ? 1_000 : 1_000_000;
const rounds = flags.smoke ? 1 : 5;

/** A third at Gmail, half with a dot. */
function emailOf(i: number): string {
  const host = ['gmail.com', 'example.com', 'web.de'][i % 3]!;
  return `${i % 2 === 0 ? 'jdoe' : 'Jane.Doe'}${i}@${host}`;
}

async function writeUsers(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('user_id,email,phone\n');
  for (let i = 0; i < userCount; i++) {
    if (!out.write(`u${i},${emailOf(i)},+1${2_065_550_000 + i}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

const seconds = (from: number): number => Number(((performance.now() - from) / 1_000).toFixed(3));

async function importUsers(
  directory: string,
  file: string,
  withForeign: boolean,
): Promise<{ readonly facts: object; readonly dataDir: string; readonly tokenKey: Uint8Array }> {
  const dataDir = join(directory, withForeign ? 'with' : 'without');
  const { admin, secrets, close } = await openAdmin(dataDir, stderrLog('error', false));
  let from = performance.now();
  const options = { file, idRequired: true, withForeign };
  const { stagedName } = await stagePeople(dataDir, secrets.tokenKey, options, false);
  const readSeconds = seconds(from);
  const stagedBytes = (await stat(join(dataDir, stagedName))).size;
  from = performance.now();
  const { recipes } = await admin.applyGraph({ stagedName });
  const applySeconds = seconds(from);
  await close();
  return { facts: { readSeconds, stagedBytes, applySeconds, recipes }, dataDir, tokenKey: secrets.tokenKey };
}

/** A list of which every e-mail was hashed twice, in an order of its own. */
function doubledList(tokeniser: Tokeniser): Uint32Array {
  const sha = (text: string): Buffer => createHash('sha256').update(text).digest();
  const digests = Buffer.alloc(listCount * 32);
  for (let i = 0; i < listCount; i++) {
    const email = emailOf((i * 7_919) % userCount).toLowerCase();
    digests.set(sha(sha(email).toString('hex')), i * 32);
  }
  return tokeniser.identifierTokens(new Uint8Array(listCount).fill(identifierCodes.hashed_email), digests);
}

function best(work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const from = performance.now();
    work();
    return performance.now() - from;
  });
  return Math.min(...times);
}

function measureQuestions(index: RecipeIndex, tokens: Uint32Array, tokeniser: Tokeniser): object {
  let hits = 0;
  const lookupMs = best(() => {
    hits = 0;
    findRecipes(index, tokens, 0, listCount, () => (hits += 1));
  });
  const isNothing = isNothingAmong(tokensOfNothing(tokeniser, nodePrimitives));
  const graph = { ...indexOf(emptySnapshot), personCount: userCount };
  const diagnose = (rowCount: number): { ms: number; findings: unknown; sampled: number } => {
    const block = {
      rowCount,
      memberToken: new Uint32Array(0),
      tombstone: new Uint8Array(rowCount),
      identifierStart: Uint32Array.from({ length: rowCount + 1 }, (_, i) => i),
      identifierType: new Uint8Array(rowCount).fill(identifierCodes.hashed_email),
      identifierToken: tokens,
    };
    let findings: unknown;
    let sampled = 0;
    const ms = best(() => {
      const tally = createRecipeTally(index, graph, isNothing);
      tally.push(block, 0, rowCount);
      findings = tally.findings(100);
      sampled = tally.counts('hashed_email').sampledCount;
    });
    return { ms: Number(ms.toFixed(2)), findings, sampled };
  };
  const lookupsPerSecond = Math.round((listCount / lookupMs) * 1_000);
  const sampledPerSecond = Math.round((diagnose(listCount).sampled / lookupMs) * 1_000);
  const small = Math.min(5_000, listCount);
  return { hits, lookupsPerSecond, sampledPerSecond, small: diagnose(small), large: diagnose(listCount) };
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-bench-forensics-'));
  try {
    const file = join(directory, 'users.csv');
    await writeUsers(file);
    const without = await importUsers(directory, file, false);
    const withForeign = await importUsers(directory, file, true);
    const bytes = await readFile(join(withForeign.dataDir, 'forensics.bin'));
    const from = performance.now();
    const read = decodeRecipes(bytes, nodePrimitives);
    const readSeconds = seconds(from);
    if (!read.ok) throw new Error(`the index is damaged: ${read.fault}`);
    const tokeniser = createTokeniser(withForeign.tokenKey, nodePrimitives);
    const questions = measureQuestions(read.index, doubledList(tokeniser), tokeniser);
    const report = {
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      users: userCount,
      without: without.facts,
      with: withForeign.facts,
      index: { bytes: bytes.length, memoryBytes: read.index.run.memory.byteLength, readSeconds },
      questions,
    };
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (flags.json !== undefined) await writeFile(flags.json, text);
    console.log(text);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
