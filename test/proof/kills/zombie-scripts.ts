import { createLeaseScripts } from '../../../src/job/lease-scripts.ts';
import { run, type Script } from '../../../src/store/script.ts';

/** Rows are numbered in the order in which they were committed; each names the lease that it was written under. */
const insert = 'INSERT INTO latency_sample (matched_at, duration_ms) VALUES (?, 0)';

export const zombieScripts = {
  ...createLeaseScripts(),
  *note({ leaseNo }: { readonly leaseNo: number }): Script<null> {
    yield* run(insert, leaseNo);
    return null;
  },
};
