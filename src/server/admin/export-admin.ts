/** Who of the seller's users is in an audience. Ids are stored nowhere, so that whoever asks brings them, as tokens. */
import { randomUUID } from 'node:crypto';

import { AppError } from '../../base/faults.ts';
import { systemClock } from '../../platform/clock.ts';
import { createOrdinalList } from '../../engine/bitmap/ordinal-list.ts';
import { UserSet } from '../../engine/decision/user-set.ts';
import { indexOf } from '../../engine/identity/snapshot.ts';
import { tokenWords, type GraphIndex } from '../../engine/types.ts';
import type { Store } from '../../store/store.ts';
import type { Scripts } from '../scripts.ts';
import type { MatchThread } from '../threads/match-thread.ts';

export interface AudienceExport {
  readonly exportId: string;
  /** Users in the audience now; the export stays as it is while it is read. */
  readonly userCount: number;
  /** Ordinals are below this. */
  readonly ordinalCount: number;
}

/** A user that the graph knows. */
export interface ExportedUser {
  /** Place among the tokens that were asked about. */
  readonly at: number;
  /** The same user has the same one for ever. */
  readonly ordinal: number;
  readonly isIn: boolean;
}

export interface ExportAdmin {
  openExport(input: { readonly accountId: string; readonly audienceId: string }): Promise<AudienceExport>;
  /** `tokens`: those of user ids, 16 bytes each, in base64. Those whom the graph does not know are left out. */
  readExport(input: { readonly exportId: string; readonly tokens: string }): Promise<readonly ExportedUser[]>;
}

/** The part of a running server that knows users; null where a command works on a stopped one. */
export type RunningUsers = Pick<MatchThread, 'usersOf' | 'snapshot'>;

interface OpenExport {
  readonly set: UserSet;
  readonly graph: GraphIndex;
  readonly untilMs: number;
}

const exportCountMax = 8;
const exportMsMax = 3_600_000;

export function createExportAdmin(store: Store<Scripts>, running: RunningUsers | null): ExportAdmin {
  const open = new Map<string, OpenExport>();
  return {
    openExport: async ({ accountId, audienceId }) => {
      if (running === null) {
        throw new AppError('SERVICE_UNAVAILABLE', 'No server runs on this data directory.', {
          suggestion: 'Start it: rollcall serve.',
        });
      }
      const named = await store.read('audiencesNamed', { accountId, include: [audienceId], exclude: [] });
      const audience = named.include[0];
      const isThere = audience !== undefined && audience.status !== null;
      const memory = isThere ? await running.usersOf(audience) : null;
      if (memory === null) throw new AppError('AUDIENCE_NOT_FOUND', 'No such audience on this account.');
      const set = new UserSet(memory);
      const graph = indexOf(running.snapshot());
      const exportId = randomUUID();
      const nowMs = systemClock.now();
      for (const [id, { untilMs }] of open)
        if (untilMs < nowMs || open.size >= exportCountMax) open.delete(id);
      open.set(exportId, { set, graph, untilMs: nowMs + exportMsMax });
      return { exportId, userCount: set.size, ordinalCount: graph.personCount };
    },
    readExport: async ({ exportId, tokens }) => {
      const found = open.get(exportId);
      if (found === undefined) throw new AppError('SERVICE_UNAVAILABLE', 'This export is over; begin again.');
      return lookUp(found, tokens);
    },
  };
}

function lookUp({ set, graph }: OpenExport, base64: string): readonly ExportedUser[] {
  const bytes = Buffer.from(base64, 'base64');
  const count = Math.floor(bytes.length / (tokenWords * 4));
  const tokens = new Uint32Array(count * tokenWords);
  new Uint8Array(tokens.buffer).set(bytes.subarray(0, tokens.byteLength));
  const hits = new Uint8Array(1);
  const users: ExportedUser[] = [];
  for (let at = 0; at < count; at++) {
    const found = createOrdinalList();
    graph.lookup(tokens, at, 1, hits, found);
    // An id is one user's; another who has it as an identifier of his own is not the one it names first.
    const [ordinal] = found.values();
    if (ordinal !== undefined)
      users.push({ at, ordinal, isIn: [...found.values()].some((one) => set.has(one)) });
  }
  return users;
}
