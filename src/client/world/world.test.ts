import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';

import { countryOf } from '../normalise/country.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { normalisePhoneByLibrary } from '../normalise/phone.ts';
import { writeWorld } from './world.ts';
import type { World } from './world.ts';

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-world-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

type Row = Readonly<Record<string, string>>;
const read = async (file: string): Promise<readonly Row[]> =>
  parse<Row>(await readFile(file), { columns: true });

/** The truth again, the slow way: by reading both files and comparing texts. */
async function recount(world: World): Promise<unknown> {
  const known = new Set<string>();
  for (const user of await read(world.usersFile)) {
    for (const text of [user.email, user.email_2, user.phone])
      if (text !== undefined && text !== '') known.add(text);
  }
  const members = new Map<string, readonly [string | null, string | null]>();
  const rejectedRows = { id_missing: 0, identifier_missing: 0 };
  for (const row of await read(world.customersFile)) {
    const id = row['Customer ID']!.trim();
    const email = normaliseEmail(row['Email Address']!);
    const phone = normalisePhoneByLibrary(row['Mobile Phone']!, countryOf(row.Country!) ?? undefined);
    if (id === '' || id === 'NULL') rejectedRows.id_missing++;
    else if (email === null && phone === null) rejectedRows.identifier_missing++;
    else members.set(id, [email, phone]);
  }
  const all = [...members.values()];
  const count = (test: (email: string | null, phone: string | null) => boolean): number =>
    all.filter(([email, phone]) => test(email, phone)).length;
  const knows = (text: string | null): boolean => text !== null && known.has(text);
  return {
    customers: all.length,
    rejectedRows,
    submitted: { hashed_email: count((e) => e !== null), hashed_phone: count((_, p) => p !== null) },
    matched: { hashed_email: count((e) => knows(e)), hashed_phone: count((_, p) => knows(p)) },
    matchedMembers: count((e, p) => knows(e) || knows(p)),
  };
}

test('the truth of a world is what reading its files gives', async () => {
  for (const seed of [1, 2]) {
    await inDirectory(async (directory) => {
      const world = await writeWorld({ directory, seed, userCount: 3_000, customerCount: 1_500 });
      assert.deepEqual(await recount(world), world.truth);
      assert.deepEqual(JSON.parse(await readFile(world.truthFile, 'utf8')), world.truth);
      const { truth } = world;
      assert.ok(truth.matchedMembers > 500 && truth.matchedMembers < truth.customers);
      assert.ok(truth.rejectedRows.id_missing > 0 && truth.rejectedRows.identifier_missing > 0);
    });
  }
});

test('a seed gives the same bytes again, another seed gives others', async () => {
  await inDirectory(async (directory) => {
    const digest = async (seed: number): Promise<string> => {
      const world = await writeWorld({ directory, seed, userCount: 500, customerCount: 200 });
      const files = [await readFile(world.usersFile), await readFile(world.customersFile)];
      return createHash('sha256').update(Buffer.concat(files)).digest('hex');
    };
    const first = await digest(7);
    assert.equal(await digest(7), first);
    assert.notEqual(await digest(8), first);
  });
});
