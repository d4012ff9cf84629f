import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { identifierCodes } from '../../base/identifier-types.ts';
import { writeWorld } from '../world/world.ts';
import { preparePeople } from './prepare-people.ts';
import type { PrepareReport } from './prepare-people.ts';

interface Person {
  readonly id: string;
  /** Identifier code and digest in one text. */
  readonly keys: readonly string[];
}

async function read(
  file: string,
): Promise<{ readonly people: readonly Person[]; readonly report: PrepareReport }> {
  const people: Person[] = [];
  const report = await preparePeople({ file, idRequired: true, threads: 2 }, (batch) => {
    const digests = Buffer.from(batch.identifierDigest);
    const ids = Buffer.from(batch.externalIdBytes);
    for (let row = 0; row < batch.rowCount; row++) {
      const keys: string[] = [];
      for (let i = batch.identifierStart[row]!; i < batch.identifierStart[row + 1]!; i++)
        keys.push(`${batch.identifierType[i]}:${digests.toString('hex', i * 32, i * 32 + 32)}`);
      people.push({
        id: ids.toString('utf8', batch.externalIdStart[row], batch.externalIdStart[row + 1]),
        keys,
      });
    }
    return Promise.resolve();
  });
  return { people, report };
}

test('preparing an invented world gives the counts that it was drawn with', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-truth-'));
  try {
    const world = await writeWorld({ directory, seed: 5, userCount: 12_000, customerCount: 6_000 });
    const users = await read(world.usersFile);
    assert.equal(users.people.length, world.userCount);
    const known = new Set(users.people.flatMap((user) => user.keys));
    const customers = await read(world.customersFile);
    const members = new Map(customers.people.map((person) => [person.id, person.keys]));
    const lists = [...members.values()];
    const withType = (code: number, test: (key: string) => boolean): number =>
      lists.filter((keys) => keys.some((key) => key.startsWith(`${code}:`) && test(key))).length;
    const { hashed_email, hashed_phone } = identifierCodes;
    const isKnown = (key: string): boolean => known.has(key);
    const { truth } = world;
    assert.equal(members.size, truth.customers);
    assert.deepEqual({ ...customers.report.rejected }, { ...truth.rejectedRows });
    assert.equal(
      withType(hashed_email, () => true),
      truth.submitted.hashed_email,
    );
    assert.equal(
      withType(hashed_phone, () => true),
      truth.submitted.hashed_phone,
    );
    assert.equal(withType(hashed_email, isKnown), truth.matched.hashed_email);
    assert.equal(withType(hashed_phone, isKnown), truth.matched.hashed_phone);
    assert.equal(lists.filter((keys) => keys.some(isKnown)).length, truth.matchedMembers);
    // Nothing of the file order may be lost to the threads.
    const order = (await readFile(world.usersFile, 'utf8')).split('\n').slice(1, -1);
    assert.deepEqual(
      users.people.map((user) => user.id),
      order.map((line) => line.slice(0, line.indexOf(','))),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
});
