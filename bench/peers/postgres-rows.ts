/**
 * Members as rows in Postgres, by the fastest way in: one JSON.parse, hashes as 16-byte `uuid`, a binary COPY into a temporary table,
 * then INSERT … ON CONFLICT in the order of the key (which was faster than the order of arrival). One durable transaction a call, with
 * the idempotency row and exact counts.
 * `--url postgres://…`; makes its tables where there are none.
 */
import { hash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';

import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const { values } = parseArgs({ options: { url: { type: 'string', default: '' } } });
const db = new pg.Client({ connectionString: values.url });
await db.connect();
await db.query(`CREATE TABLE IF NOT EXISTS audience (no serial PRIMARY KEY, id text UNIQUE, total int NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS request (key text PRIMARY KEY, answer text NOT NULL);
  CREATE TABLE IF NOT EXISTS member (audience int, key uuid, email uuid, phone uuid, PRIMARY KEY (audience, key));
  CREATE TEMPORARY TABLE incoming (key uuid, email uuid, phone uuid) ON COMMIT DELETE ROWS`);
const findRequest = 'SELECT answer FROM request WHERE key = $1';
const addRequest = 'INSERT INTO request VALUES ($1, $2)';
const findAudience = `INSERT INTO audience (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING no`;
const upsert = `WITH done AS (
    INSERT INTO member SELECT $1, key, email, phone FROM incoming ORDER BY key
    ON CONFLICT (audience, key) DO UPDATE SET email = excluded.email, phone = excluded.phone RETURNING (xmax = 0) AS is_new)
  UPDATE audience SET total = total + (SELECT count(*) FROM done WHERE is_new) WHERE no = $1 RETURNING total`;

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
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const tokenBytes = 16;
const rowBytesMax = 2 + 3 * (4 + tokenBytes);

/** Rows in the format of COPY BINARY. Source: PostgreSQL documentation, "COPY". */
function encodeRows(members: readonly Member[]): Buffer {
  const out = Buffer.allocUnsafe(signature.length + members.length * rowBytesMax + 2);
  let at = signature.copy(out);
  const put = (digits: string | undefined): void => {
    at = out.writeInt32BE(digits === undefined ? -1 : tokenBytes, at);
    if (digits !== undefined) at += out.write(digits.slice(0, 2 * tokenBytes), at, 'hex');
  };
  const checked = (value: string | undefined): string | undefined => {
    if (value !== undefined && !hex.test(value)) throw new Error('not a hash');
    return value;
  };
  for (const { external_id: id, hashed_email: email, hashed_phone: phone } of members) {
    at = out.writeInt16BE(3, at);
    put(hash('sha256', id, 'hex'));
    put(checked(email));
    put(checked(phone));
  }
  return out.subarray(0, out.writeInt16BE(-1, at));
}

async function syncOne({ audience_id: id, add }: Audience): Promise<Record<string, unknown>> {
  const { rows: found } = await db.query<{ no: number }>(findAudience, [id]);
  const { no } = found[0]!;
  // One large chunk: a stream of small ones is slower.
  const rows = encodeRows(add);
  await pipeline(Readable.from([rows]), db.query(copyFrom('COPY incoming FROM STDIN (FORMAT binary)')));
  const { rows: totals } = await db.query<{ total: number }>(upsert, [no]);
  return {
    audience_id: id,
    action: 'updated',
    uploaded_count: add.length,
    total_uploaded_count: totals[0]!.total,
  };
}

async function answer(body: Buffer): Promise<string> {
  const { params } = JSON.parse(body.toString('utf8')) as {
    params: { arguments: { idempotency_key: string; audiences: readonly Audience[] } };
  };
  const { idempotency_key: key, audiences } = params.arguments;
  try {
    await db.query('BEGIN');
    const { rows: known } = await db.query<{ answer: string }>(findRequest, [key]);
    if (known[0] !== undefined) {
      await db.query('ROLLBACK');
      return known[0].answer;
    }
    const answers: Record<string, unknown>[] = [];
    for (const audience of audiences) answers.push(await syncOne(audience));
    const text = JSON.stringify({ result: { structuredContent: { audiences: answers } } });
    await db.query(addRequest, [key, text]);
    await db.query('COMMIT');
    return text;
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One connection has one transaction at a time: calls take turns. */
let turn: Promise<unknown> = Promise.resolve();
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  bodyOf(request)
    .then(async (body) => {
      const mine = turn.then(async () => answer(body));
      turn = mine.catch(() => undefined);
      return mine;
    })
    .then(
      (text) => {
        response.setHeader('content-type', 'application/json');
        response.end(text);
      },
      (error: unknown) => {
        console.error(error);
        response.destroy();
      },
    );
});
// Longer than other servers take their turn, so that a connection is never closed under a call.
server.keepAliveTimeout = 300_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`rows are ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
