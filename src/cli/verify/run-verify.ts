import { setTimeout as sleep } from 'node:timers/promises';

import type { VerifiedAudience, VerifyProblem } from '../../service/verify/problem.ts';
import type { VerifyAdmin } from '../../server/admin/verify-admin.ts';
import type { VerifyReport, VerifyScope } from '../../server/threads/verify-messages.ts';

const pollMs = 100;

/** Starts a verification, follows it to its end, and gives all of its report. */
export async function runVerify(
  admin: VerifyAdmin,
  scope: VerifyScope,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<VerifyReport> {
  const { verifyId } = await admin.startVerify(scope);
  for (;;) {
    const { done, total, report } = await admin.verifyProgress({ verifyId });
    onProgress(done, total);
    if (report !== null) {
      const { audienceCount, ...rest } = report;
      const audiences: VerifiedAudience[] = [];
      while (audiences.length < audienceCount)
        audiences.push(...(await admin.verifiedAudiences({ verifyId, from: audiences.length })));
      return { ...rest, audiences };
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) await admin.stopVerify({ verifyId });
    signal.throwIfAborted();
  }
}

/** `Audience spring of account acct_1: block 17 is damaged: checksum.` */
export function problemLine({ audience, blockNo, says }: VerifyProblem): string {
  const block = blockNo === null ? '' : `block ${blockNo} `;
  if (audience === null) return `${block}${says}.`;
  const { accountId, audienceId } = audience;
  return `Audience ${audienceId} of account ${accountId}: ${block === '' ? 'it ' : block}${says}.`;
}
