import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import fc from 'fast-check';

import { hostileFiles } from '../../../test/fixtures/files/hostile-files.ts';
import { InputFileError } from '../input-file-error.ts';
import { preparePeople } from './prepare-people.ts';
import type { PrepareReport } from './prepare-people.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-hostile-'));
});
after(async () => {
  await rm(directory, { recursive: true });
});

interface Result {
  readonly report: PrepareReport;
  /** Rows and identifiers counted from the batches, not taken from the report. */
  readonly people: number;
  readonly identifiers: number;
}

async function prepare(file: string): Promise<Result> {
  let people = 0;
  let identifiers = 0;
  const report = await preparePeople(
    { file, defaultCountry: 'US', idRequired: true, threads: 1 },
    (batch) => {
      people += batch.rowCount;
      identifiers += batch.identifierType.length;
      assert.equal(batch.identifierStart[batch.rowCount], batch.identifierType.length);
      assert.equal(batch.identifierDigest.length, batch.identifierType.length * 32);
      assert.equal(batch.externalIdStart[batch.rowCount], batch.externalIdBytes.length);
      assert.ok(batch.rowFaults.every((fault) => fault === 0));
      return Promise.resolve();
    },
  );
  assert.equal(report.people, people);
  assert.equal(report.identifiers, identifiers);
  const rejectedCount = Object.values(report.rejected).reduce((sum, count) => sum + count, 0);
  assert.equal(report.rows, people + rejectedCount, 'every row is a person or a reject');
  return { report, people, identifiers };
}

/** Values of the corpus that no message may repeat. */
const secrets = ['jane@', 'li@', 'mo@', '555', '7946', 'Jörg'];

function checkFault(fault: unknown, codes: readonly string[]): void {
  assert.ok(fault instanceof InputFileError, `no named error: ${String(fault)}`);
  assert.ok(codes.includes(fault.code), `${fault.code} instead of ${codes.join(' or ')}`);
  assert.ok(fault.fix.length > 10);
  for (const secret of secrets) assert.ok(!fault.message.includes(secret), 'a message repeats a value');
}

for (const { name, bytes, expected } of hostileFiles) {
  test(`hostile file ${name}`, async () => {
    const file = join(directory, name);
    await writeFile(file, bytes);
    if ('codes' in expected) {
      await assert.rejects(prepare(file), (fault) => {
        checkFault(fault, expected.codes);
        return true;
      });
      return;
    }
    const { report, people, identifiers } = await prepare(file);
    assert.equal(people, expected.people);
    if (expected.identifiers !== undefined) assert.equal(identifiers, expected.identifiers);
    for (const [reason, count] of Object.entries(expected.rejected ?? {}))
      assert.equal(report.rejected[reason], count, reason);
  });
}

test('a file that is not there, and one that is a directory', async () => {
  await assert.rejects(prepare(join(directory, 'nowhere.csv')), (fault) => {
    checkFault(fault, ['FILE_NOT_FOUND']);
    return true;
  });
  await mkdir(join(directory, 'folder.csv'));
  await assert.rejects(prepare(join(directory, 'folder.csv')), (fault) => {
    checkFault(fault, ['FILE_UNREADABLE']);
    return true;
  });
});

test('the corpus is as large as it claims and names no file twice', () => {
  assert.ok(hostileFiles.length >= 60, `${hostileFiles.length} files`);
  assert.equal(new Set(hostileFiles.map((file) => file.name)).size, hostileFiles.length);
});

test('any bytes end in counts or a named error', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'user_id,email\n',
      'u1,',
      'a@b.com',
      '"',
      ',',
      '\n',
      '\r',
      ';',
      '\t',
      '{',
      '}',
      '\ufeff',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const file = join(directory, 'any');
  let prepared = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 25 }), async (hasHeader, parts) => {
      await writeFile(file, (hasHeader ? 'user_id,email\nu1,jane@example.com\n' : '') + parts.join(''));
      try {
        await prepare(file);
        prepared++;
      } catch (fault) {
        assert.ok(fault instanceof InputFileError, String(fault));
      }
    }),
    { numRuns: process.env.ROLLCALL_LONG === '1' ? 20_000 : 120 },
  );
  assert.ok(prepared > 0, 'no file was read at all');
});
