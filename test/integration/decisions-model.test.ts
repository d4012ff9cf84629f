/**
 * Ad requests against ten packages with random overlays, while their audiences change. Every answer is held against a slow model: nobody
 * is served who was not in an included audience and in no excluded one within the last second, and everybody who was, is.
 * ROLLCALL_LONG=1 asks a million times.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { newBuyer, type Buyer } from '../support/buyer.ts';
import { noteCanary } from '../support/canaries.ts';
import { buyPackage } from '../support/packages.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import type { Fields } from '../support/wire.ts';
import { ModelAudience, possible, type ModelPackage } from './decisions.model.ts';

const isLong = process.env['ROLLCALL_LONG'] === '1';
const askCount = isLong ? 1_000_000 : 30_000;
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 2 ** 31);
const userCount = 400;
const audienceIds = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
const packageCount = 10;
const usersPerCall = 100;

let state = seed;
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const some = (max: number): number[] => Array.from({ length: 1 + random(max) }, () => random(userCount));
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;

const hashes = Array.from({ length: userCount }, (_, i) => sha256(`user${i}@example.com`));
const member = (user: number): Fields => ({ external_id: `m${user}`, hashed_email: hashes[user] });

let seller: Seller;
let key = '';
before(async () => {
  seller = await startSeller();
  await seller.addUsers(
    Array.from({ length: userCount }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] })),
  );
  const made = await seller.admin.admin.createKey({
    ...{ accountIds: [], name: 'ad server', expiresAtMs: null },
    scopes: ['decisions'],
  });
  key = made.key;
  noteCanary('key', key);
});
after(async () => seller.close());

/** Adds, removes, or empties and fills anew; now and then takes one away for good. */
async function changeOne(
  buyer: Buyer,
  audiences: ReadonlyMap<string, ModelAudience>,
  mayDelete: boolean,
): Promise<void> {
  const [id, audience] = pick([...audiences].filter(([, one]) => !one.isGone));
  const members = new Set(audience.members);
  let fields: Fields;
  let isGone = false;
  const dice = random(100);
  if (dice === 0 && mayDelete) {
    isGone = true;
    members.clear();
    fields = { audience_id: id, delete: true };
  } else if (dice < 55) {
    const added = some(60);
    for (const user of added) members.add(user);
    fields = { audience_id: id, add: added.map(member) };
  } else {
    const removed = some(80);
    for (const user of removed) members.delete(user);
    fields = { audience_id: id, remove: removed.map((user) => ({ external_id: `m${user}` })) };
  }
  const answered = audience.change(performance.now(), members, isGone);
  await buyer.sync({ audiences: [fields] });
  answered(performance.now());
}

interface Seen {
  asked: number;
  eligible: number;
  /** Answers of which the model knew the one that is right. */
  certain: number;
}

async function askMany(packages: readonly ModelPackage[], seen: Seen): Promise<void> {
  const users = Array.from({ length: usersPerCall }, () => random(userCount));
  const packageIds = packages.map(({ packageId }) => packageId);
  const fromMs = performance.now();
  const response = await fetch(`${seller.url}/v1/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      requests: users.map((user) => ({ user: { id: `u${user}` }, packages: packageIds })),
      explain: false,
    }),
  });
  const { decisions } = (await response.json()) as { decisions: readonly { eligible: readonly string[] }[] };
  const toMs = performance.now();
  users.forEach((user, at) => {
    const eligible = new Set(decisions[at]?.eligible);
    for (const one of packages) {
      const is = eligible.has(one.packageId);
      const may = possible(one, user, fromMs, toMs);
      const place = () => `u${user} and ${one.packageId}, seed ${seed}`;
      assert.ok(
        is ? may.yes : may.no,
        `${is ? 'served, and should not be' : 'not served, and should be'}: ${place()}`,
      );
      seen.eligible += is ? 1 : 0;
      seen.certain += may.yes !== may.no ? 1 : 0;
    }
  });
  seen.asked += users.length;
}

test(`${askCount} ad requests are answered as audiences are, within a second`, async (t) => {
  const buyer = await newBuyer(seller);
  const audiences = new Map(audienceIds.map((id) => [id, new ModelAudience()]));
  for (const [id, audience] of audiences) {
    const members = some(150);
    const answered = audience.change(performance.now(), new Set(members));
    await buyer.sync({ audiences: [{ audience_id: id, add: members.map(member) }] });
    answered(performance.now());
  }
  const packages: ModelPackage[] = [];
  while (packages.length < packageCount) {
    const lists = {
      include: [...new Set(Array.from({ length: random(4) }, () => pick(audienceIds)))],
      exclude: [...new Set(Array.from({ length: random(3) }, () => pick(audienceIds)))],
    };
    const packageId = await buyPackage(buyer, lists);
    const of = (ids: readonly string[]): ModelAudience[] => ids.map((id) => audiences.get(id)!);
    packages.push({ packageId, include: of(lists.include), exclude: of(lists.exclude) });
  }
  await sleep(1_000);
  const seen: Seen = { asked: 0, eligible: 0, certain: 0 };
  let isOver = false;
  let changes = 0;
  const changing = (async () => {
    while (!isOver) {
      // Long enough that most of what is asked is certain, short enough that much changes.
      await sleep(isLong ? 150 + random(300) : 20 + random(400));
      await changeOne(buyer, audiences, changes > 20);
      changes++;
    }
  })();
  while (seen.asked < askCount) {
    await askMany(packages, seen);
    // So that audiences change as often as in a short run, for each request.
    await sleep(isLong ? 5 : 15);
  }
  isOver = true;
  await changing;
  const decisions = seen.asked * packageCount;
  t.diagnostic(
    `${seen.asked} requests, ${changes} changes, ${seen.eligible} of ${decisions} eligible, ${Math.round((seen.certain / decisions) * 100)} % certain (seed ${seed})`,
  );
  assert.ok(seen.certain > decisions * 0.3, 'the model knew much');
  assert.ok(seen.eligible > decisions * 0.02 && seen.eligible < decisions * 0.98, 'both answers came');
});
