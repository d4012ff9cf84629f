/** The transactions of pushing: what is asked for, what is due, how far a push is. */
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { liveAudiences, type AudienceRow } from '../../store/audience-rows.ts';
import {
  deleteForwardsUpTo,
  forwardHeads,
  forwardingAccounts,
  forwardingOf,
  forwardsUpTo,
  insertForward,
  type ForwardHead,
  type ForwardingRow,
  type StoredForward,
} from '../../store/forwarding-rows.ts';
import { salesAgent } from '../../store/sales-agent-rows.ts';
import type { Script } from '../../store/script.ts';
import {
  insertSyndication,
  syndication,
  syndicationOf,
  syndications,
  updateSyndication,
  type SyndicationRow,
} from '../../store/syndication-rows.ts';
import type { Sealer } from '../seal.ts';
import type { Syndication, SyndicationQuery } from './api.ts';
import { dueNow, type DuePush } from './due.ts';
import { placeName, type ForwardKeys } from './forward-keys.ts';
import { unknownAgent } from './forwarding-scripts.ts';
import { ownAccount, type AskedAccount } from './own-account.ts';
import { nextStatus, type SyndicationEvent } from './states.ts';

export interface PushPlace {
  readonly accountNo: number;
  readonly syndicationId: string;
}

/** Everything that a push needs to know, from one snapshot. */
export interface PushWork {
  readonly row: SyndicationRow;
  readonly agent: PushTarget;
  /** Null: the audience is gone. */
  readonly audience: AudienceRow | null;
  readonly key: ForwardingRow;
}
export interface PushTarget {
  readonly agentId: string;
  readonly url: string;
  readonly protocol: 'mcp' | 'a2a';
  readonly remoteAccountId: string;
  readonly credential: string | null;
}

/** What an event of a push changes, if the push is still what it was. */
export interface MoveInput extends PushPlace {
  readonly event: SyndicationEvent;
  readonly expected: Pick<SyndicationRow, 'restartCount' | 'cursorSeq' | 'targetSeq'>;
  readonly changes: Partial<
    Pick<
      SyndicationRow,
      | 'audienceNo'
      | 'cursorSeq'
      | 'targetSeq'
      | 'doneCount'
      | 'chunkSize'
      | 'failedSeq'
      | 'error'
      | 'completedAt'
    >
  >;
  /** What the other seller said; absent: as before. */
  readonly response?: unknown;
  readonly nowMs: number;
}

export interface CompactInput {
  readonly accountNo: number;
  readonly audienceNo: number;
  readonly audienceId: string;
  readonly keyId: string;
  readonly upTo: number;
  readonly pieces: readonly Uint8Array[];
}

export interface SyndicateInput extends AskedAccount {
  readonly audienceId: string;
  readonly agentIds: readonly string[];
  readonly enabled: boolean;
  /** For the records that are made, one per agent. */
  readonly newIds: readonly string[];
  readonly nowMs: number;
}

export type SyndicationScripts = ReturnType<typeof createSyndicationScripts>;

export function createSyndicationScripts(sealer: Sealer, keys: ForwardKeys) {
  return {
    ...createPushReads(sealer),

    moveSyndication: (input: MoveInput) => moveScript(sealer, input),

    compactForwards: (input: CompactInput) => compactScript(keys, input),

    *syndicate(input: SyndicateInput): Script<readonly Syndication[]> {
      return yield* syndicateScript(sealer, input);
    },

    *syndicationsOf(
      input: AskedAccount & { readonly query: SyndicationQuery },
    ): Script<{ readonly syndications: readonly Syndication[]; readonly total: number }> {
      const { accountNo, accountId } = yield* ownAccount(input, false);
      const { limit, offset } = input.query;
      const fitting = (yield* syndications(accountNo)).filter((row) => fits(row, input.query));
      const page: Syndication[] = [];
      for (const row of fitting.slice(offset, offset + limit)) {
        page.push(yield* viewOf(sealer, accountNo, accountId, row));
      }
      return { syndications: page, total: fitting.length };
    },
  };
}

