/** A process that works under a lease as fast as it can, whenever it has it. `careless`: its writes do not name the lease. */
import { writeSync } from 'node:fs';

import { takePart } from '../../../src/job/leadership.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { openPostgresStore } from '../../../src/store/postgres/open-store.ts';
import type { LeaseFence } from '../../../src/store/writer-messages.ts';
import { zombieScripts } from './zombie-scripts.ts';

const [url = '', leaseMs = '500', how = ''] = process.argv.slice(2);
const store = await openPostgresStore({
  ...{ url, scripts: zombieScripts, clock: systemClock },
  workerUrl: new URL('zombie-store-worker.ts', import.meta.url),
  fatal: (reason) => {
    throw new Error(reason);
  },
});
let current: LeaseFence | null = null;

async function work(lease: LeaseFence): Promise<void> {
  while (current === lease) {
    const { leaseNo } = lease;
    await store.write('note', { leaseNo }, how === 'careless' ? undefined : lease).catch(() => undefined);
  }
}

takePart({
  ...{ store, name: 'work', holder: String(process.pid), clock: systemClock, leaseMs: Number(leaseMs) },
  begun: (lease) => {
    current = lease;
    writeSync(1, `begun ${lease.leaseNo}\n`);
    void work(lease);
  },
  ended: () => {
    current = null;
    writeSync(1, 'ended\n');
  },
});
