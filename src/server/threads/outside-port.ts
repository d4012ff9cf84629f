/** The inner end of a thread that speaks to strangers. */
import { parentPort } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import type { LogFields, LogLevel } from '../../platform/log.ts';
import type { FromOutside, ToOutside } from './outside-messages.ts';

export interface OutsidePort {
  /** Has the store's writer run a script; rejects when it did not. */
  write(name: string, input: object): Promise<unknown>;
  log(level: LogLevel, event: string, fields: LogFields): void;
}

interface Writing {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** `woken` is called when there may be work. */
export function openOutsidePort(woken: () => void): OutsidePort {
  const port = must(parentPort, () => 'this runs in a worker thread');
  const send = (message: FromOutside): void => port.postMessage(message);
  const writing = new Map<number, Writing>();
  let nextId = 1;
  port.on('message', (message: ToOutside) => {
    if (message.kind === 'wake') return woken();
    const waiting = writing.get(message.id);
    writing.delete(message.id);
    if (message.ok) waiting?.resolve(message.output);
    else waiting?.reject(new Error('the store did not write'));
  });
  return {
    write: async (name, input) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        writing.set(id, { resolve, reject });
        send({ kind: 'write', id, name, input: input as never });
      }),
    log: (level, event, fields) => send({ kind: 'log', level, event, fields }),
  };
}

/** Code of others that runs here talks to the console, and nobody has read all that it may say there. */
export function silenceConsole(): void {
  const silent = (): void => {};
  Object.assign(console, {
    log: silent,
    info: silent,
    warn: silent,
    error: silent,
    debug: silent,
    trace: silent,
  });
}
