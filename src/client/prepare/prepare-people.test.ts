import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';
import { preparePeople } from './prepare-people.ts';
import type { PrepareOptions, PrepareReport } from './prepare-people.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-prepare-'));
});
after(async () => {
  await rm(directory, { recursive: true });
});

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

interface Run {
  readonly report: PrepareReport;
  /** Over ids and digests in order. */
  readonly digest: string;
  readonly batchRowsMax: number;
}

async function run(options: Omit<PrepareOptions, 'idRequired'>): Promise<Run> {
  // One hash per column, because where batches end is nobody's business.
  const hashes = [createHash('sha256'), createHash('sha256'), createHash('sha256')] as const;
  let batchRowsMax = 0;
  const report = await preparePeople({ idRequired: true, ...options }, (batch) => {
    hashes[0].update(batch.externalIdBytes);
    hashes[1].update(batch.identifierType);
    hashes[2].update(batch.identifierDigest);
    batchRowsMax = Math.max(batchRowsMax, batch.rowCount);
    return Promise.resolve();
  });
  return { report, digest: hashes.map((hash) => hash.digest('hex')).join(), batchRowsMax };
}

/** 32,000 rows of over 2 MiB, which is what threads are started for, with quoted newlines and a bad row here and there. */
function largeCsv(): string {
  const rows = Array.from({ length: 32_000 }, (_, i) => {
    if (i % 5_000 === 7) return `u${String(i)},not an address,,`;
    const note = i % 50 === 0 ? `"two\nlines, ""quoted"""` : 'a note of some length';
    return `u${String(i)},Person.${String(i)}@Example.com,+1 206 ${String(5_550_000 + i)},${note}`;
  });
  return `user_id,email,phone,note\n${rows.join('\n')}\n`;
}

test('threads, gzip and UTF-16 change nothing but the time', async () => {
  const text = largeCsv();
  assert.ok(text.length > 2 * clientLimits.blockBytes, 'too small for threads');
  const path = await file('large.csv', text);
  const inPlace = await run({ file: path, threads: 0 });
  assert.equal(inPlace.report.rows, 32_000);
  assert.equal(inPlace.report.people, 31_993);
  assert.equal(inPlace.report.identifiers, 2 * 31_993);
  assert.deepEqual(inPlace.report.rejected, { identifier_missing: 7 });
  assert.deepEqual(inPlace.report.warnings, { email_invalid: 7 });
  assert.ok(inPlace.batchRowsMax <= 20_000);
  for (const other of [
    { file: path, threads: 2 },
    { file: await file('large.csv.gz', gzipSync(text)) },
    { file: await file('large-utf16.csv', Buffer.from(`\ufeff${text}`, 'utf16le')) },
  ]) {
    const result = await run(other);
    assert.equal(result.digest, inPlace.digest);
    assert.deepEqual(result.report.rejected, inPlace.report.rejected);
  }
});

test('rejects name line, column and reason; the row only when asked for', async () => {
  const csv =
    'user_id,email,phone\nu1,jane@example.com,\n"u2","two\nlines",\n,li@example.com,\nu4,x@y,206 555 1234\n=u5,x@y,\nu6,"open\n';
  const path = await file('rejects.csv', csv);
  const rejectsFile = join(directory, 'out.csv');
  const { report } = await run({ file: path, rejectsFile, defaultCountry: 'US' });
  assert.deepEqual(report.rejected, { id_missing: 1, identifier_missing: 2, quote_unclosed: 1 });
  const lines = (await readFile(rejectsFile, 'utf8')).split('\n');
  assert.deepEqual(lines, [
    'line,column,reason,effect',
    '3,"email",email_invalid,value left out',
    '3,,identifier_missing,row left out',
    '5,"user_id",id_missing,row left out',
    '6,"email",email_invalid,value left out',
    '7,"email",email_invalid,value left out',
    '7,,identifier_missing,row left out',
    '8,,quote_unclosed,row left out',
    '',
  ]);
  assert.equal((await stat(rejectsFile)).mode & 0o077, 0, 'readable by others');
  await run({ file: path, rejectsFile, rejectsHoldRows: true, defaultCountry: 'US' });
  const withRows = await readFile(rejectsFile, 'utf8');
  assert.match(withRows, /^7,,identifier_missing,row left out,"'=u5,x@y,"$/m, 'a formula is made harmless');
});

