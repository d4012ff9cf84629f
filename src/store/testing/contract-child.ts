/**
 * A process that writes as fast as it can and prints the number of each write that was acknowledged,
 * until it is killed. Argument: the data directory.
 */
import { writeSync } from 'node:fs';

import { must } from '../../base/assert.ts';
import { systemClock } from '../../platform/clock.ts';
import { openSqliteStore } from '../sqlite/open-store.ts';
import { contractScripts } from './contract-scripts.ts';

const writerCount = 4;
const blobBytes = 200_000;

const store = await openSqliteStore({
  dataDir: must(process.argv[2], () => 'a data directory'),
  workerUrl: new URL('./contract-worker.ts', import.meta.url),
  scripts: contractScripts,
  clock: systemClock,
  fatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});

/** Every number is written twice in one transaction's worth of scripts: a half of one would show. */
async function writeFrom(first: number): Promise<never> {
  for (let number = first; ; number += writerCount) {
    const bytes = new Uint8Array(blobBytes).fill(number % 251);
    await Promise.all([
      store.write('putWords', [
        { name: `left-${number}`, value: String(number) },
        { name: `right-${number}`, value: String(number) },
      ]),
      store.write('putBlob', { run: 1, piece: number, bytes }),
    ]);
    // Synchronous, so that a line that was printed was acknowledged before the kill.
    writeSync(1, `${number}\n`);
  }
}

const start = (await store.read('blobSizes', { run: 1 })).length * 10;
writeSync(1, 'ready\n');
await Promise.all(Array.from({ length: writerCount }, (_, index) => writeFrom(start + index)));
