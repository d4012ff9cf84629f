/**
 * Times preparing a file of people (id, e-mail and phone in clear text, phones in several spellings and five
 * countries) against the pipeline that is usually written for it: csv-parse, createHash and libphonenumber-js in
 * one thread. The two run in turns in one process; a digest over ids and hashes in file order must be the same.
 * Prints seconds (best and median) and the ratio of the bests. The usual pipeline runs every second round only
 * when the file is large, because it takes long.
 * Run: `node bench/import.ts [--rows 1000000] [--rounds 3] [--threads 2] [--json FILE] [--smoke]`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { parse } from 'csv-parse';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';

import { assert } from '../src/base/assert.ts';
import { identifierCodes } from '../src/base/identifier-types.ts';
import { preparePeople } from '../src/client/prepare/prepare-people.ts';
import { seededRandom } from '../src/client/world/random.ts';
import type { MemberColumns } from '../src/engine/types.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});
const rowCount = Number(flags.rows ?? (flags.smoke ? 3_000 : 1_000_000));
const roundCount = Number(flags.rounds ?? (flags.smoke ? 1 : 3));
const threads = Number(flags.threads);
assert(Number.isInteger(rowCount) && rowCount > 0, () => '--rows is a number of rows');
assert(Number.isInteger(roundCount) && roundCount > 0, () => '--rounds is a number of rounds');

interface Outcome {
  readonly seconds: number;
  readonly people: number;
  readonly identifiers: number;
  readonly digest: string;
}

/** The seven last digits make a number; around them come the spellings that exports hold. */
function phoneText(row: number, random: number): string {
  const seven = String(row % 10_000_000).padStart(7, '0');
  const [three, four] = [seven.slice(0, 3), seven.slice(3)];
  switch (random) {
    case 0:
      return `+1206${seven}`;
    case 1:
      return `(206) ${three}-${four}`;
    case 2:
      return `206.${three}.${four}`;
    case 3:
      return `+1 206-${three}-${four}`;
    case 4:
      return `+44 7400 ${seven.slice(1)}`;
    case 5:
      return `+49 1511 ${seven}`;
    case 6:
      return `+33 6 1${seven}`;
    default:
      return `+55 (11) 91${three}-${four}`;
  }
}

/** One row in 2,000 has a broken address, one a spelling that only the phone library reads. */
async function writePeople(file: string): Promise<void> {
  const random = seededRandom(20_260_101);
  const hosts = ['gmail.com', 'Example.com', 'outlook.com', 'web.de', 'orange.fr'];
  const handle = await open(file, 'w');
  let text = 'external_id,email,phone\n';
  for (let row = 0; row < rowCount; row++) {
    const name = `${random.pick(['jane', 'John', 'maria', 'SOFIA', 'li'])}.${random.pick(['doe', 'Smith', 'silva'])}`;
    const blank = random.chance(5) ? ' ' : '';
    const email = random.int(2_000) === 0 ? 'not an address' : `${blank}${name}${row}@${random.pick(hosts)}`;
    const odd = random.int(2_000) === 0;
    const phone = odd ? `206/555-${1000 + (row % 9000)} ext. 7` : phoneText(row, random.int(8));
    text += `crm_${row},${email},${random.chance(75) ? phone : ''}\n`;
    if (text.length > 1 << 20) {
      await handle.write(text);
      text = '';
    }
  }
  await handle.write(text);
  await handle.close();
}

