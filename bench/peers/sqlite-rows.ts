/**
 * Members as rows in SQLite, tuned: no framework, one JSON.parse, hashes as 16-byte blobs, a table without row ids,
 * keys sorted before the upsert, small pages (large ones write three times as much), a large cache, one durable transaction a call, exact counts.
 * `--data DIR`, `--preload N` puts members 0 … N-1 into audience `big` first.
 */
import { hash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

import { digestsOf, externalIdOf, paddedAudience } from '../support/members.ts';

const { values } = parseArgs({
  options: { data: { type: 'string', default: '' }, preload: { type: 'string', default: '0' } },
});
const db = new DatabaseSync(join(values.data, 'rows.sqlite'));
db.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA cache_size = -3000000; PRAGMA mmap_size = 8000000000;
  CREATE TABLE IF NOT EXISTS audience (no INTEGER PRIMARY KEY, id TEXT UNIQUE, total INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS request (key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS member (audience INTEGER, key BLOB, email BLOB, phone BLOB, PRIMARY KEY (audience, key)) WITHOUT ROWID`);
const findAudience = db.prepare('SELECT no, total FROM audience WHERE id = ?');
const addAudience = db.prepare('INSERT INTO audience (id, total) VALUES (?, 0)');
const setTotal = db.prepare('UPDATE audience SET total = ? WHERE no = ?');
const findRequest = db.prepare('SELECT answer FROM request WHERE key = ?');
const addRequest = db.prepare('INSERT INTO request VALUES (?, ?)');
const insert = db.prepare('INSERT OR IGNORE INTO member VALUES (?, ?, ?, ?)');
const update = db.prepare('UPDATE member SET email = ?, phone = ? WHERE audience = ? AND key = ?');

interface Member {
  readonly external_id: string;
  readonly hashed_email?: string;
  readonly hashed_phone?: string;
}
interface Audience {
  readonly audience_id: string;
  readonly add: readonly Member[];
}
const hex = /^[0-9a-f]{64}$/;
const keyOf = (id: string): Buffer => Buffer.from(hash('sha256', id, 'hex').slice(0, 32), 'hex');

function blobOf(value: string | undefined): Buffer | null {
  if (value === undefined) return null;
  if (!hex.test(value)) throw new Error('not a hash');
  return Buffer.from(value.slice(0, 32), 'hex');
}

function audienceOf(id: string): { readonly no: number; readonly total: number } {
  if (findAudience.get(id) === undefined) addAudience.run(id);
  return findAudience.get(id) as { no: number; total: number };
}

function syncOne({ audience_id: id, add }: Audience): Record<string, unknown> {
  const rows = add.map((member) => ({
    key: keyOf(member.external_id),
    email: blobOf(member.hashed_email),
    phone: blobOf(member.hashed_phone),
  }));
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  const { no, total } = audienceOf(id);
  let added = 0;
  for (const { key, email, phone } of rows) {
    const isNew = Number(insert.run(no, key, email, phone).changes) === 1;
    if (isNew) added += 1;
    else update.run(email, phone, no, key);
  }
  setTotal.run(total + added, no);
  return {
    audience_id: id,
    action: 'updated',
    uploaded_count: add.length,
    total_uploaded_count: total + added,
  };
}

function answer(body: Buffer): string {
  const { params } = JSON.parse(body.toString('utf8')) as {
    params: { arguments: { idempotency_key: string; audiences: readonly Audience[] } };
  };
  const { idempotency_key: key, audiences } = params.arguments;
  const known = findRequest.get(key);
  if (known !== undefined) return known['answer'] as string;
  db.exec('BEGIN IMMEDIATE');
  try {
    const text = JSON.stringify({ result: { structuredContent: { audiences: audiences.map(syncOne) } } });
    addRequest.run(key, text);
    db.exec('COMMIT');
    return text;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sorted insertion: by counting on the first two bytes, then within each bucket. */
function preload(count: number): void {
  const keys = Buffer.alloc(count * 16);
  const starts = new Uint32Array(65_537);
  for (let i = 0; i < count; i++) {
    keys.write(hash('sha256', externalIdOf(i), 'hex').slice(0, 32), i * 16, 'hex');
    starts[keys.readUInt16BE(i * 16) + 1]! += 1;
  }
  for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!;
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[next[keys.readUInt16BE(i * 16)]!++] = i;
  const digests = digestsOf('preload', 0, 65_536);
  db.exec('BEGIN');
  const { no } = audienceOf(paddedAudience('big'));
  for (let b = 0; b < 65_536; b++) {
    const bucket = order.subarray(starts[b], starts[b + 1]);
    bucket.sort((x, y) => keys.compare(keys, y * 16, y * 16 + 16, x * 16, x * 16 + 16));
    for (const i of bucket) {
      const at = (i & 0xffff) * 64;
      const phone = i % 2 === 0 ? digests.subarray(at + 32, at + 48) : null;
      insert.run(no, keys.subarray(i * 16, i * 16 + 16), digests.subarray(at, at + 16), phone);
    }
  }
  setTotal.run(count, no);
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
}

const preloadCount = Number(values.preload);
if (preloadCount > 0 && findAudience.get(paddedAudience('big')) === undefined) preload(preloadCount);
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  bodyOf(request).then(
    (body) => {
      response.setHeader('content-type', 'application/json');
      response.end(answer(body));
    },
    () => response.destroy(),
  );
});
// Longer than other servers take their turn, so that a connection is never closed under a call.
server.keepAliveTimeout = 300_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`rows are ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
