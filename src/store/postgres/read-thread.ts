/** Worker entry: runs the statements of one thread that waits for each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

import type { Client } from 'pg';

import type { StatementResult } from '../script.ts';
import { connect } from './connection.ts';
import { classify, DatabaseError } from './faults.ts';
import type { ReadOutcome, ReadReply, ReadRequest, ReadThreadData } from './read-messages.ts';
import { beginRead, execute, plain } from './run-script.ts';

const { url, port, signal } = workerData as ReadThreadData;
/** A server may be away for twenty seconds before a read is given up. */
const retryMs = 200;
const attemptCountMax = 100;
const nothing: StatementResult = { rows: [], changes: 0 };
let client: Client | null = null;

async function session(): Promise<Client> {
  for (let attempt = 1; client === null; attempt++) {
    try {
      client = await connect(url);
    } catch (error) {
      if (attempt === attemptCountMax) throw new DatabaseError(error);
      await sleep(retryMs);
    }
  }
  return client;
}

async function answer(request: ReadRequest): Promise<StatementResult> {
  if (request.kind === 'statement') return execute(await session(), request.statement);
  // What fails at the end of a read has changed nothing; the next one begins by finding out.
  if (request.kind === 'begin') await plain(await session(), beginRead);
  else if (client !== null) await plain(client, 'ROLLBACK').catch(drop);
  return nothing;
}

/** Not waited for: the end of a connection that failed may never be heard of. */
function drop(): void {
  void client?.end().catch(() => undefined);
  client = null;
}

async function outcomeOf(request: ReadRequest): Promise<ReadOutcome> {
  try {
    return { ok: true, result: await answer(request) };
  } catch (error) {
    const { code, cause } = error as DatabaseError;
    // A statement that was refused leaves the session as it was; `end` rolls it back.
    if (classify(error).isSessionOver) drop();
    return { ok: false, code: code ?? null, name: cause instanceof Error ? cause.name : 'Error' };
  }
}

port.on('message', (request: ReadRequest) => {
  void outcomeOf(request).then((outcome) => {
    port.postMessage({ no: request.no, ...outcome } satisfies ReadReply);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
});