test('lines stay right over many blocks', async () => {
  const path = await file('lines.csv', largeCsv());
  const rejectsFile = join(directory, 'lines-out.csv');
  await run({ file: path, rejectsFile });
  const found = [...(await readFile(rejectsFile, 'utf8')).matchAll(/^(\d+),,identifier_missing/gm)].map((m) =>
    Number(m[1]),
  );
  const text = largeCsv().split('\n');
  const expected = text.flatMap((line, i) => (line.includes('not an address') ? [i + 1] : []));
  assert.deepEqual(found, expected);
});

test('progress grows to the whole file, and the columns are shown before the first batch', async () => {
  const path = await file('progress.csv', largeCsv());
  const seen: number[] = [];
  let understood = '';
  let last = { rows: 0, bytesRead: 0, bytesTotal: -1 };
  await run({
    file: path,
    onUnderstood: (understanding, description) => {
      understood = `${description}: ${understanding.columns.map((column) => column.kind).join(' ')}`;
      assert.equal(seen.length, 0);
    },
    onProgress: (progress) => {
      seen.push(progress.rows);
      last = progress;
    },
  });
  assert.equal(understood, 'CSV with commas: id email phone ignore');
  assert.ok(seen.length > 1);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(last.rows, 32_000);
  assert.equal(last.bytesRead, last.bytesTotal);
});

test('an abort stops it, and a failing consumer is heard', async () => {
  const path = await file('abort.csv', largeCsv());
  const controller = new AbortController();
  const reason = new Error('Ctrl-C');
  const aborted = preparePeople({ file: path, idRequired: true, signal: controller.signal }, () => {
    controller.abort(reason);
    return Promise.resolve();
  });
  await assert.rejects(aborted, (error) => error === reason);
  const broken = new Error('disk full');
  const failing = preparePeople({ file: path, idRequired: true }, () => Promise.reject(broken));
  await assert.rejects(failing, (error) => error === broken);
});

test('a mapping overrides, and its mistakes are named', async () => {
  const path = await file('map.csv', 'who,a,b\n1,jane@example.com,206 555 1234\n');
  const hasCode = (code: string) => (error: unknown) => error instanceof FileFault && error.code === code;
  await assert.rejects(run({ file: path }), hasCode('ID_COLUMN_MISSING'));
  const { report } = await run({ file: path, map: ['WHO=user_id', '#3=phone'], defaultCountry: 'us' });
  assert.equal(report.identifiers, 2);
  assert.equal((await run({ file: path, map: { who: 'external_id' } })).report.identifiers, 1);
  await assert.rejects(run({ file: path, map: ['nobody=id'] }), hasCode('MAP_COLUMN_UNKNOWN'));
  await assert.rejects(run({ file: path, map: ['who=name'] }), hasCode('MAP_KIND_UNKNOWN'));
  await assert.rejects(run({ file: path, map: ['who=id', 'a=id'] }), hasCode('MAP_CONFLICT'));
  await assert.rejects(
    run({ file: path, map: ['who=id'], defaultCountry: 'XX' }),
    hasCode('COUNTRY_UNKNOWN'),
  );
});

test(
  'a large file needs no more memory than a small one',
  { skip: process.env.ROLLCALL_LONG !== '1' },
  async () => {
    const path = join(directory, 'gigabyte.csv');
    const handle = await open(path, 'w');
    await handle.write('user_id,email\n');
    const part = Array.from(
      { length: 20_000 },
      (_, i) => `u${String(i)},person.${String(i)}@example.com\n`,
    ).join('');
    for (let bytes = 0; bytes < 1 << 30; bytes += part.length) await handle.write(part);
    await handle.close();
    let rssMax = 0;
    await run({
      file: path,
      onProgress: () => {
        rssMax = Math.max(rssMax, process.memoryUsage().rss);
      },
    });
    assert.ok(rssMax < 500 * 1024 * 1024, `${String(Math.round(rssMax / 1024 / 1024))} MiB`);
  },
);
