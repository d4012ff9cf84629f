import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeWorld, type World } from '../../client/world/world.ts';
import type { Admin } from '../../server/admin/admin.ts';
import { stagePeople } from '../people/stage-people.ts';

export const demoAccountId = 'acct_demo';
const keyName = 'demo';
/** The same world every time, so that everybody sees the same numbers. */
const seed = 20_260_101;

/** The invented seller and advertiser of a data directory; made on the first run. */
export async function demoWorld(dataDir: string, userCount: number, customerCount: number): Promise<World> {
  const directory = join(dataDir, 'demo');
  const placeFile = join(directory, `world-${userCount}-${customerCount}.json`);
  if (existsSync(placeFile)) return JSON.parse(readFileSync(placeFile, 'utf8')) as World;
  const world = await writeWorld({ directory, seed, userCount, customerCount });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(placeFile, JSON.stringify(world));
  return world;
}

/** Loads the invented users unless the graph has users already. Gives the number of users there are. */
export async function demoUsers(
  dataDir: string,
  tokenKey: Uint8Array,
  admin: Admin,
  world: World,
): Promise<number> {
  const stats = await admin.graphStats({});
  if (stats.persons > 0) return stats.persons;
  const options = { file: world.usersFile, idRequired: true };
  const { stagedName } = await stagePeople(dataDir, tokenKey, options, false);
  return (await admin.applyGraph({ stagedName })).personCount;
}

/** An account to try things with, and a fresh key for it; keys of earlier demos stop working. */
export async function demoKey(admin: Admin): Promise<string> {
  const accounts = await admin.listAccounts({});
  if (!accounts.some(({ accountId }) => accountId === demoAccountId)) {
    await admin.createAccount({
      accountId: demoAccountId,
      brandDomain: 'brightside-coffee.example',
      brandId: null,
      operator: 'northlight-media.example',
      sandbox: false,
      name: 'Brightside Coffee by Northlight Media',
    });
  }
  for (const { keyId, name, revokedAtMs } of await admin.listKeys({})) {
    if (name === keyName && revokedAtMs === null) await admin.revokeKey({ keyId });
  }
  return (await admin.createKey({ accountIds: [demoAccountId], name: keyName, expiresAtMs: null })).key;
}
