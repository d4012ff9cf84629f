/** Commits groups of writes over one connection, which is opened anew when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from 'pg';

import { refuseAll, type GroupedWrite, type GroupTrace, type WriteReply } from '../grouped-writes.ts';
import type { Fence } from '../writer-messages.ts';
import { commitGroup, type GroupEnd } from './commit-group.ts';

/** Whoever waits is answered within this time, whatever the database does. */
const groupMsMax = 20_000;
const retryMsMin = 20;
const retryMsMax = 1_000;

const statusOf = 'SELECT pg_xact_status($1::xid8) AS status';

export interface Committed {
  readonly replies: readonly WriteReply[];
  readonly traces: readonly GroupTrace[];
  /** Another process holds the lease that this one wrote under: everything is refused from now on. */
  readonly isFenced?: true;
}

export interface Writer {
  commit(writes: readonly GroupedWrite[]): Promise<Committed>;
  close(): Promise<void>;
}

export interface WriterDeps {
  /** A connected client. */
  readonly connect: () => Promise<Client>;
  /** For durations. */
  readonly now: () => number;
  readonly fence?: () => Fence | null;
}

type Lost = Extract<GroupEnd, { readonly kind: 'lost' }>;

/** One connection, opened anew when it was lost. */
function createSession({ connect, now }: WriterDeps) {
  let client: Client | null = null;
  return {
    /** Null: there is no database to be had before the deadline. */
    open: async (deadline: number): Promise<Client | null> => {
      for (let pause = retryMsMin; client === null; pause = Math.min(pause * 2, retryMsMax)) {
        client = await connect().catch(() => null);
        if (client !== null) break;
        if (now() + pause > deadline) return null;
        await sleep(pause);
      }
      return client;
    },
    /** Not waited for: the end of a connection that failed may never be heard of. */
    drop: (): void => {
      void client?.end().catch(() => undefined);
      client = null;
    },
    close: async (): Promise<void> => {
      await client?.end().catch(() => undefined);
      client = null;
    },
  };
}

type Session = ReturnType<typeof createSession>;

/** A commit whose answer was lost has happened or not: the database knows. Null: nobody can say. */
async function hasCommitted(
  { open, drop }: Session,
  now: () => number,
  xid: string,
  deadline: number,
): Promise<boolean | null> {
  for (let pause = retryMsMin; ; pause = Math.min(pause * 2, retryMsMax)) {
    const current = await open(deadline);
    if (current === null) return null;
    try {
      const { rows } = await current.query<{ status: string | null }>(statusOf, [xid]);
      const status = rows[0]?.status ?? null;
      if (status === 'committed') return true;
      if (status === 'aborted') return false;
      if (status === null) return null;
    } catch {
      drop();
    }
    // Its session has not noticed yet that nobody listens.
    if (now() + pause > deadline) return null;
    await sleep(pause);
  }
}

export function createWriter(deps: WriterDeps): Writer {
  const { now, fence = () => null } = deps;
  const session = createSession(deps);

  /** What may be answered of a lost group, or null: try it again. */
  const settle = async ({ unknown }: Lost, writes: readonly GroupedWrite[], deadline: number) => {
    if (unknown === null) return null;
    const committed = await hasCommitted(session, now, unknown.xid, deadline);
    if (committed === true) return unknown.replies;
    return committed === false ? null : refuseAll(writes);
  };

  return {
    async commit(writes) {
      const deadline = now() + groupMsMax;
      const traces: GroupTrace[] = [];
      for (let pause = retryMsMin; ; pause = Math.min(pause * 2, retryMsMax)) {
        const current = await session.open(deadline);
        if (current === null) return { replies: refuseAll(writes), traces };
        const end = await commitGroup(current, writes, fence());
        if (end.kind === 'fenced') return { replies: refuseAll(writes), traces, isFenced: true };
        traces.push(...end.traces);
        if (end.kind === 'committed') return { replies: end.replies, traces };
        if (end.isSessionOver) session.drop();
        const replies = await settle(end, writes, deadline);
        if (replies !== null) return { replies, traces };
        if (now() + pause > deadline) return { replies: refuseAll(writes), traces };
        await sleep(pause);
      }
    },
    close: session.close,
  };
}
