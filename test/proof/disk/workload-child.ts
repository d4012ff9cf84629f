/** A server and its callers in one process, whose every write to the disk somebody records. Says each call that was acknowledged. */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';

import { callTool, sha256, startSeller } from '../../support/seller.ts';

const [callCount = '100'] = process.argv.slice(2);
const clientCount = 4;
const membersPerCall = 20;

const seller = await startSeller({ waitMs: 0, databaseUrl: '' });
writeSync(1, `data ${seller.dataDir}\n`);

async function upload(audience: string): Promise<void> {
  for (let call = 0; call < Number(callCount) / clientCount; call++) {
    const id = (at: number): string => `${audience}-${(call * 7 + at) % 200}`;
    const add = Array.from({ length: membersPerCall }, (_, at) => ({
      external_id: id(at),
      hashed_email: sha256(`${id(at)}-${call}`),
    }));
    const remove = call % 5 === 4 ? [{ external_id: id(0) }] : [];
    const isLast = call % 23 === 22;
    const item = isLast
      ? { audience_id: audience, delete: true }
      : { audience_id: audience, add: remove.length > 0 ? add.slice(1) : add, remove };
    // A list of its own, so that the call is known by its name when its task is forgotten or it makes none.
    const mark = { audience_id: `mark-${audience}-${call}`, add: add.slice(0, 1) };
    const answer = await callTool(seller.url, seller.key, 'sync_audiences', {
      account: { account_id: seller.accountId },
      idempotency_key: `key-${randomUUID()}`,
      audiences: [item, mark],
    });
    if (!Array.isArray(answer['audiences'])) throw new Error(JSON.stringify(answer).slice(0, 300));
    writeSync(1, `ack ${mark.audience_id}\n`);
  }
}

await Promise.all(Array.from({ length: clientCount }, async (_, at) => upload(`list-${at}`)));
// As a machine ends, not as a server does.
process.kill(process.pid, 'SIGKILL');
