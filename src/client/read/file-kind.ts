import { FileFault } from '../file-fault.ts';
import type { Encoding } from './byte-source.ts';

const parquetMagic = 'PAR1';

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

export function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === parquetMagic;
}

interface ForeignFormat {
  readonly starts: readonly number[];
  readonly name: string;
  readonly fix: string;
}

const asCsv = 'Save it as CSV (UTF-8) and try again.';
const unpack = 'Unpack it, or pack it with gzip.';
/** Formats that people hand in and that are known by their first bytes. */
const foreignFormats: readonly ForeignFormat[] = [
  { starts: [0x50, 0x4b, 0x03, 0x04], name: 'an Excel workbook or a ZIP archive', fix: asCsv },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Excel workbook', fix: asCsv },
  { starts: [0x25, 0x50, 0x44, 0x46], name: 'a PDF', fix: asCsv },
  { starts: [0x28, 0xb5, 0x2f, 0xfd], name: 'packed with Zstandard', fix: unpack },
  { starts: [0x42, 0x5a, 0x68], name: 'packed with bzip2', fix: unpack },
  { starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'packed with xz', fix: unpack },
  { starts: [0x4f, 0x62, 0x6a, 0x01], name: 'Avro', fix: 'Convert it to Parquet or CSV.' },
  { starts: [0x4f, 0x52, 0x43], name: 'ORC', fix: 'Convert it to Parquet or CSV.' },
  {
    starts: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20],
    name: 'an SQLite database',
    fix: 'Export the table as CSV.',
  },
];

/** Throws a FileFault for formats that are recognised and not read here. */
export function refuseForeignFormats(head: Buffer): void {
  for (const { starts, name, fix } of foreignFormats) {
    if (starts.every((byte, i) => head[i] === byte)) {
      throw new FileFault('FORMAT_UNSUPPORTED', `The file is ${name}, which is not read here.`, fix);
    }
  }
}

/** Throws a FileFault for text that is no table of rows. */
export function refuseForeignText(text: string): void {
  const start = text.trimStart();
  if (start.startsWith('<')) {
    throw new FileFault('FORMAT_UNSUPPORTED', 'The file is a web page or XML, not a table.', asCsv);
  }
  if (start.startsWith('[') && /^\[\s*[{\]]/.test(start)) {
    const fix = 'Write one object a line (NDJSON), for example with: jq -c ".[]" in.json > out.ndjson';
    throw new FileFault('FORMAT_UNSUPPORTED', 'The file is one JSON array.', fix);
  }
}

/** How the head of a text file is encoded. Throws NOT_A_TABLE for bytes that are no text. */
export function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = zeroShares(head);
  if (zeros.odd > 0.3 && zeros.even < 0.05) return 'utf-16le';
  if (zeros.even > 0.3 && zeros.odd < 0.05) return 'utf-16be';
  refuseBinary(head.toString('latin1'));
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function zeroShares(head: Buffer): { readonly even: number; readonly odd: number } {
  let even = 0;
  let odd = 0;
  const pairs = Math.max(1, head.length >> 1);
  for (let i = 0; i + 1 < head.length; i += 2) {
    if (head[i] === 0) even++;
    if (head[i + 1] === 0) odd++;
  }
  return { even: even / pairs, odd: odd / pairs };
}

/** Throws NOT_A_TABLE when a text holds the control characters that only binary data has. */
export function refuseBinary(text: string): void {
  let odd = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (
      code === 0 ||
      (code < 0x20 && code !== 9 && code !== 10 && code !== 13 && code !== 12) ||
      code === 0xfffd
    )
      odd++;
  }
  if (odd > text.length / 20) {
    throw new FileFault('NOT_A_TABLE', 'The file is not text.', 'Use CSV, TSV, NDJSON or Parquet.');
  }
}
