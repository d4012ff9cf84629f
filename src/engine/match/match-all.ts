import { BitSet } from '../bitmap/bit-set.ts';
import type { AudienceView } from '../block/audience-view.ts';
import type { GraphIndex, MatchCounts } from '../types.ts';
import { createRecordCounter } from './record-counter.ts';
import { createReportTally } from './report-tally.ts';

export interface FullMatch {
  readonly counts: MatchCounts;
  /** Every person that an identifier of a member names. */
  readonly users: BitSet;
}

/** Counts an audience from nothing: a scan of all its members against the graph, about 0.15 µs an identifier. */
export function matchAll(input: { readonly view: AudienceView; readonly graph: GraphIndex }): FullMatch {
  const { view, graph } = input;
  const users = new BitSet(graph.personCount);
  const tally = createReportTally();
  const counter = createRecordCounter(graph, tally, 1, users);
  view.forEachLive((piece, first, end) => {
    for (let row = first; row < end; row++) counter.push(piece, row);
  });
  counter.flush();
  return { counts: tally.addedTo(null), users };
}

/** Identifiers asked at once; the answers stay in the first-level cache. */
const probeTokens = 4096;

/**
 * Whether a change of the graph can concern the audience: false only when no member holds an identifier
 * of the change. Older rows of members are asked too, so the answer may be a needless yes, never a wrong no.
 */
export function mayAffect(view: AudienceView, deltaGraph: GraphIndex): boolean {
  if (deltaGraph.entryCount === 0) return false;
  const hits = new Uint8Array(probeTokens);
  for (const { identifierToken } of view.pieces) {
    const count = identifierToken.length / 4;
    for (let from = 0; from < count; from += probeTokens) {
      const asked = Math.min(probeTokens, count - from);
      deltaGraph.lookup(identifierToken, from, asked, hits);
      if (hits.subarray(0, asked).some((hit) => hit > 0)) return true;
    }
  }
  return false;
}
