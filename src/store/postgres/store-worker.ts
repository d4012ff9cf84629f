import { parentPort, workerData } from 'node:worker_threads';

import { assert, must } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { ScriptRegistry } from '../store.ts';
import type { Asked, Fence, FromWriter, ToWriter, WriterSetup } from '../writer-messages.ts';
import { createGatherer, sendReplies } from '../writer-port.ts';
import { connect } from './connection.ts';
import { createWriter } from './writer.ts';

/** The dead rows of what holds members: their space is used again. See PostgresStoreOptions on what erasing means here. */
const erasing = ['member_block', 'forward_operation', 'hidden_piece'];

const fencedReason = 'Another process has taken over; this one must not write any more.';

/** The writer's side of the store over Postgres, at the top of a worker's entry file, as `runStoreWorker` for SQLite. */
export function runPostgresWorker(scripts: ScriptRegistry, clock: Clock): void {
  const port = must(parentPort, () => 'the store writer runs in a worker thread');
  const { place } = workerData as WriterSetup;
  assert(place.kind === 'postgres', () => 'a server to write to');
  const { url } = place;
  const send = (message: FromWriter): void => port.postMessage(message);
  let fence: Fence | null = null;
  const writer = createWriter({
    connect: async () => connect(url),
    now: clock.monotonic,
    fence: () => fence,
  });
  /** What came while a group was being committed; the next group is made of it. */
  const waiting: Asked[] = [];
  const gatherer = createGatherer(() => waiting.shift(), scripts, 0);

  const handle = async (first: Asked): Promise<void> => {
    if (first.kind === 'erase') return send({ kind: 'erased', id: first.id, done: await vacuum(url) });
    const { writes, erasures, closing } = gatherer.gather(first);
    if (writes.length > 0) {
      const { replies, traces, isFenced } = await writer.commit(writes);
      sendReplies(send, replies, traces);
      if (isFenced) send({ kind: 'stopped', reason: fencedReason });
    }
    for (const id of erasures) send({ kind: 'erased', id, done: await vacuum(url) });
    if (!closing) return;
    await writer.close();
    port.close();
  };
  let isBusy = false;
  const work = async (): Promise<void> => {
    isBusy = true;
    // What was sent together arrives in turns of its own, and goes together.
    await new Promise((resolve) => setImmediate(resolve));
    for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) await handle(first);
    isBusy = false;
  };
  port.on('message', (message: ToWriter) => {
    if (message.kind === 'fence') ({ fence } = message);
    else waiting.push(message);
    if (!isBusy) void work();
  });
  send({ kind: 'ready' });
}

async function vacuum(url: string): Promise<boolean> {
  try {
    const client = await connect(url);
    try {
      for (const table of erasing) await client.query(`VACUUM ${table}`);
      return true;
    } finally {
      await client.end();
    }
  } catch {
    return false;
  }
}