/** What the thread that pushes reads. */
function createPushReads(sealer: Sealer) {
  return {
    /** Of an account that may change nothing, nothing is pushed either. */
    *pushAccounts(_: object): Script<readonly { readonly accountNo: number }[]> {
      const accounts = yield* forwardingAccounts();
      return accounts.filter(({ status }) => status === 'active' || status === 'payment_required');
    },

    *duePushes({ accountNo }: { readonly accountNo: number }): Script<readonly DuePush[]> {
      const rows = yield* syndications(accountNo);
      return rows.length === 0 ? [] : dueNow(accountNo, rows, yield* liveAudiences(accountNo));
    },

    *pushWork({ accountNo, syndicationId }: PushPlace): Script<PushWork | null> {
      const row = yield* syndication(accountNo, syndicationId);
      const key = yield* forwardingOf(accountNo);
      if (row === undefined || row.enabled === 0 || key === undefined) return null;
      const agent = yield* salesAgent(accountNo, row.agentId);
      if (agent === undefined) return null;
      const { agentId, url, protocol, remoteAccountId } = agent;
      const credential = agent.credential === null ? null : sealer.open<string>(agent.credential);
      const audience =
        (yield* liveAudiences(accountNo)).find(({ audienceId }) => audienceId === row.audienceId) ?? null;
      return { row, key, audience, agent: { agentId, url, protocol, remoteAccountId, credential } };
    },

    *forwardingKey({ accountNo }: { readonly accountNo: number }): Script<ForwardingRow | null> {
      return (yield* forwardingOf(accountNo)) ?? null;
    },

    *keptForwards(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
      readonly upTo: number;
    }): Script<readonly StoredForward[]> {
      return yield* forwardsUpTo(input.accountNo, input.audienceNo, input.upTo);
    },

    *keptHeads(input: {
      readonly accountNo: number;
      readonly audienceNo: number;
    }): Script<readonly ForwardHead[]> {
      return yield* forwardHeads(input.accountNo, input.audienceNo);
    },

    *keptAudiences({ accountNo }: { readonly accountNo: number }): Script<readonly KeptAudience[]> {
      const rows = (yield* syndications(accountNo)).filter((row) => row.enabled === 1);
      const byAudience = Map.groupBy(rows, (row) => row.audienceNo);
      return (yield* liveAudiences(accountNo)).map(({ audienceNo, audienceId, countedSeq }) => {
        const mine = byAudience.get(audienceNo) ?? [];
        // A push from nothing to its target needs the state at the target, whatever came since.
        const isBeginning = mine.some((row) => row.cursorSeq <= 0 && row.targetSeq > 0);
        const cursors = mine.map((row) => row.cursorSeq).filter((cursor) => cursor > 0);
        const held = isBeginning ? 0 : Math.min(countedSeq, ...cursors);
        return { audienceNo, audienceId, countedSeq, held };
      });
    },
  };
}

export interface KeptAudience {
  readonly audienceNo: number;
  readonly audienceId: string;
  readonly countedSeq: number;
  /** Operations up to this one are needed one by one by nobody. */
  readonly held: number;
}

/** False: the push was stopped, started anew or overtaken, and must end without another word. */
function* moveScript(sealer: Sealer, input: MoveInput): Script<boolean> {
  const { accountNo, syndicationId, expected, changes, event, response, nowMs } = input;
  const row = yield* syndication(accountNo, syndicationId);
  const isSame =
    row !== undefined &&
    row.enabled === 1 &&
    row.restartCount === expected.restartCount &&
    row.cursorSeq === expected.cursorSeq &&
    row.targetSeq === expected.targetSeq;
  const status = isSame ? nextStatus(row.status, event) : null;
  if (!isSame || status === null) return false;
  const sealed = response === undefined ? row.response : sealer.seal(response);
  yield* updateSyndication(accountNo, { ...row, ...changes, status, response: sealed, updatedAt: nowMs });
  return true;
}

/**
 * Puts the members as they are after `upTo` in the place of the operations up to there. Whoever stands at an earlier operation can
 * no longer be told what changed since: it gets the audience anew.
 */
function* compactScript(keys: ForwardKeys, input: CompactInput): Script<boolean> {
  const { accountNo, audienceNo, upTo } = input;
  const row = yield* forwardingOf(accountNo);
  if (row?.keyId !== input.keyId) return false;
  const isLive = (yield* liveAudiences(accountNo)).some((audience) => audience.audienceNo === audienceNo);
  if (!isLive) return false;
  yield* deleteForwardsUpTo(accountNo, audienceNo, upTo);
  const sealer = keys.sealerOf(row);
  for (const [pieceNo, bytes] of input.pieces.entries()) {
    const place = { accountNo, audienceNo, opSeq: upTo, pieceNo };
    yield* insertForward(place, true, bytes.length, sealer.seal(bytes, placeName(place)));
  }
  for (const one of yield* syndications(accountNo)) {
    const isMine = one.audienceNo === audienceNo && one.audienceId === input.audienceId;
    const hasBegun = one.cursorSeq > 0 || one.targetSeq > 0;
    if (!isMine || !hasBegun || one.cursorSeq >= upTo) continue;
    yield* updateSyndication(accountNo, { ...one, cursorSeq: -1, targetSeq: 0, doneCount: 0 });
  }
  return true;
}

