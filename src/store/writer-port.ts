/** The writing thread's end of the port: what waits there, gathered to groups, and the answers. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

import { must } from '../base/assert.ts';
import { AppError } from '../base/faults.ts';
import type { GroupedWrite, GroupTrace, WriteReply } from './grouped-writes.ts';
import type { Script } from './script.ts';
import type { ScriptRegistry } from './store.ts';
import { toWireFault } from './wire-fault.ts';
import type { Asked, FromWriter } from './writer-messages.ts';

/** A group is committed when it has this many writes, whatever else is waiting. */
const groupWriteCountMax = 256;
/** How long the first write of a group waits for company, when writes have been coming together: four naps. */
const napMs = 0.1;
const napCount = 4;

export interface Gathered {
  readonly writes: readonly GroupedWrite[];
  /** Asked for behind these writes. */
  readonly erasures: readonly number[];
  readonly closing: boolean;
}

/** What waits on the port, or undefined. */
export const nextOf = (port: MessagePort) => (): Asked | undefined =>
  receiveMessageOnPort(port)?.message as Asked | undefined;

/** Collects what waits behind a first message, and a little longer when company is likely. */
export function createGatherer(
  next: () => Asked | undefined,
  scripts: ScriptRegistry,
  /** 0: the thread must not be held up, because what waits comes by its loop. */
  napCountMax = napCount,
): { gather(first: Asked): Gathered } {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let lastCount = 1;

  const toWrite = (message: Asked & { kind: 'write' }): GroupedWrite => {
    const script = scripts[message.name] as ((input: unknown) => Script<unknown>) | undefined;
    return {
      id: message.id,
      name: message.name,
      ...(message.lease === undefined ? {} : { lease: message.lease }),
      start: () => must(script, () => 'every script is registered in the writer')(message.input),
    };
  };

  return {
    gather(first) {
      const writes: GroupedWrite[] = [];
      let naps = 0;
      let message: Asked | undefined = first;
      for (;;) {
        if (message?.kind === 'close') return { writes, erasures: [], closing: true };
        if (message?.kind === 'erase') return { writes, erasures: [message.id], closing: false };
        if (message !== undefined) writes.push(toWrite(message));
        if (writes.length >= groupWriteCountMax) break;
        message = next();
        if (message !== undefined) continue;
        // Whoever wrote together a moment ago is probably about to write again: their answers have just left.
        if (writes.length >= lastCount || naps >= napCountMax) break;
        Atomics.wait(sleeper, 0, 0, napMs);
        naps++;
      }
      lastCount = writes.length;
      return { writes, erasures: [], closing: false };
    },
  };
}

/** A result that cannot be cloned is a bug of one script and must not hide the others' answers. */
export function sendReplies(
  send: (message: FromWriter) => void,
  replies: readonly WriteReply[],
  traces: readonly GroupTrace[],
): void {
  try {
    send({ kind: 'group', replies, traces });
  } catch {
    const fault = toWireFault(new AppError('CONFIGURATION_ERROR'));
    for (const reply of replies) {
      try {
        send({ kind: 'group', replies: [reply], traces });
      } catch {
        send({ kind: 'group', replies: [{ id: reply.id, ok: false, fault }], traces });
      }
    }
  }
}
