import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { AppError } from '../../base/faults.ts';
import type {
  BodyEnds,
  BytesAdmitted,
  CallAdmitted,
  Endpoint,
  Reply,
  RequestHead,
} from '../../protocol/endpoint.ts';
import type { Ingest, IngestedCall } from '../../protocol/ingest.ts';
import type { BodyMemory } from './body-memory.ts';
import type { BodySink } from './body-sink.ts';
import type { HttpLimits } from './http-limits.ts';
import { readBody } from './read-body.ts';

export interface ExchangeParts {
  readonly ingest: Ingest;
  readonly memory: BodyMemory;
  readonly limits: HttpLimits;
  readonly addressOf: AddressOf;
}

/** Where a request comes from, as far as that can be trusted. */
export type AddressOf = (request: IncomingMessage) => string;

/** How one request went; null: the caller left, and nobody waits for an answer. */
export interface ExchangeResult {
  readonly reply: Reply | null;
  readonly bytesIn: number;
}

const endBytes = 16 * 1024;

export function headOf(request: IncomingMessage, addressOf: AddressOf): RequestHead {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const [path = '', ...query] = (request.url ?? '').split('?');
  return {
    method: request.method ?? '',
    path,
    query: query.join('?'),
    target: request.url ?? '',
    headers,
    address: addressOf(request),
  };
}

/** Only a refused body is looked at again; a good one would be copied for nothing. */
function endsOf(sink: BodySink): BodyEnds {
  const body = Buffer.from(sink.bytes.buffer, 0, sink.length);
  return {
    head: body.subarray(0, endBytes).toString('latin1'),
    tail: body.subarray(Math.max(0, body.length - endBytes)).toString('latin1'),
  };
}

const noEnds: BodyEnds = { head: '', tail: '' };

/** Takes the body apart and gives its memory back before the answer is worked out, so that a slow answer holds none. */
async function answerBody(
  parts: ExchangeParts,
  endpoint: Endpoint,
  admission: CallAdmitted | BytesAdmitted,
  sink: BodySink,
): Promise<Reply> {
  if ('answerBytes' in admission) {
    return admission.answerBytes(sink.bytes.subarray(0, sink.length)).finally(() => sink.release());
  }
  let ends = noEnds;
  let call: IngestedCall;
  try {
    call = await parts.ingest.take(sink.bytes, sink.length, endpoint.envelope);
    if (!call.ok) ends = endsOf(sink);
  } finally {
    sink.release();
  }
  return admission.answer(call, ends);
}

/** One request to an endpoint: head, admission, body, ingest, answer. Rejects only when the endpoint cannot even refuse. */
export async function runExchange(
  parts: ExchangeParts,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ExchangeResult> {
  const admission = await endpoint.admit(headOf(request, parts.addressOf));
  if (!admission.admitted) return { reply: admission.reply, bytesIn: 0 };
  const onWanted = (): void => {
    if (request.headers.expect !== undefined) response.writeContinue();
  };
  const { seal } = admission;
  const hash = seal?.needsDigest === true ? createHash('sha256') : null;
  const body = await readBody(request, parts.memory, admission.bodyBytesMax, parts.limits, onWanted, hash);
  if (body.kind === 'aborted') return { reply: null, bytesIn: 0 };
  if (body.kind === 'refused') return { reply: admission.refuse(body.fault), bytesIn: 0 };
  const bytesIn = body.sink.length;
  const fault = (await seal?.check(hash?.digest() ?? null)) ?? null;
  if (fault !== null) {
    body.sink.release();
    return { reply: admission.refuse(fault), bytesIn };
  }
  try {
    return { reply: await answerBody(parts, endpoint, admission, body.sink), bytesIn };
  } catch (error) {
    const isForeseen = error instanceof AppError;
    const reply = admission.refuse(isForeseen ? error : new AppError('SERVICE_UNAVAILABLE'));
    const record = { ...reply.record, ...(isForeseen ? {} : { unexpected: error }) };
    return { reply: { ...reply, record }, bytesIn };
  }
}
