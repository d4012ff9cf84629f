import { leaseHolder, leaseIsFree, releaseLease, renewLease, takeLease } from '../store/lease-rows.ts';
import type { Script } from '../store/script.ts';

/** How long a process may be silent before others take over what it did. */
export const leaseMsDefault = 15_000;

export type LeaseScripts = ReturnType<typeof createLeaseScripts>;

export function createLeaseScripts() {
  return {
    *takeLease(input: {
      readonly name: string;
      readonly holder: string;
      readonly leaseMs: number;
    }): Script<number | null> {
      return yield* takeLease(input.name, input.holder, input.leaseMs);
    },
    *renewLease(input: {
      readonly name: string;
      readonly leaseNo: number;
      readonly leaseMs: number;
    }): Script<boolean> {
      return yield* renewLease(input.name, input.leaseNo, input.leaseMs);
    },
    *releaseLease(input: { readonly name: string; readonly leaseNo: number }): Script<void> {
      yield* releaseLease(input.name, input.leaseNo);
    },
    *leaseIsFree({ name }: { readonly name: string }): Script<boolean> {
      return yield* leaseIsFree(name);
    },
    *leaseHolder({ name }: { readonly name: string }): Script<string | null> {
      return yield* leaseHolder(name);
    },
  };
}
