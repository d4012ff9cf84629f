import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';

import { openTable } from './open-table.ts';
import { readTable } from './read-table.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-read-'));
});
after(async () => {
  await rm(directory, { recursive: true });
});

async function read(
  name: string,
  bytes: string | Uint8Array,
): Promise<{ columns: readonly string[]; rows: readonly string[][] }> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  const table = await readTable(path);
  const rows: string[][] = [];
  for await (const row of table.rows) rows.push([...row]);
  return { columns: table.columns, rows };
}

const columns = ['Kundennummer', 'E-Mail', 'Straße'];
const rows = [
  ['k1', 'jane@example.com', 'Große Gasse 1'],
  ['k2', 'li@example.com', ''],
];
const textWith = (delimiter: string, newline: string): string =>
  [columns, ...rows].map((row) => row.join(delimiter) + newline).join('');

test('delimiters and line ends', async () => {
  for (const delimiter of [',', ';', '\t', '|'])
    for (const newline of ['\n', '\r\n', '\r'])
      assert.deepEqual(await read('a', textWith(delimiter, newline)), { columns, rows });
  assert.deepEqual(await read('a', `sep=;\r\n${textWith(';', '\r\n')}`), { columns, rows });
});

test('encodings, with and without their marks, and gzip', async () => {
  const text = textWith(';', '\n');
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const latin = Buffer.from(text, 'latin1');
  for (const bytes of [
    Buffer.from(`\ufeff${text}`),
    Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    little,
    big,
    latin,
    gzipSync(text),
    gzipSync(little),
  ])
    assert.deepEqual(await read('b', bytes), { columns, rows });
});

test('titles above the header, no header, and headers that repeat', async () => {
  assert.deepEqual(await read('c', `Customer report,,\n\n${textWith(',', '\n')}`), { columns, rows });
  const bare = await read('c', 'k1,jane@example.com,x\nk2,li@example.com,y\n');
  assert.deepEqual(bare.columns, ['column_1', 'column_2', 'column_3']);
  assert.equal(bare.rows.length, 2);
  const twice = await read('c', 'id,email,email\n1,a@b.com,c@d.com\n');
  assert.deepEqual(twice.columns, ['id', 'email', 'email_2']);
});

test('NDJSON: members at two levels, lists, numbers, bad lines passed over', async () => {
  const table = await read(
    'd',
    '{"id":7,"profile":{"email":"a@b.com"},"phones":["+1","+2"]}\nnot json\n[1]\n{"id":"8","late":true}\n',
  );
  assert.deepEqual(table.columns, ['id', 'profile.email', 'phones', 'late']);
  assert.deepEqual(table.rows, [
    ['7', 'a@b.com', '+1;+2', ''],
    ['8', '', '', 'true'],
  ]);
});

test('Parquet: any column type as text, more rows than one chunk, a name with pattern characters', async () => {
  const path = join(directory, 'people[1]*.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT i AS user_id, 'p' || i || '@example.com' AS email, [i::VARCHAR, 'x,y'] AS phones,
     CASE WHEN i % 2 = 0 THEN 'say "hi"' END AS note, '\\xAB'::BLOB AS raw FROM range(5000) t(i)) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  const table = await readTable(path);
  assert.deepEqual(table.columns, ['user_id', 'email', 'phones', 'note', 'raw']);
  const found: (readonly string[])[] = [];
  for await (const row of table.rows) found.push(row);
  assert.equal(found.length, 5_000);
  assert.deepEqual(found[4_998], ['4998', 'p4998@example.com', '4998;x,y', 'say "hi"', 'ab']);
  assert.equal((await openTable(path)).description, 'Parquet');
});

test('a record over the bound costs itself; a quote that never closes costs its line', async () => {
  const large = 'x'.repeat(3 * 1024 * 1024);
  const long = await read('e', `id,email\n1,a@b.com\n2,${large}\n3,c@d.com\n`);
  assert.deepEqual(
    long.rows.map((row) => row[0]),
    ['1', '3'],
  );
  const many = Array.from(
    { length: 60_000 },
    (_, i) => `${String(i)},p${String(i)}@example.com,some text`,
  ).join('\n');
  const open = await read('e', `id,email,note\nfirst,"a@b.com,x\n${many}\n`);
  assert.equal(open.rows.length, 60_000);
});
