import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { assert } from '../../base/assert.ts';
import { drawCustomer } from './customers.ts';
import type { SellerUser, Truth } from './customers.ts';
import { inventPerson } from './invent.ts';
import { seededRandom } from './random.ts';
import type { SeededRandom } from './random.ts';

export interface WorldOptions {
  /** Made if missing; files of the same names in it are replaced. */
  readonly directory: string;
  readonly seed: number;
  readonly userCount?: number;
  readonly customerCount?: number;
}

/** Where a written world is, and what is true in it. */
export interface World {
  readonly usersFile: string;
  readonly customersFile: string;
  readonly truthFile: string;
  readonly userCount: number;
  /** Lines of the customer file below its header, doubles and broken rows included. */
  readonly customerRowCount: number;
  readonly truth: Truth;
}

const peopleCountMax = 4_000_000;
const flushChars = 1 << 20;

/**
 * Writes an invented seller and an invented advertiser for trying things out: `users.csv`, the seller's users
 * in clear text, `crm.csv`, the advertiser's customers as a CRM exports them, and `truth.json`, what a correct
 * match of the two must count. The truth comes from how the people were drawn, never from matching the files.
 * The same seed and counts give the same bytes. 250,000 people take about a second.
 */
export async function writeWorld(options: WorldOptions): Promise<World> {
  const { directory, seed, userCount = 200_000, customerCount = 50_000 } = options;
  assert(userCount > 0 && customerCount > 0, () => 'a world needs users and customers');
  assert(userCount + 2 * customerCount < peopleCountMax, () => 'a world of more people than it has numbers');
  await mkdir(directory, { recursive: true });
  const usersFile = join(directory, 'users.csv');
  const customersFile = join(directory, 'crm.csv');
  const truthFile = join(directory, 'truth.json');
  const random = seededRandom(seed);
  const users = Array.from({ length: userCount }, (_, ordinal) => drawUser(random, ordinal));
  await writeLines(usersFile, userLines(random, users));
  const { lines, truth } = drawCustomers(random, users, customerCount);
  await writeLines(customersFile, lines);
  await writeFile(truthFile, `${JSON.stringify(truth, null, 2)}\n`);
  return { usersFile, customersFile, truthFile, userCount, customerRowCount: lines.length - 1, truth };
}

function drawUser(random: SeededRandom, ordinal: number): SellerUser {
  const person = inventPerson(random, ordinal);
  return { person, hasSecondEmail: random.chance(15), hasPhone: random.chance(75) };
}

function* userLines(random: SeededRandom, users: readonly SellerUser[]): Generator<string> {
  yield 'user_id,email,email_2,phone,maid,country\n';
  for (const [ordinal, { person, hasSecondEmail, hasPhone }] of users.entries()) {
    const second = hasSecondEmail ? person.secondEmail : '';
    const phone = hasPhone ? person.phone : '';
    const maid = random.chance(40) ? person.maid : '';
    yield `u${ordinal + 1},${person.email},${second},${phone},${maid},${person.country}\n`;
  }
}

const header = 'Customer ID,First Name,Last Name,Email Address,Mobile Phone,Country,Signup Date\n';

function drawCustomers(
  random: SeededRandom,
  users: readonly SellerUser[],
  customerCount: number,
): { readonly lines: readonly string[]; readonly truth: Truth } {
  const lines = [header];
  const truth = {
    customers: 0,
    rejectedRows: { id_missing: 0, identifier_missing: 0 },
    submitted: { hashed_email: 0, hashed_phone: 0 },
    matched: { hashed_email: 0, hashed_phone: 0 },
    matchedMembers: 0,
  };
  // Each user is a customer at most once, so that no two members share an identifier.
  const order = shuffledOrdinals(random, users.length);
  for (let number = 1; number <= customerCount; number++) {
    const user = number <= order.length && random.chance(55) ? users[order[number - 1]!] : undefined;
    const stranger = inventPerson(random, users.length + number);
    const { line, fate } = drawCustomer(random, number, user, stranger);
    lines.push(line);
    // The same row twice is the same member once, or the same reject twice.
    const copies = random.chance(2) ? 2 : 1;
    if (copies === 2) lines.push(line);
    if (fate.rejected !== null) {
      truth.rejectedRows[fate.rejected] += copies;
      continue;
    }
    truth.customers++;
    if (fate.email !== 'none') truth.submitted.hashed_email++;
    if (fate.phone !== 'none') truth.submitted.hashed_phone++;
    if (fate.email === 'known') truth.matched.hashed_email++;
    if (fate.phone === 'known') truth.matched.hashed_phone++;
    if (fate.email === 'known' || fate.phone === 'known') truth.matchedMembers++;
  }
  return { lines, truth };
}

function shuffledOrdinals(random: SeededRandom, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(i + 1);
    const value = order[i]!;
    order[i] = order[j]!;
    order[j] = value;
  }
  return order;
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let text = '';
    for (const line of lines) {
      text += line;
      if (text.length >= flushChars) {
        await handle.write(text);
        text = '';
      }
    }
    await handle.write(text);
  } finally {
    await handle.close();
  }
}
