/** The graph between store and memory: which stored runs make up a state, and how a new state replaces it. */
import { must } from '../base/assert.ts';
import { AppError } from '../base/faults.ts';
import type { Primitives } from '../base/primitives.ts';
import { emptyRun, type IndexRun } from '../engine/identity/run.ts';
import { emptySnapshot, type GraphSnapshot } from '../engine/identity/snapshot.ts';
import type { GraphStamp } from '../engine/forensics/stored-recipes.ts';
import { decodeRun, encodeRun } from '../engine/identity/stored-run.ts';
import {
  graphPieceNos,
  graphStateRow,
  graphVersion,
  insertGraphPiece,
  keepGraphRuns,
  newGraphRun,
  readGraphPiece,
  setGraphState,
  type GraphStateRow,
} from '../store/graph-rows.ts';
import type { Script } from '../store/script.ts';

/** Run numbers; null for an empty part. The removed persons travel as a list: they are few until the next new base. */
interface GraphMeta {
  readonly base: number | null;
  readonly added: number | null;
  readonly removed: number | null;
  readonly dead: readonly number[];
  readonly entryCount: number;
  readonly livePersonCount: number;
}

export type GraphScripts = ReturnType<typeof createGraphScripts>;

export function createGraphScripts() {
  return {
    *graphState(_: object): Script<GraphStateRow | null> {
      return (yield* graphStateRow()) ?? null;
    },
    *graphVersion(_: object): Script<number> {
      return yield* graphVersion();
    },
    *graphPieceNos({ runNo }: { readonly runNo: number }): Script<readonly number[]> {
      return (yield* graphPieceNos(runNo)).map(({ pieceNo }) => pieceNo);
    },
    *graphPiece({
      runNo,
      pieceNo,
    }: {
      readonly runNo: number;
      readonly pieceNo: number;
    }): Script<Uint8Array | null> {
      return yield* readGraphPiece(runNo, pieceNo);
    },
    *newGraphRun(_: object): Script<number> {
      return yield* newGraphRun();
    },
    *putGraphPiece(input: {
      readonly runNo: number;
      readonly pieceNo: number;
      readonly bytes: Uint8Array;
    }): Script<void> {
      yield* insertGraphPiece(input.runNo, input.pieceNo, input.bytes);
    },
    /** Moves to a state whose runs are all stored, unless somebody else moved it meanwhile. */
    *flipGraph(input: { readonly from: number; readonly state: GraphStateRow }): Script<void> {
      const current = yield* graphStateRow();
      if ((current?.version ?? 0) !== input.from) {
        throw new AppError(
          'SERVICE_UNAVAILABLE',
          'The graph was changed by another import meanwhile; start this one again.',
        );
      }
      yield* setGraphState(input.state);
      yield* keepGraphRuns(runsOf(input.state));
    },
  };
}

/** What a recipe index says it belongs to. */
export function graphStampOf(state: GraphStateRow | null): GraphStamp | null {
  if (state === null) return null;
  const { version, personCount, updatedAt } = state;
  return { version, personCount, updatedAtMs: updatedAt };
}

/** The numbers of the stored runs that make up a state. */
export function runsOf(state: GraphStateRow): readonly number[] {
  const { base, added, removed } = JSON.parse(state.meta) as GraphMeta;
  return [base, added, removed].filter((runNo) => runNo !== null);
}

export interface GraphReader {
  readState(): GraphStateRow | null;
  readPieceNos(runNo: number): readonly number[];
  readPiece(runNo: number, pieceNo: number): Uint8Array | null;
}

/** Reads the stored graph into shared memory: about 0.2 s for 20 million entries. */
export function loadGraph(reader: GraphReader, primitives: Primitives): GraphSnapshot {
  const state = reader.readState();
  if (state === null) return emptySnapshot;
  const meta = JSON.parse(state.meta) as GraphMeta;
  const load = (runNo: number | null): IndexRun => {
    if (runNo === null) return emptyRun;
    const result = decodeRun(piecesOf(reader, runNo), state.personCount, primitives);
    if (result.ok) return result.run;
    const cause = new Error(`stored graph is damaged: ${result.fault}`);
    throw new AppError('CONFIGURATION_ERROR', 'The stored graph is damaged; import the users again.', {
      cause,
    });
  };
  const { version, personCount } = state;
  const { entryCount, livePersonCount } = meta;
  const runs = { base: load(meta.base), added: load(meta.added), removed: load(meta.removed) };
  return {
    version,
    personCount,
    ...runs,
    dead: deadBits(meta.dead, personCount),
    entryCount,
    livePersonCount,
  };
}

function* piecesOf(reader: GraphReader, runNo: number): Generator<Uint8Array, void> {
  for (const pieceNo of reader.readPieceNos(runNo)) {
    yield must(reader.readPiece(runNo, pieceNo), () => 'a listed piece is there');
  }
}

function deadBits(persons: readonly number[], personCount: number): Uint32Array {
  if (persons.length === 0) return new Uint32Array(0);
  const bits = new Uint32Array(new SharedArrayBuffer(4 * ((personCount >>> 5) + 1)));
  for (const person of persons) bits[person >>> 5]! |= 1 << (person & 31);
  return bits;
}

function deadPersons(dead: Uint32Array): number[] {
  const persons: number[] = [];
  dead.forEach((word, at) => {
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) persons.push(at * 32 + bit);
  });
  return persons;
}

export interface GraphWriter {
  newRun(): Promise<number>;
  putPiece(runNo: number, pieceNo: number, bytes: Uint8Array): Promise<void>;
  flip(from: number, state: GraphStateRow): Promise<void>;
}

/** Stores what differs between two states, piece by piece, then moves to the new one in one transaction. */
export async function storeGraph(
  before: { readonly snapshot: GraphSnapshot; readonly state: GraphStateRow | null },
  after: GraphSnapshot,
  writer: GraphWriter,
  primitives: Primitives,
  nowMs: number,
): Promise<void> {
  const old = before.state === null ? null : (JSON.parse(before.state.meta) as GraphMeta);
  const place = async (run: IndexRun, oldRun: IndexRun, oldNo: number | null): Promise<number | null> => {
    if (run.entryCount === 0) return null;
    if (run === oldRun) return oldNo;
    const runNo = await writer.newRun();
    let pieceNo = 0;
    for (const bytes of encodeRun(run, primitives)) await writer.putPiece(runNo, pieceNo++, bytes);
    return runNo;
  };
  const meta: GraphMeta = {
    base: await place(after.base, before.snapshot.base, old?.base ?? null),
    added: await place(after.added, before.snapshot.added, old?.added ?? null),
    removed: await place(after.removed, before.snapshot.removed, old?.removed ?? null),
    dead: deadPersons(after.dead),
    entryCount: after.entryCount,
    livePersonCount: after.livePersonCount,
  };
  const { version, personCount } = after;
  await writer.flip(before.snapshot.version, {
    version,
    personCount,
    updatedAt: nowMs,
    meta: JSON.stringify(meta),
  });
}
