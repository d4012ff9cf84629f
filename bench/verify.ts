/**
 * Times what a verification of one large audience costs, reading included: blocks of a data directory, as merges leave them and
 * as they lie in the system's cache after they were written. Prints the digest, the same in every run.
 * Run: `node bench/verify.ts [--members 10000000] [--smoke]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

import { assert } from '../src/base/assert.ts';
import { identifierCodes } from '../src/base/identifier-types.ts';
import { limits } from '../src/base/limits.ts';
import { digestRows, emptyDigest, encodeDigest } from '../src/engine/block/member-digest.ts';
import { encodeBlock } from '../src/engine/block/encode.ts';
import type { MemberBlock } from '../src/engine/types.ts';
import { nodePrimitives } from '../src/platform/primitives.ts';
import { verifyAudience } from '../src/service/verify/verify-audience.ts';
import { createVerifyScripts } from '../src/service/verify/verify-scripts.ts';
import { migrations } from '../src/store/migrations/index.ts';
import { openConnection } from '../src/store/sqlite/connection.ts';
import { dataDirectoryOf } from '../src/store/sqlite/data-directory.ts';
import { migrate } from '../src/store/sqlite/migrate.ts';
import { openSqliteReader } from '../src/store/sqlite/reader.ts';

const flag = process.argv.indexOf('--members');
const memberCount =
  flag > 0 ? Number(process.argv[flag + 1]) : process.argv.includes('--smoke') ? 100_000 : 1_000_000;
assert(Number.isInteger(memberCount) && memberCount > 0, () => '--members takes a number');
const named = { accountNo: 1, accountId: 'a', audienceNo: 1, audienceId: 'large', memberCount };

let state = 0x2545f491;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

/** Rows `first … end - 1` of the whole, whose tokens ascend evenly: an e-mail each, and a phone every second. */
function pieceOf(first: number, end: number): MemberBlock {
  const rowCount = end - first;
  const identifierStart = new Uint32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) identifierStart[row + 1] = identifierStart[row]! + 1 + (row % 2);
  const identifierCount = identifierStart[rowCount]!;
  const identifierType = new Uint8Array(identifierCount).fill(identifierCodes.hashed_email);
  const memberToken = new Uint32Array(rowCount * 4).map(random);
  for (let row = 0; row < rowCount; row++) {
    memberToken[row * 4] = Math.floor(((first + row) / memberCount) * 2 ** 32);
    memberToken[row * 4 + 1] = first + row;
    if (row % 2 === 1) identifierType[identifierStart[row]! + 1] = identifierCodes.hashed_phone;
  }
  const identifierToken = new Uint32Array(identifierCount * 4).map(random);
  return {
    rowCount,
    memberToken,
    tombstone: new Uint8Array(rowCount),
    identifierStart,
    identifierType,
    identifierToken,
  };
}

function fill(db: DatabaseSync): number {
  const digest = emptyDigest();
  let bytes = 0;
  db.exec(`INSERT INTO account (account_no, account_id, name, brand_domain, operator, sandbox, status, billing, created_at)
    VALUES (1, 'a', 'a', 'a.example', 'a.example', 1, 'active', 'operator', 0);
    INSERT INTO audience (account_no, audience_no, audience_id, managed_by, state, created_at, updated_at, accepted_seq)
    VALUES (1, 1, 'large', 'buyer', 'live', 0, 0, 1)`);
  const insert = db.prepare('INSERT INTO member_block VALUES (1, 1, 3, ?, 1, 1, 1, ?, ?, ?)');
  const rows = limits.blockPieceRowCountMax;
  for (let first = 0, pieceNo = 0; first < memberCount; first += rows, pieceNo++) {
    const piece = pieceOf(first, Math.min(memberCount, first + rows));
    digestRows(digest, piece, 0, piece.rowCount, 1);
    const encoded = encodeBlock(piece, nodePrimitives);
    bytes += encoded.length;
    insert.run(pieceNo, piece.rowCount, encoded.length, encoded);
  }
  db.prepare('UPDATE audience SET counted_seq = 1, member_count = ?, member_digest = ?').run(
    memberCount,
    encodeDigest(digest),
  );
  return bytes;
}

const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
try {
  const db = openConnection(dataDirectoryOf(dataDir).databaseFile, 'writer');
  migrate(db, migrations, 0);
  const bytes = fill(db);
  db.close();
  const reader = openSqliteReader({ dataDir, scripts: createVerifyScripts() });
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const { audience, problems } = reader.readTogether((read) =>
      verifyAudience(read, named, nodePrimitives, () => undefined),
    );
    const ms = performance.now() - start;
    assert(problems.length === 0 && audience?.state === 'holds', () => 'what was written holds');
    const perMember = ((ms * 1e6) / memberCount).toFixed(0);
    console.log(
      `verify ${ms.toFixed(0).padStart(8)} ms, ${perMember} ns a member, digest ${audience.digest}`,
    );
  }
  reader.close();
  console.log(`members ${memberCount}, bytes ${bytes}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
