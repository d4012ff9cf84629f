/** Who works on a database: many at the same time, or one alone. */
import { leaseHolder, leaseIsFree, strikeOffLease, takeLease } from '../store/lease-rows.ts';
import {
  deleteNode,
  deleteSilentNodes,
  insertNode,
  liveNodes,
  renewNode,
  schemaNumber,
  type NodeRow,
} from '../store/node-rows.ts';
import type { Script } from '../store/script.ts';

/** Held by whoever must have a database to itself. */
export const aloneLease = 'alone';

export type Joined =
  | { readonly kind: 'joined'; readonly nodeNo: number }
  /** Somebody has the database to itself. */
  | { readonly kind: 'refused'; readonly holder: string }
  /** A newer release changed the tables meanwhile. */
  | { readonly kind: 'outdated' };

export type TakenAlone =
  | { readonly kind: 'taken'; readonly leaseNo: number }
  | { readonly kind: 'refused'; readonly holder: string };

export interface Joining {
  readonly holder: string;
  readonly leaseMs: number;
}

/** A place among those who work, for a process that knows this schema. */
export interface JoiningNode extends Joining {
  readonly schema: number;
}

export type NodeScripts = ReturnType<typeof createNodeScripts>;

export function createNodeScripts() {
  return {
    *joinNodes({ holder, leaseMs, schema }: JoiningNode): Script<Joined> {
      if (!(yield* leaseIsFree(aloneLease)))
        return { kind: 'refused', holder: (yield* leaseHolder(aloneLease)) ?? 'another process' };
      yield* strikeOffLease(aloneLease);
      if ((yield* schemaNumber()) !== schema) return { kind: 'outdated' };
      return { kind: 'joined', nodeNo: yield* insertNode(holder, leaseMs) };
    },

    *renewNode(input: { readonly nodeNo: number; readonly leaseMs: number }): Script<boolean> {
      return yield* renewNode(input.nodeNo, input.leaseMs);
    },

    *leaveNodes({ nodeNo }: { readonly nodeNo: number }): Script<void> {
      yield* deleteNode(nodeNo);
    },

    *liveNodes(_: object): Script<readonly NodeRow[]> {
      return yield* liveNodes();
    },

    /** Housekeeping: after a day of silence a process may not come back. */
    *forgetSilentNodes({ silentMs }: { readonly silentMs: number }): Script<void> {
      yield* deleteSilentNodes(silentMs);
    },

    /** Those who are silent are struck off, so that none of them writes when it wakes. */
    *takeAlone({ holder, leaseMs }: Joining): Script<TakenAlone> {
      const [working] = yield* liveNodes();
      if (working !== undefined) return { kind: 'refused', holder: working.holder };
      const leaseNo = yield* takeLease(aloneLease, holder, leaseMs);
      if (leaseNo === null)
        return { kind: 'refused', holder: (yield* leaseHolder(aloneLease)) ?? 'another process' };
      yield* deleteSilentNodes(0);
      return { kind: 'taken', leaseNo };
    },
  };
}
