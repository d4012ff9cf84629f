import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Field 19 of /proc/PID/stat; the name before it may hold spaces. Source: proc_pid_stat(5). */
const readNiceness = `
  const { readFileSync } = require('node:fs');
  const stat = readFileSync('/proc/thread-self/stat', 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
`;

async function nicenessOfWorker(first: string): Promise<number> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    (async () => { ${first}; parentPort.postMessage((() => { ${readNiceness} })()); })();
  `;
  const worker = new Worker(code, { eval: true });
  const [niceness] = (await once(worker, 'message')) as [number];
  return niceness;
}

test(
  'a thread that lets others go first lowers itself and no other',
  { skip: process.platform !== 'linux' },
  async () => {
    const url = new URL('./thread-priority.ts', import.meta.url).href;
    const before = await nicenessOfWorker('');
    const lowered = await nicenessOfWorker(`(await import(${JSON.stringify(url)})).letOthersGoFirst()`);
    assert.ok(lowered > before, `${lowered} instead of ${before}`);
    assert.equal(await nicenessOfWorker(''), before);
    const stat = readFileSync('/proc/thread-self/stat', 'utf8');
    assert.equal(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]), before);
  },
);
