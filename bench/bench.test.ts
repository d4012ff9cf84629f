/** The whole benchmark in a tiny size, so that it never rots: it must run, and every server must count the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { digestsOf } from './support/members.ts';
import { quantile, spreadOf } from './support/statistics.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

test('every measure runs and every answer is the known one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-bench-test-'));
  try {
    const file = join(directory, 'report.json');
    await promisify(execFile)(process.execPath, [program, '--smoke', '--json', file], { maxBuffer: 1 << 24 });
    const report = JSON.parse(await readFile(file, 'utf8')) as {
      rows: { measure: string }[];
      answers: Record<string, unknown>;
    };
    assert.equal(report.rows.length, 29);
    assert.deepEqual(report.answers['matched'], { members: 240, hashed_email: 240, hashed_phone: 120 });
    assert.equal(report.answers['accepted'], 400);
    assert.equal(report.answers['new members of a delta'], 200);
    assert.equal(report.answers['graph entries'], 6_000);
    assert.deepEqual(report.answers['match'], { emails: 1_200, phones: 600, members: 1_200, users: 1_200 });
    assert.match(String(report.answers['import']), /^[0-9a-f]{64}$/);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('decisions: everybody who is asked gives the same answers, in process and over HTTP', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-bench-test-'));
  try {
    const file = join(directory, 'report.json');
    const decide = fileURLToPath(new URL('decide.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [decide, '--smoke', '--json', file]);
    const report = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    assert.equal(report['decisions'], 5_000);
    assert.match(stdout, /531 of 5000 eligible/);
    assert.ok((report['http'] as { uploads: number }).uploads > 0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('what a member takes is the same in blocks of both databases', async () => {
  const storage = fileURLToPath(new URL('storage.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [storage, '--smoke']);
  const { members, sqlite, postgres } = JSON.parse(stdout) as {
    members: number;
    sqlite: { blockBytes: number };
    postgres: { blockBytes: number; tableBytes: number; logBytes: number };
  };
  assert.equal(members, 2_000);
  assert.equal(sqlite.blockBytes, postgres.blockBytes);
  assert.ok(sqlite.blockBytes > 40 && sqlite.blockBytes < 41, 'sixteen bytes a token, and a little');
  assert.ok(postgres.tableBytes > postgres.blockBytes && postgres.logBytes > postgres.blockBytes);
});

test('members come from any place of the stream alike', () => {
  const whole = digestsOf('seed', 0, 20);
  assert.deepEqual(digestsOf('seed', 7, 5), whole.subarray(7 * 64, 12 * 64));
  assert.notDeepEqual(digestsOf('other', 0, 20), whole);
});

test('a spread is the median between the ends', () => {
  assert.deepEqual(spreadOf([5, 1, 9]), { median: 5, min: 1, max: 9, count: 3 });
  assert.equal(
    quantile(
      Array.from({ length: 100 }, (_, i) => i),
      0.99,
    ),
    99,
  );
});

test('forensics: a list that was hashed twice is named, whole and in part', async () => {
  const forensics = fileURLToPath(new URL('forensics.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [forensics, '--smoke']);
  const { with: imported, questions } = JSON.parse(stdout) as {
    with: { recipes: { entryCount: number; sampleBits: number } };
    questions: { hits: number; small: { findings: unknown } };
  };
  assert.equal(imported.recipes.sampleBits, 0);
  assert.equal(questions.hits, 1_000);
  assert.deepEqual(questions.small.findings, [
    { type: 'hashed_email', recipe: 'double_hash', band: '90-100 %' },
  ]);
});
