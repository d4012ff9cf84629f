/**
 * Reads that return at once, for threads that compute: such a thread waits for its rows as it would for the pages of a file, while a
 * thread beside it talks to the server. Never for a thread that serves sockets.
 */
import { receiveMessageOnPort, MessageChannel, type MessagePort, Worker } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import type { Script, Statement, StatementResult } from '../script.ts';
import type { ScriptInput, ScriptOutput, ScriptRegistry, StoreReader } from '../store.ts';
import { fromWireFault, type StoreTrace } from '../wire-fault.ts';
import { workerUrl } from '../worker-url.ts';
import { classify } from './faults.ts';
import {
  StatementFailure,
  type Asked,
  type ReadReply,
  type ReadRequest,
  type ReadThreadData,
} from './read-messages.ts';

export interface PostgresReaderOptions<R extends ScriptRegistry> {
  readonly url: string;
  readonly scripts: R;
  readonly log?: (trace: StoreTrace) => void;
}

/** Longer than the thread beside takes to give up a server that is away. */
const answerMsMax = 60_000;
/** A session may have ended since the last read. */
const attemptCountMax = 3;

export function openPostgresReader<R extends ScriptRegistry>(
  options: PostgresReaderOptions<R>,
): StoreReader<R> {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2 } = new MessageChannel();
  const workerData: ReadThreadData = { url: options.url, port: port2, signal };
  const worker = new Worker(workerUrl('read-thread', import.meta.url), {
    ...{ workerData, transferList: [port2], name: 'store-reader' },
  });
  worker.unref();
  port.unref();
  let isOpen = true;

  let lastNo = 0;
  const ask = (request: Asked): StatementResult => {
    const no = ++lastNo;
    port.postMessage({ ...request, no } satisfies ReadRequest);
    const reply = awaitReply(port, signal, no);
    if (reply === null) throw new StatementFailure(null, 'timeout');
    if (!reply.ok) throw new StatementFailure(reply.code, reply.name);
    return reply.result;
  };
  const together = <T>(work: () => T): T => {
    ask({ kind: 'begin' });
    try {
      return work();
    } finally {
      ask({ kind: 'end' });
    }
  };
  const runNamed = <K extends keyof R & string>(name: K, input: ScriptInput<R, K>): ScriptOutput<R, K> => {
    const start = options.scripts[name] as ((input: unknown) => Script<unknown>) | undefined;
    const script = must(start, () => 'every script is registered')(input);
    let step = script.next();
    while (step.done !== true)
      step = script.next(ask({ kind: 'statement', statement: step.value as Statement }));
    return step.value as ScriptOutput<R, K>;
  };
  const guarded = <T>(script: string, attemptCount: number, work: () => T): T => {
    if (!isOpen) throw new AppError('SERVICE_UNAVAILABLE');
    return attempted(options.log, script, attemptCount, work);
  };

  return {
    readNow: (name, input) => guarded(name, attemptCountMax, () => together(() => runNamed(name, input))),
    readTogether: (work) =>
      guarded('together', 1, () =>
        together(() => work((name, input) => guarded(name, 1, () => runNamed(name, input)))),
      ),
    close() {
      isOpen = false;
      port.close();
      void worker.terminate();
    },
  };
}

/**
 * The answer to request number `no`; null: none came in time. A wake without it is no answer: one may be left over from the request
 * before, whose answer was seen before the thread beside came to wake anybody. Nor is what comes late, after it was given up.
 */
export function awaitReply(
  port: MessagePort,
  signal: Int32Array,
  no: number,
  msMax: number = answerMsMax,
): ReadReply | null {
  for (let isLate = false; ;) {
    for (let one = receiveMessageOnPort(port); one !== undefined; one = receiveMessageOnPort(port)) {
      const reply = one.message as ReadReply;
      if (reply.no === no) return reply;
    }
    if (isLate) return null;
    // Signalled after it was posted: what came since the look above ends the wait at once.
    isLate = Atomics.wait(signal, 0, 0, msMax) === 'timed-out';
    Atomics.store(signal, 0, 0);
  }
}

/** Tries again what a lost session or a conflict undid; what is left is a fault that says nothing of the data. */
function attempted<T>(
  log: ((trace: StoreTrace) => void) | undefined,
  script: string,
  attemptCount: number,
  work: () => T,
): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const { fault, effect, trace } = classify(error);
      if (effect === 'again' && attempt < attemptCount) continue;
      if (trace !== undefined) log?.({ ...trace, script });
      throw fromWireFault(fault);
    }
  }
}
