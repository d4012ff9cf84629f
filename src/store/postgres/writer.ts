/** Commits groups of writes over one connection, which is opened anew when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from 'pg';

import { refuseAll, type GroupedWrite, type GroupTrace, type WriteReply } from '../grouped-writes.ts';
import { plain } from './run-script.ts';
import type { Fence } from '../writer-messages.ts';
import { commitGroup, hasCommitted, type CommitMark, type GroupEnd } from './commit-group.ts';

/** Whoever waits is answered within this time, whatever the database does. */
const groupMsMax = 20_000;
const retryMsMin = 20;
const retryMsMax = 1_000;

/** A mark is asked about within seconds; those of writers that died are of no use. */
const newWriter = `DELETE FROM commit_mark WHERE written_at < CAST(unixepoch('subsec') * 1000 AS BIGINT) - 86400000;
  SELECT gen_random_uuid()::text AS writer`;
const endWriter = 'DELETE FROM commit_mark WHERE writer = $1';

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
  let writer = '';
  /** Under a name that no other writer has, for as long as this one lives. */
  const connectNamed = async (): Promise<Client> => {
    const connected = await connect();
    if (writer !== '') return connected;
    try {
      const [, named] = await plain(connected, newWriter);
      writer = String(named?.rows[0]?.['writer']);
      return connected;
    } catch (error) {
      void connected.end().catch(() => undefined);
      throw error;
    }
  };
  return {
    writer: () => writer,
    /** Null: there is no database to be had before the deadline. */
    open: async (deadline: number): Promise<Client | null> => {
      for (let pause = retryMsMin; client === null; pause = Math.min(pause * 2, retryMsMax)) {
        client = await connectNamed().catch(() => null);
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
      await client?.query(endWriter, [writer]).catch(() => undefined);
      await client?.end().catch(() => undefined);
      client = null;
    },
  };
}

type Session = ReturnType<typeof createSession>;

/** A commit whose answer was lost has happened or not: the database knows. Null: nobody can say. */
async function askAbout(
  { open, drop }: Session,
  now: () => number,
  mark: CommitMark,
  deadline: number,
): Promise<boolean | null> {
  for (let pause = retryMsMin; ; pause = Math.min(pause * 2, retryMsMax)) {
    const current = await open(deadline);
    if (current === null) return null;
    try {
      return await hasCommitted(current, mark);
    } catch {
      drop();
    }
    if (now() + pause > deadline) return null;
    await sleep(pause);
  }
}

export function createWriter(deps: WriterDeps): Writer {
  const { now, fence = () => null } = deps;
  const session = createSession(deps);
  let lastCommitNo = 0;

  /** What may be answered of a lost group, or null: try it again. */
  const settle = async (
    { unknown }: Lost,
    writes: readonly GroupedWrite[],
    mark: CommitMark,
    deadline: number,
  ): Promise<readonly WriteReply[] | null> => {
    if (unknown === null) return null;
    const committed = await askAbout(session, now, mark, deadline);
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
        const mark = { writer: session.writer(), commitNo: ++lastCommitNo };
        const end = await commitGroup(current, writes, fence(), mark);
        if (end.kind === 'fenced') return { replies: refuseAll(writes), traces, isFenced: true };
        traces.push(...end.traces);
        if (end.kind === 'committed') return { replies: end.replies, traces };
        if (end.isSessionOver) session.drop();
        const replies = await settle(end, writes, mark, deadline);
        if (replies !== null) return { replies, traces };
        if (now() + pause > deadline) return { replies: refuseAll(writes), traces };
        await sleep(pause);
      }
    },
    close: session.close,
  };
}
