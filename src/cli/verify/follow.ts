import { startVerification } from '../../server/threads/verify-thread.ts';
import type { VerifyReport } from '../../server/threads/verify-messages.ts';
import type { StorePlace } from '../../store/store.ts';
import type { Terminal } from '../terminal.ts';

const pollMs = 100;

/** Verifies all of a store that no server has open. */
export async function verifyPlace(place: StorePlace, terminal: Terminal): Promise<VerifyReport> {
  const progress = terminal.progress('Verifying');
  const verification = startVerification({ place, scope: { accountId: null, audienceId: null } });
  const timer = setInterval(() => {
    const { done, total } = verification.progress();
    progress.update(done, total);
  }, pollMs);
  const report = await verification.report.finally(() => clearInterval(timer));
  progress.end('done');
  return report;
}
