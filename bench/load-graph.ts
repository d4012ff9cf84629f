/**
 * Loads the stored graph of a data directory as the matching thread does when a server starts.
 * Prints seconds, entries and bytes of memory as JSON. Run: `node bench/load-graph.ts DIRECTORY`.
 */
import { nodePrimitives } from '../src/platform/primitives.ts';
import { indexOf } from '../src/engine/identity/snapshot.ts';
import { createGraphScripts, loadGraph } from '../src/service/graph-store.ts';
import { openSqliteReader } from '../src/store/sqlite/reader.ts';

const reader = openSqliteReader({ dataDir: process.argv[2] ?? '', scripts: createGraphScripts() });
const seconds: number[] = [];
let entries = 0;
let bytes = 0;
for (let round = 0; round < 3; round++) {
  const started = performance.now();
  const snapshot = loadGraph(
    {
      readState: () => reader.readNow('graphState', {}),
      readPieceNos: (runNo) => reader.readNow('graphPieceNos', { runNo }),
      readPiece: (runNo, pieceNo) => reader.readNow('graphPiece', { runNo, pieceNo }),
    },
    nodePrimitives,
  );
  seconds.push((performance.now() - started) / 1000);
  const index = indexOf(snapshot);
  entries = index.entryCount;
  bytes = index.memoryBytes;
}
reader.close();
console.log(JSON.stringify({ seconds, entries, bytes }));