const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What is usually written. Its answers are the measure, so it may use none of our code. */
async function usual(file: string): Promise<Outcome> {
  const started = performance.now();
  const answer: string[] = [];
  let people = 0;
  let identifiers = 0;
  const rows = createReadStream(file).pipe(parse({ columns: true }));
  for await (const row of rows as AsyncIterable<Record<'external_id' | 'email' | 'phone', string>>) {
    const email = row.email.trim().toLowerCase();
    const number = parsePhoneNumberFromString(row.phone, 'US' satisfies CountryCode);
    const hashes: string[] = [];
    if (emailShape.test(email)) hashes.push(`e${sha256Hex(email)}`);
    if (number?.isPossible() === true) hashes.push(`p${sha256Hex(number.number)}`);
    if (hashes.length === 0) continue;
    people++;
    identifiers += hashes.length;
    answer.push(`${row.external_id}:${hashes.join(',')}\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  const sum = createHash('sha256');
  for (const line of answer) sum.update(line);
  return { seconds, people, identifiers, digest: sum.digest('hex') };
}

/** Ours. Both pipelines keep their answers while they are timed and digest them afterwards. */
async function ours(file: string): Promise<Outcome> {
  const batches: MemberColumns[] = [];
  const started = performance.now();
  const report = await preparePeople({ file, defaultCountry: 'US', idRequired: true, threads }, (batch) => {
    batches.push(batch);
    return Promise.resolve();
  });
  const seconds = (performance.now() - started) / 1000;
  const sum = createHash('sha256');
  for (const batch of batches) sum.update(textOfBatch(batch));
  return { seconds, people: report.people, identifiers: report.identifiers, digest: sum.digest('hex') };
}

function textOfBatch(batch: MemberColumns): string {
  const ids = Buffer.from(batch.externalIdBytes);
  const digests = Buffer.from(batch.identifierDigest);
  let text = '';
  for (let row = 0; row < batch.rowCount; row++) {
    const parts: string[] = [];
    for (let i = batch.identifierStart[row]!; i < batch.identifierStart[row + 1]!; i++) {
      const letter = batch.identifierType[i] === identifierCodes.hashed_email ? 'e' : 'p';
      parts.push(letter + digests.toString('hex', i * 32, i * 32 + 32));
    }
    const id = ids.toString('utf8', batch.externalIdStart[row], batch.externalIdStart[row + 1]);
    text += `${id}:${parts.join(',')}\n`;
  }
  return text;
}

const best = (outcomes: readonly Outcome[]): number =>
  Math.min(...outcomes.map((outcome) => outcome.seconds));
const median = (outcomes: readonly Outcome[]): number =>
  outcomes.map((outcome) => outcome.seconds).sort((a, b) => a - b)[outcomes.length >> 1]!;

async function compare(file: string): Promise<void> {
  const usualOutcomes: Outcome[] = [];
  const ourOutcomes: Outcome[] = [];
  for (let round = 0; round < roundCount; round++) {
    ourOutcomes.push(await ours(file));
    if (round % 2 === 0 || rowCount <= 100_000) usualOutcomes.push(await usual(file));
  }
  const expected = usualOutcomes[0]!;
  for (const outcome of [...usualOutcomes, ...ourOutcomes]) {
    assert(outcome.digest === expected.digest, () => 'the two pipelines give different answers');
    assert(outcome.people === expected.people, () => 'the two pipelines count different people');
    assert(
      outcome.identifiers === expected.identifiers,
      () => 'the two pipelines count different identifiers',
    );
  }
  const ratio = best(ourOutcomes) / best(usualOutcomes);
  const { size } = await stat(file);
  const line = (name: string, outcomes: readonly Outcome[]): string =>
    `${name.padEnd(28)} best ${best(outcomes).toFixed(3)} s  median ${median(outcomes).toFixed(3)} s  (${outcomes.length} rounds)`;
  console.log(`${rowCount} rows, ${(size / 2 ** 20).toFixed(1)} MiB, ${expected.identifiers} identifiers`);
  console.log(line('csv-parse + libphonenumber', usualOutcomes));
  console.log(line(`rollcall, ${threads} threads`, ourOutcomes));
  console.log(`ratio ${ratio.toFixed(4)}  answer ${expected.digest.slice(0, 16)}`);
  if (flags.json !== undefined) {
    const result = {
      benchmark: 'import',
      rows: rowCount,
      threads,
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      usualSeconds: usualOutcomes.map((outcome) => outcome.seconds),
      ourSeconds: ourOutcomes.map((outcome) => outcome.seconds),
      ratio,
      answer: expected.digest,
    };
    await writeFile(flags.json, `${JSON.stringify(result, null, 2)}\n`);
  }
}

const directory = await mkdtemp(join(tmpdir(), 'rollcall-bench-import-'));
try {
  const file = join(directory, 'people.csv');
  await writePeople(file);
  await compare(file);
} finally {
  await rm(directory, { recursive: true });
}
