import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { lastCsvRecordEnd, newFieldSpans, splitCsv } from './csv-rows.ts';
import type { CsvLayout } from './layout.ts';

const layout: CsvLayout = { format: 'csv', delimiter: 0x2c, newline: 0x0a, columns: [] };
const numRuns = process.env.ROLLCALL_LONG === '1' ? 300_000 : 5_000;

interface Split {
  readonly rows: string[][];
  readonly bad: string[];
  readonly lines: number;
}

function split(text: string): Split {
  const bytes = Buffer.from(text);
  const fields = newFieldSpans();
  const rows: string[][] = [];
  const bad: string[] = [];
  const lines = splitCsv(bytes, bytes.length, layout, fields, {
    row: () => {
      rows.push(
        Array.from({ length: fields.count }, (_, i) =>
          bytes.toString('utf8', fields.start[i], fields.end[i]),
        ),
      );
    },
    bad: (fault, line) => bad.push(`${fault}@${String(line)}`),
  });
  return { rows, bad, lines };
}

test('fields, quotes, line ends and blank lines', () => {
  assert.deepEqual(split('a,b\r\n\r\n"x, y","say ""hi"""\n,\n').rows, [
    ['a', 'b'],
    ['x, y', 'say "hi"'],
    ['', ''],
  ]);
  assert.deepEqual(split('a,"two\nlines",c\nd,e,f').rows, [
    ['a', 'two\nlines', 'c'],
    ['d', 'e', 'f'],
  ]);
  assert.deepEqual(split('5" pipe,"a" ,  "b"\n').rows, [['5" pipe', 'a', 'b']]);
  assert.equal(split('a,"two\nlines",c\nd,e,f').lines, 3);
});

test('an open quote costs its own line only', () => {
  const result = split('1,"open\n2,b\n3,c\n');
  assert.deepEqual(result.rows, [
    ['2', 'b'],
    ['3', 'c'],
  ]);
  assert.deepEqual(result.bad, ['quote_unclosed@0']);
});

test('well-formed files split as csv-parse splits them', () => {
  const cell = fc
    .array(fc.constantFrom('a', 'ß', ',', '"', '\n', ' ', '7', ';'), { maxLength: 5 })
    .map((p) => p.join(''));
  const write = (value: string): string =>
    /[",\n ]/.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value;
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
      fc.boolean(),
      (table, crlf) => {
        const text = table.map((row) => row.map(write).join(',') + (crlf ? '\r\n' : '\n')).join('');
        const expected = parse(text, { relax_column_count: true }) as string[][];
        assert.deepEqual(split(text).rows, expected);
        assert.deepEqual(expected, table);
      },
    ),
    { numRuns },
  );
});

test('cutting any text at record ends changes nothing', () => {
  const piece = fc.constantFrom('a', ',', '"', '""', '\n', ' ', '\r\n', ',"', '",', '"\n');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
      (parts, steps) => {
        const text = parts.join('');
        const cut: Split = { rows: [], bad: [], lines: 0 };
        let lines = 0;
        let rest = '';
        let at = 0;
        for (let k = 0; at < text.length; k++) {
          const step = steps[k % steps.length]!;
          rest += text.slice(at, at + step);
          at += step;
          const end = lastCsvRecordEnd(Buffer.from(rest), layout);
          const part = split(rest.slice(0, end));
          rest = rest.slice(end);
          cut.rows.push(...part.rows);
          assert.deepEqual(part.bad, [], 'a complete record has no open quote');
          lines += part.lines;
        }
        const last = split(rest);
        assert.deepEqual([...cut.rows, ...last.rows], split(text).rows);
        assert.equal(lines + last.lines, split(text).lines);
      },
    ),
    { numRuns },
  );
});
