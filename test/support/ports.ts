import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export { freePort } from '../../src/store/testing/free-port.ts';

/** Resolves when somebody listens on a port. */
export async function listens(port: number): Promise<void> {
  for (let round = 0; round < 1_000; round++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) =>
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false)),
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(30);
  }
  assert.fail(`nothing listens on ${port}`);
}
