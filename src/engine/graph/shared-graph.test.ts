import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { applyChanges } from './apply-changes.ts';
import { noChanges, noUpserts } from './changes.ts';
import { graphToShared } from './shared-graph.ts';
import { emptySnapshot } from './snapshot.ts';

const workerText = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { graphFromShared } = await import(workerData.module);
  parentPort.on('message', ({ graph, tokens }) => {
    const snapshot = graphFromShared(graph);
    const hits = new Uint8Array(tokens.length / 4);
    const persons = [];
    snapshot.lookup(tokens, 0, hits.length, hits, { add: (person) => persons.push(person) });
    snapshot.base.records[snapshot.base.records.length - 1] = 0x5ead;
    parentPort.postMessage({ hits: [...hits], persons, version: snapshot.version, entryCount: snapshot.entryCount });
    parentPort.close();
  });
`;

test('another thread reads the same bytes', async () => {
  const personToken = Uint32Array.of(1, 2, 3, 4, 0xfffffff1, 6, 7, 8);
  const upserts = { ...noUpserts, rowCount: 2, personToken, identifierStart: new Uint32Array(3) };
  const two = applyChanges(emptySnapshot(), { ...noChanges, upserts }).snapshot;
  const { snapshot } = applyChanges(two, { ...noChanges, removePersons: personToken.slice(0, 4) });
  const url = new URL(`data:text/javascript,${encodeURIComponent(workerText)}`);
  const module = new URL('shared-graph.ts', import.meta.url).href;
  const worker = new Worker(url, { workerData: { module } });
  worker.postMessage({ graph: graphToShared(snapshot, { withPersons: false }), tokens: personToken });
  const [answer] = (await once(worker, 'message')) as [unknown];
  assert.deepEqual(answer, { hits: [0, 1], persons: [1], version: 2, entryCount: 1 });
  assert.equal(snapshot.base.records.at(-1), 0x5ead, 'the memory is one and the same');
});
