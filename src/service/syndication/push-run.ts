/** One turn of one push: from where it stands as far as the other seller lets it. */
import type { Clock } from '../../base/clock.ts';
import { limits } from '../../base/limits.ts';
import { changeCount, chunkAt } from '../../engine/forward/forward-chunks.ts';
import { forwardDelta, type ForwardDelta } from '../../engine/forward/forward-delta.ts';
import type { AudienceRow } from '../../store/audience-rows.ts';
import type { StoredForward } from '../../store/forwarding-rows.ts';
import { goneSeq, newestSeq } from './due.ts';
import { requestKeyOf } from './chunks.ts';
import type { ForwardKeys } from './forward-keys.ts';
import { keptBytes, openForwards, stateAt } from './kept-members.ts';
import { nextStep } from './next-step.ts';
import type {
  OutgoingAudience,
  OutgoingCall,
  RemoteAudience,
  SellerAnswer,
  SellerLink,
} from './seller-link.ts';
import type { MoveInput, PushPlace, PushWork } from './syndication-scripts.ts';

export interface PushDeps {
  readonly link: SellerLink;
  readonly clock: Clock;
  readonly keys: ForwardKeys;
  readonly work: (place: PushPlace) => PushWork | null;
  readonly kept: (accountNo: number, audienceNo: number, upTo: number) => readonly StoredForward[];
  readonly move: (input: MoveInput) => Promise<boolean>;
}

/** How a turn ended. `stopped`: somebody else changed what the push was about; it is looked at anew. */
export type PushEnd =
  | { readonly kind: 'over' }
  | { readonly kind: 'stopped' }
  /** It has had its turn; others may want one. */
  | { readonly kind: 'more' }
  /** Nothing is wrong, the other seller is still at work. */
  | { readonly kind: 'poll' }
  | { readonly kind: 'again'; readonly retryAfterMs: number | null; readonly sentence: string };

export interface PushTurn {
  readonly end: PushEnd;
  /** Something was acknowledged, so that earlier failures are forgotten. */
  readonly hasProgressed: boolean;
}

/** What the turns before this one came to. */
export interface PushPast {
  /** Attempts in a row that got no further. */
  readonly failureCount: number;
  /** Counts have been waited for long enough. */
  readonly isTiredOfPolling: boolean;
}

const uploadAgain =
  'Some members of this audience were uploaded before forwarding was switched on, and only tokens of them are kept. Upload the whole audience again.';
const tooLargeToMerge = 'This audience is larger than one that can be forwarded from here.';

export async function runPush(deps: PushDeps, place: PushPlace, past: PushPast): Promise<PushTurn> {
  const turn = new Turn(deps, place, past);
  for (;;) {
    const end = await turn.step();
    if (end !== null) return { end, hasProgressed: turn.hasProgressed };
  }
}

class Turn {
  readonly #deps: PushDeps;
  readonly #place: PushPlace;
  readonly #past: PushPast;
  readonly #untilMs: number;
  hasProgressed = false;

  constructor(deps: PushDeps, place: PushPlace, past: PushPast) {
    this.#deps = deps;
    this.#place = place;
    this.#past = past;
    this.#untilMs = deps.clock.monotonic() + limits.pushTurnMs;
  }