function* syndicateScript(sealer: Sealer, input: SyndicateInput): Script<readonly Syndication[]> {
  const { accountNo, accountId } = yield* ownAccount(input, true);
  const { audienceId, enabled, nowMs } = input;
  if (enabled) yield* requireForwardable(accountNo, audienceId);
  const count = (yield* syndications(accountNo)).length;
  const records: Syndication[] = [];
  for (const [position, agentId] of input.agentIds.entries()) {
    if ((yield* salesAgent(accountNo, agentId)) === undefined)
      throw unknownAgent(`adcpAgentIds[${position}]`);
    const known = yield* syndicationOf(accountNo, audienceId, agentId);
    const syndicationId = known?.syndicationId ?? input.newIds[position] ?? '';
    if (known === undefined) {
      if (count + position >= limits.syndicationCountPerAccountMax) throw tooManySyndications();
      const chunkSize = limits.pushedMemberCountMax;
      yield* insertSyndication(accountNo, { syndicationId, audienceId, agentId, enabled, chunkSize, nowMs });
    } else {
      yield* updateSyndication(accountNo, { ...asked(known, enabled), updatedAt: nowMs });
    }
    const row = yield* syndication(accountNo, syndicationId);
    if (row === undefined) throw new AppError('SERVICE_UNAVAILABLE');
    records.push(yield* viewOf(sealer, accountNo, accountId, row));
  }
  return records;
}

/** A start after a failure or a stop is a new one: the other seller's old answers do not count for it. */
function asked(row: SyndicationRow, enabled: boolean): SyndicationRow {
  const status = nextStatus(row.status, enabled ? 'start' : 'stop') ?? row.status;
  const isAnew = enabled && (row.status === 'FAILED' || row.status === 'DISABLED');
  return {
    ...row,
    status,
    enabled: enabled ? 1 : 0,
    restartCount: row.restartCount + (isAnew ? 1 : 0),
    failedSeq: isAnew ? null : row.failedSeq,
    error: isAnew ? null : row.error,
  };
}

function* requireForwardable(accountNo: number, audienceId: string): Script<void> {
  if ((yield* forwardingOf(accountNo)) === undefined) {
    throw new AppError(
      'INVALID_REQUEST',
      'Forwarding is off for this account, so nothing is kept that could be sent on.',
      {
        suggestion: 'Switch forwarding on, upload the audience, then start again.',
      },
    );
  }
  const isLive = (yield* liveAudiences(accountNo)).some((audience) => audience.audienceId === audienceId);
  if (!isLive) throw new AppError('AUDIENCE_NOT_FOUND', undefined, { field: 'resourceId' });
}

function tooManySyndications(): AppError {
  const max = limits.syndicationCountPerAccountMax;
  return new AppError(
    'CALL_TOO_LARGE',
    `An account has at most ${max} audiences on their way to other sellers.`,
  );
}

function fits(row: SyndicationRow, { audienceId, agentId, enabled, status }: SyndicationQuery): boolean {
  if (audienceId !== undefined && row.audienceId !== audienceId) return false;
  if (agentId !== undefined && row.agentId !== agentId) return false;
  if (enabled !== undefined && (row.enabled === 1) !== enabled) return false;
  return status === undefined || row.status === status;
}

function* viewOf(
  sealer: Sealer,
  accountNo: number,
  accountId: string,
  row: SyndicationRow,
): Script<Syndication> {
  const agent = yield* salesAgent(accountNo, row.agentId);
  return {
    syndicationId: row.syndicationId,
    accountId,
    audienceId: row.audienceId,
    agentId: row.agentId,
    remoteAccountId: agent?.remoteAccountId ?? '',
    enabled: row.enabled === 1,
    status: row.status,
    error: row.error,
    response: row.response === null ? null : sealer.open(row.response),
    createdAtMs: row.createdAt,
    updatedAtMs: row.updatedAt,
    completedAtMs: row.completedAt,
  };
}
