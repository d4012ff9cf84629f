import type { Clock, Random } from '../../base/clock.ts';
import type { Delivery } from './delivery.ts';
import { createEventMemory, type EventMemory, type Occurrence } from './event-memory.ts';
import { forward } from './forward.ts';
import { readPayload, type Payload } from './payload.ts';
import type { Answer } from './receiver.ts';
import type { Verdict } from './verdict.ts';
import type { Verify } from './verify.ts';

/** How deliveries are answered. */
export interface AnswerRule {
  /** A status or `hang` for every delivery; `auto`: as a good receiver would. */
  readonly respond: 'auto' | 'hang' | number;
  /** The share of deliveries, 0..1, that are answered 503 whatever they are. */
  readonly failRate: number;
  /** Where deliveries are passed on to; its answer is given to the sender. */
  readonly forward: URL | null;
}

/** Everything that is known about one delivery when it has been answered. */
export interface Report {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly receivedAtMs: number;
  readonly bodyBytes: number;
  readonly verdict: Verdict;
  readonly payload: Payload;
  /** Null: it has no idempotency key, or failed verification and so counts for nothing. */
  readonly occurrence: Occurrence | null;
  readonly answer: {
    readonly status: number | 'hang';
    /** Who decided: this program, an option that asks for it, or the server behind `--forward`. */
    readonly by: 'rule' | 'respond' | 'fail-rate' | 'forward';
    /** Why the server behind `--forward` said nothing. */
    readonly forwardFault: string | null;
  };
  /** From the last byte of the request to the answer. */
  readonly tookMs: number;
}

export interface ReceptionParts {
  readonly verify: Verify;
  readonly rule: AnswerRule;
  /** What was registered as `token`; null: not known. */
  readonly expectedToken: string | null;
  readonly clock: Clock;
  readonly random: Random;
  /** Called after the answer is on its way, in order of the answers. */
  readonly onReport: (report: Report) => void;
}

/** Takes deliveries: verifies, reads, remembers, answers, and reports once the answer is given. */
export function createReception(parts: ReceptionParts): (delivery: Delivery) => Promise<Answer> {
  const memory = createEventMemory();
  let count = 0;
  return async (delivery) => {
    const number = ++count;
    const startMs = parts.clock.monotonic();
    const verdict = await parts.verify(delivery);
    const payload = readPayload(delivery.body, parts.expectedToken);
    const occurrence = occurrenceOf(memory, delivery, verdict, payload);
    const { answer, by, forwardFault } = await decide(parts, delivery, { verdict, payload, occurrence });
    const report: Report = {
      number,
      receivedAtMs: delivery.receivedAtMs,
      bodyBytes: delivery.body.byteLength,
      verdict,
      payload,
      occurrence,
      answer: { status: answer === 'hang' ? 'hang' : answer.status, by, forwardFault },
      tookMs: parts.clock.monotonic() - startMs,
    };
    // The sender waits for the answer and not for what is printed about it.
    setImmediate(() => parts.onReport(report));
    return answer;
  };
}

/** What failed verification is not remembered: else a stranger could use up the keys of the seller's events. */
function occurrenceOf(
  memory: EventMemory,
  delivery: Delivery,
  verdict: Verdict,
  { idempotencyKey }: Payload,
): Occurrence | null {
  if (idempotencyKey === null || verdict.outcome === 'failed') return null;
  // By scheme and outcome, not by key: a seller that rotates its key repeats an event under the new one.
  const sender = `${verdict.scheme} ${verdict.outcome}`;
  return memory.see({ sender, idempotencyKey, body: delivery.body, atMs: delivery.receivedAtMs });
}

interface Decided {
  readonly answer: Answer;
  readonly by: Report['answer']['by'];
  readonly forwardFault: string | null;
}

type Found = Pick<Report, 'verdict' | 'payload' | 'occurrence'>;

async function decide(parts: ReceptionParts, delivery: Delivery, found: Found): Promise<Decided> {
  const { respond, failRate, forward: target } = parts.rule;
  const decided = (answer: Answer, by: Decided['by']): Decided => ({ answer, by, forwardFault: null });
  if (fraction(parts.random) < failRate) return decided({ status: 503 }, 'fail-rate');
  if (respond !== 'auto') return decided(respond === 'hang' ? 'hang' : { status: respond }, 'respond');
  if (target === null) return decided(answerOf(found), 'rule');
  const { status, headers, body, fault } = await forward(delivery, target);
  return { answer: { status, headers, body }, by: 'forward', forwardFault: fault };
}

/** From 0, below 1. */
function fraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}

/**
 * As AdCP wants receivers to answer: 2xx for what is taken, repetitions included; 401 with a code for a signature
 * that fails, which tells the sender to stop; 409 for a key that was used for something else. What cannot be checked
 * for the moment is 503, so that it comes again.
 */
function answerOf({ verdict, payload, occurrence }: Found): Answer {
  if (verdict.outcome === 'failed') {
    const error = `Signature error="${verdict.code ?? ''}"`;
    return { status: 401, headers: verdict.scheme === 'rfc9421' ? { 'www-authenticate': error } : {} };
  }
  if (verdict.code === 'keys_unavailable') return { status: 503 };
  if (payload.kind === 'not-json') return { status: 400 };
  if (occurrence?.isSameBody === false) return { status: 409 };
  const body = Buffer.from('{"received":true}\n');
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