  /** Null: go on with the next step. */
  async step(): Promise<PushEnd | null> {
    const work = this.#deps.work(this.#place);
    if (work === null) return { kind: 'stopped' };
    if (work.row.status !== 'SYNCING' && !(await this.#move(work, 'push', { completedAt: null }))) {
      return { kind: 'stopped' };
    }
    switch (nextStep(work.row, work.audience)) {
      case 'delete':
        return this.#delete(work);
      case 'gone':
        return this.#finish(work, null);
      case 'wait':
        return { kind: 'poll' };
      case 'create':
        return this.#create(work, work.audience!);
      case 'push':
        return this.#push(work, work.audience!);
      case 'look':
        return this.#look(work, work.audience!);
    }
  }

  async #move(
    { row }: PushWork,
    event: MoveInput['event'],
    changes: MoveInput['changes'],
    response?: unknown,
  ): Promise<boolean> {
    const { restartCount, cursorSeq, targetSeq } = row;
    return this.#deps.move({
      ...this.#place,
      event,
      expected: { restartCount, cursorSeq, targetSeq },
      changes,
      ...(response === undefined ? {} : { response }),
      nowMs: this.#deps.clock.now(),
    });
  }

  async #send(work: PushWork, call: OutgoingCall): Promise<SellerAnswer> {
    const answer = await this.#deps.link.send(work.agent, call);
    if (answer.kind === 'accepted') this.hasProgressed = true;
    return answer;
  }

  /** An answer that lets the step not go on. */
  async #give(work: PushWork, answer: Exclude<SellerAnswer, { kind: 'accepted' }>): Promise<PushEnd> {
    const { failureCount } = this.#past;
    const isOver = !this.hasProgressed && failureCount + 1 >= limits.pushAttemptCountMax;
    if (answer.kind !== 'again' || isOver) return this.#fail(work, answer.sentence);
    const goes = await this.#move(work, 'push', { error: answer.sentence });
    return goes ? answer : { kind: 'stopped' };
  }

  async #fail(work: PushWork, sentence: string): Promise<PushEnd> {
    await this.#move(work, 'fail', { error: sentence, failedSeq: newestSeq(work.audience) });
    return { kind: 'over' };
  }

  async #finish(work: PushWork, remote: RemoteAudience | null): Promise<PushEnd> {
    const { audience } = work;
    const response =
      audience === null
        ? { audience_id: work.row.audienceId, action: 'deleted' }
        : { ...remote?.body, members_sent: audience.memberCount };
    const told = remote?.memberCount ?? null;
    const differs =
      audience !== null && told !== null && told !== audience.memberCount
        ? `The seller counts ${told} members, and ${audience.memberCount} were sent.`
        : null;
    const changes = { error: differs, failedSeq: null, completedAt: this.#deps.clock.now() };
    await this.#move(work, 'finish', changes, response);
    return { kind: 'over' };
  }

  async #delete(work: PushWork): Promise<PushEnd | null> {
    const { row } = work;
    const audience = outgoing(row.audienceId, null);
    const requestKey = requestKeyOf(row, row.audienceNo ?? goneSeq, audience, ['delete']);
    const answer = await this.#send(work, { kind: 'delete', requestKey, audience });
    if (answer.kind !== 'accepted') return this.#give(work, answer);
    const changes = { cursorSeq: 0, targetSeq: 0, doneCount: 0, audienceNo: null, error: null };
    return (await this.#move(work, 'push', changes)) ? null : { kind: 'stopped' };
  }

  async #create(work: PushWork, live: AudienceRow): Promise<PushEnd | null> {
    const audience = outgoing(live.audienceId, live);
    const requestKey = requestKeyOf(work.row, live.audienceNo, audience, ['create']);
    const answer = await this.#send(work, { kind: 'create', requestKey, audience });
    if (answer.kind !== 'accepted') return this.#give(work, answer);
    const changes = { audienceNo: live.audienceNo, error: null };
    return (await this.#move(work, 'push', changes)) ? null : { kind: 'stopped' };
  }

  async #look(work: PushWork, live: AudienceRow): Promise<PushEnd> {
    const audience = outgoing(live.audienceId, live);
    const requestKey = requestKeyOf(work.row, live.audienceNo, audience, ['look', this.#deps.clock.now()]);
    const answer = await this.#deps.link.send(work.agent, { kind: 'look', requestKey, audience });
    if (answer.kind !== 'accepted') return this.#give(work, answer);
    if (answer.audience === null) return this.#fail(work, 'The seller does not list the audience.');
    const isWorking = answer.audience.status === 'processing';
    return isWorking && !this.#past.isTiredOfPolling ? { kind: 'poll' } : this.#finish(work, answer.audience);
  }

  /** Sends what leads from the state that the seller has to the target, chunk by chunk. */
  async #push(work: PushWork, live: AudienceRow): Promise<PushEnd | null> {
    const begun = await this.#begin(work, live);
    if ('kind' in begun) return begun;
    const { delta, row } = begun;
    const audience = outgoing(live.audienceId, live);
    let now: PushWork = { ...work, row };
    const total = changeCount(delta);
    while (now.row.doneCount < total) {
      if (this.#deps.clock.monotonic() > this.#untilMs) return { kind: 'more' };
      const { doneCount, chunkSize } = now.row;
      const chunk = chunkAt(delta, doneCount, chunkSize);
      const key = requestKeyOf(now.row, live.audienceNo, audience, [chunk.side, chunk.from, chunk.to]);
      const answer = await this.#send(now, { kind: 'members', requestKey: key, audience, delta, chunk });
      const smaller = Math.floor(Math.min(chunkSize, chunk.to - chunk.from) / 2);
      const isSmallest = smaller < limits.pushedMemberCountMin;
      if (answer.kind !== 'accepted' && (answer.kind !== 'too_large' || isSmallest)) {
        return this.#give(now, answer);
      }
      const changes =
        answer.kind === 'accepted'
          ? { doneCount: doneCount + chunk.to - chunk.from, error: null }
          : { chunkSize: smaller };
      if (!(await this.#move(now, 'push', changes))) return { kind: 'stopped' };
      now = { ...now, row: { ...now.row, ...changes } };
    }
    const changes = { cursorSeq: now.row.targetSeq, targetSeq: 0, doneCount: 0, error: null };
    return (await this.#move(now, 'push', changes)) ? null : { kind: 'stopped' };
  }

  /** Chooses a target where there is none, and only one of which every member is known. */
  async #begin(
    work: PushWork,
    live: AudienceRow,
  ): Promise<PushEnd | { readonly delta: ForwardDelta; readonly row: PushWork['row'] }> {
    const { row } = work;
    const isResumed = row.targetSeq > 0;
    const targetSeq = isResumed ? row.targetSeq : live.countedSeq;
    const stored = this.#deps.kept(this.#place.accountNo, live.audienceNo, targetSeq);
    if (keptBytes(stored) > limits.forwardedBytesPerAudienceMax) return this.#fail(work, tooLargeToMerge);
    const opened = openForwards(this.#deps.keys, work.key, live.audienceNo, stored);
    const after = stateAt(opened, targetSeq);
    // Those of whom only tokens are kept are missing here, and in the count they are not.
    if (!isResumed && after.rowCount !== live.memberCount) return this.#fail(work, uploadAgain);
    const delta = forwardDelta(stateAt(opened, row.cursorSeq), after);
    if (isResumed) return { delta, row };
    const changes = { audienceNo: live.audienceNo, targetSeq, doneCount: 0, error: null };
    if (!(await this.#move(work, 'push', changes))) return { kind: 'stopped' };
    return { delta, row: { ...row, ...changes } };
  }
}

function outgoing(audienceId: string, row: AudienceRow | null): OutgoingAudience {
  return {
    audienceId,
    name: row?.name ?? null,
    audienceType: row?.audienceType ?? null,
    consentBasis: row?.consentBasis ?? null,
  };
}
