/** Lists that moved in every way, and verifications of what is stored of them. */
import { runVerify } from '../../src/cli/verify/run-verify.ts';
import { stderrLog } from '../../src/platform/log.ts';
import { openAdmin } from '../../src/server/admin/open-admin.ts';
import type { VerifyReport } from '../../src/server/threads/verify-messages.ts';
import type { Buyer } from './buyer.ts';
import { sha256, type Seller } from './seller.ts';
import type { Fields } from './wire.ts';

export const membersOf = (from: number, to: number): Fields[] =>
  Array.from({ length: to - from }, (_, i) => ({
    external_id: `m${from + i}`,
    hashed_email: sha256(`user${from + i}@example.com`),
  }));

/** Two audiences with the same number of members, and one that many small syncs have made and a merge has tidied. */
export async function moveLists(seller: Seller, buyer: Buyer): Promise<void> {
  await seller.addUsers(
    Array.from({ length: 300 }, (_, i) => ({ id: `u${i}`, emails: [`user${i}@example.com`] })),
  );
  const sync = async (audience: Fields): Promise<unknown> => buyer.sync({ audiences: [audience] });
  await sync({ audience_id: 'spring', add: membersOf(0, 500) });
  await sync({ audience_id: 'autumn', add: membersOf(500, 1_000) });
  for (let round = 0; round < 12; round++) {
    const add = membersOf(round * 10, round * 10 + 40);
    // By external id, and by identifier.
    const remove = [{ external_id: `m${round}` }, { hashed_email: sha256(`user${round + 30}@example.com`) }];
    await sync({ audience_id: 'winter', add, ...(round % 3 === 2 ? { remove } : {}) });
  }
  await sync({ audience_id: 'gone', add: membersOf(0, 10) });
  await sync({ audience_id: 'gone', delete: true });
  await sync({ audience_id: 'empty', name: 'nobody yet' });
  // Other counts, the same members.
  await seller.addUsers([{ id: 'late', emails: ['user400@example.com'] }]);
}

/** Through the server of the directory, or without one. */
export async function verifyAt(dataDir: string): Promise<VerifyReport> {
  const open = await openAdmin(dataDir, stderrLog('error', false));
  try {
    const scope = { accountId: null, audienceId: null };
    return await runVerify(open.admin, scope, new AbortController().signal, () => undefined);
  } finally {
    await open.close();
  }
}

/** Digests by audience, to compare two stores. */
export function digestsOf({ audiences }: VerifyReport): Readonly<Record<string, string | null>> {
  return Object.fromEntries(audiences.map(({ audienceId, digest }) => [audienceId, digest]));
}
