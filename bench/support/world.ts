/** Data directories to measure against: an account, a key, and a graph of users some of whom are in the uploads. */
import { createCipheriv, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { assert } from '../../src/base/assert.ts';
import { identifierCodes } from '../../src/base/identifier-types.ts';
import { createTokeniser, type Tokeniser } from '../../src/engine/token/tokeniser.ts';
import { nodePrimitives } from '../../src/platform/primitives.ts';
import { openAdmin, type OpenAdmin } from '../../src/server/admin/open-admin.ts';
import { openStaging } from '../../src/server/graph/staging.ts';
import { digestsOf } from './members.ts';

export interface World {
  readonly dataDir: string;
  readonly key: string;
  /** Entries of the graph: two identifiers a user and the user's own id. */
  readonly graphEntries: number;
}

export const accountId = 'acct_bench';
/** The uploads that the graph knows people of. */
export const knownSeed = 'known';
/** Six of ten members are users; each user has an e-mail and a phone. */
export const isKnown = (member: number): boolean => member % 10 < 6;

/** What matching `members` members of the known seed must find. */
export function truthOf(members: number): { members: number; emails: number; phones: number } {
  const known = Array.from({ length: members }, (_, i) => i).filter(isKnown);
  return { members: known.length, emails: known.length, phones: known.filter((i) => i % 2 === 0).length };
}

const usersPerFrame = 100_000;

/** Tokens nobody asks for: hashing millions of addresses would only heat the room. */
function randomTokens(seed: number, count: number): Uint32Array {
  const key = Buffer.alloc(16, 'rollcall bench');
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(seed + 1);
  const bytes = createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(count * 16));
  const copy = new Uint32Array(count * 4);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}

function knownTokens(tokeniser: Tokeniser, memberCount: number): Uint32Array {
  const digests = digestsOf(knownSeed, 0, memberCount);
  const members = Array.from({ length: memberCount }, (_, i) => i).filter(isKnown);
  const wanted = Buffer.concat(members.map((i) => digests.subarray(i * 64, i * 64 + 64)));
  const types = new Uint8Array(members.length * 2).map((_, i) =>
    i % 2 === 0 ? identifierCodes.hashed_email : identifierCodes.hashed_phone,
  );
  return tokeniser.identifierTokens(types, wanted);
}

/** Commands read where the database is from the environment. */
async function openAdminAt(dataDir: string, databaseUrl: string): Promise<OpenAdmin> {
  const before = process.env['ROLLCALL_DATABASE_URL'];
  process.env['ROLLCALL_DATABASE_URL'] = databaseUrl;
  try {
    return await openAdmin(dataDir, () => {});
  } finally {
    if (before === undefined) delete process.env['ROLLCALL_DATABASE_URL'];
    else process.env['ROLLCALL_DATABASE_URL'] = before;
  }
}

/**
 * Makes the directory with an account and a key and, when `users` is above 0, that many users; all but the secret in the Postgres
 * database, if one is named.
 */
export async function makeWorld(
  dataDir: string,
  users: number,
  memberCount: number,
  databaseUrl = '',
): Promise<World> {
  await mkdir(dataDir, { recursive: true });
  const { admin, secrets, close } = await openAdminAt(dataDir, databaseUrl);
  await admin.createAccount({
    ...{ accountId, brandDomain: 'bench.example', brandId: null },
    ...{ operator: 'bench.example', sandbox: true, name: 'bench' },
  });
  const { key } = await admin.createKey({ accountIds: [accountId], name: 'bench', expiresAtMs: null });
  if (users === 0) {
    await close();
    return { dataDir, key, graphEntries: 0 };
  }
  const stagedName = `import-${randomUUID()}.tokens`;
  const staging = openStaging(join(dataDir, stagedName), nodePrimitives);
  const known = knownTokens(createTokeniser(secrets.tokenKey, nodePrimitives), memberCount);
  assert(users * 2 >= known.length / 4, () => 'the graph holds the known people');
  for (let first = 0; first < users; first += usersPerFrame) {
    const rowCount = Math.min(usersPerFrame, users - first);
    const identifierToken = randomTokens(first * 2, rowCount * 2);
    if (first * 8 < known.length) identifierToken.set(known.subarray(first * 8, (first + rowCount) * 8));
    const identifierStart = new Uint32Array(rowCount + 1).map((_, i) => i * 2);
    const personToken = randomTokens(first * 2 + 1, rowCount);
    staging.putPersons({ rowCount, personToken, identifierStart, identifierToken }, false);
  }
  staging.close();
  const applied = await admin.applyGraph({ stagedName });
  await close();
  return { dataDir, key, graphEntries: applied.entryCount };
}
