import type { IncomingMessage } from 'node:http';
import type { Hash } from 'node:crypto';
import { createGunzip } from 'node:zlib';

import { AppError } from '../../base/faults.ts';
import type { BodyMemory } from './body-memory.ts';
import { bodyTooLarge, createBodySink } from './body-sink.ts';
import type { BodySink } from './body-sink.ts';
import type { HttpLimits } from './http-limits.ts';

export type ReadBody =
  /** The sink's memory is the reader's until it releases it. */
  | { readonly kind: 'read'; readonly sink: BodySink }
  | { readonly kind: 'refused'; readonly fault: AppError }
  /** The caller went away; nobody waits for an answer. */
  | { readonly kind: 'aborted' };

/** Bytes that the decoder hands out at once: fewer hops between threads for large bodies. */
const inflateChunkBytes = 128 * 1024;

type Encoding = 'identity' | 'gzip';

/** One layer of gzip or none. Undefined: anything else. */
function encodingOf(header: string | undefined): Encoding | undefined {
  const name = (header ?? 'identity').trim().toLowerCase();
  if (name === '' || name === 'identity') return 'identity';
  return name === 'gzip' || name === 'x-gzip' ? 'gzip' : undefined;
}

function announcedLength(request: IncomingMessage): number | null {
  const header = request.headers['content-length'];
  // Node's parser has checked that it is a number.
  return header === undefined ? null : Number(header);
}

/** Resolves when the request ends, goes away, or a chunk is refused. */
function readIdentity(request: IncomingMessage, sink: BodySink): Promise<ReadBody> {
  return new Promise((resolve) => {
    const finish = (result: ReadBody): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      resolve(result);
    };
    const onData = (chunk: Uint8Array): void => {
      const fault = sink.push(chunk);
      if (fault !== null) finish({ kind: 'refused', fault });
    };
    const onEnd = (): void => finish({ kind: 'read', sink });
    const onGone = (): void => finish({ kind: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function inflateRefusal(limit: number, limitName: string): AppError {
  return new AppError('BODY_TOO_LARGE', 'The compressed body inflates to far more than it is.', {
    suggestion: 'Send the body without compression, or in smaller calls.',
    details: { limit, limit_name: limitName },
  });
}

const brokenGzip = (): AppError =>
  new AppError('INVALID_REQUEST', 'The body is not valid gzip, or it ends too early.', {
    suggestion: 'Compress the whole body once with gzip, or send it as it is.',
  });

/**
 * Inflates while the body streams in. The decoder is destroyed at the first byte too many, so that a bomb costs no more than the
 * bound; what was promised in headers is never believed.
 */
function readGzip(request: IncomingMessage, sink: BodySink, limits: HttpLimits): Promise<ReadBody> {
  return new Promise((resolve) => {
    const decoder = createGunzip({ chunkSize: inflateChunkBytes });
    let wireBytes = 0;
    let isDone = false;
    const finish = (result: ReadBody): void => {
      if (isDone) return;
      isDone = true;
      request.off('data', onWire).off('end', onWireEnd).off('error', onGone).off('close', onGone);
      decoder.destroy();
      resolve(result);
    };
    const refuse = (fault: AppError): void => finish({ kind: 'refused', fault });
    const onWire = (chunk: Uint8Array): void => {
      wireBytes += chunk.length;
      if (wireBytes > limits.wireBytesMax)
        return refuse(inflateRefusal(limits.wireBytesMax, 'requestWireBytesMax'));
      if (!decoder.write(chunk)) request.pause();
    };
    const onWireEnd = (): void => void decoder.end();
    // A request that came whole closes too, maybe while its last bytes are still inflated.
    const onGone = (): void => {
      if (!request.complete) finish({ kind: 'aborted' });
    };
    decoder
      .on('drain', () => request.resume())
      .on('data', (chunk: Uint8Array) => {
        if (isDone) return;
        const fault = sink.push(chunk);
        if (fault !== null) return refuse(fault);
        if (sink.length > limits.inflateGraceBytes && sink.length > wireBytes * limits.inflateRatioMax) {
          refuse(inflateRefusal(limits.inflateRatioMax, 'inflateRatioMax'));
        }
      })
      .on('error', () => refuse(brokenGzip()))
      .on('end', () => finish({ kind: 'read', sink }));
    request.on('data', onWire).on('end', onWireEnd).on('error', onGone).on('close', onGone);
  });
}

/**
 * Reads a body into one piece of shared memory, counting as it streams. Memory goes back by itself unless the
 * body was read whole. `onWanted` is called when nothing in the head refuses the body.
 */
export async function readBody(
  request: IncomingMessage,
  memory: BodyMemory,
  bytesMax: number,
  limits: HttpLimits,
  onWanted: () => void,
  /** Is given the bytes as they travelled, before they are inflated. */
  digest: Hash | null = null,
): Promise<ReadBody> {
  const encoding = encodingOf(request.headers['content-encoding']);
  if (encoding === undefined) return { kind: 'refused', fault: new AppError('UNSUPPORTED_ENCODING') };
  const announced = announcedLength(request);
  const wireBytesMax = encoding === 'gzip' ? limits.wireBytesMax : bytesMax;
  if (announced !== null && announced > wireBytesMax) {
    return { kind: 'refused', fault: bodyTooLarge(wireBytesMax) };
  }
  onWanted();
  if (digest !== null) request.on('data', (chunk: Uint8Array) => void digest.update(chunk));
  const sink = createBodySink(memory, encoding === 'gzip' ? null : announced, bytesMax);
  const result =
    encoding === 'gzip' ? await readGzip(request, sink, limits) : await readIdentity(request, sink);
  if (result.kind !== 'read') sink.release();
  return result;
}
