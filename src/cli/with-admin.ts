import { stderrLog } from '../platform/log.ts';
import type { Admin } from '../server/admin/admin.ts';
import { openAdmin, type OpenAdmin } from '../server/admin/open-admin.ts';

/** Opens the administration of a data directory for one command and closes it whatever happens. */
export async function withAdmin<T>(
  dataDir: string,
  work: (admin: Admin, open: OpenAdmin) => Promise<T>,
  allowNetwork: readonly string[] = [],
): Promise<T> {
  const open = await openAdmin(dataDir, stderrLog('error', false), allowNetwork);
  try {
    return await work(open.admin, open);
  } finally {
    await open.close();
  }
}
