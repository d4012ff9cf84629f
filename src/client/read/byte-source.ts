import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { clientLimits } from '../client-limits.ts';
import { FileFault } from '../file-fault.ts';

/** How the characters of a file are stored. Everything behind the source sees UTF-8. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Which bytes of a file to read, and as what. */
export interface SourceOptions {
  readonly gzip: boolean;
  readonly encoding: Encoding;
  /** Stops reading; the reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called with the bytes of the file read so far, compressed ones as they lie on disk. */
  readonly onBytes?: (bytes: number) => void;
}

/** Size in bytes of a file that can be read. Throws a FileFault that says what is wrong with it. */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new FileFault('FILE_UNREADABLE', `${path} is not a file.`, 'Name a file.');
    return info.size;
  } catch (error) {
    throw error instanceof FileFault ? error : fileFaultOf(path, error);
  }
}

function fileFaultOf(path: string, error: unknown): FileFault {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FileFault('FILE_NOT_FOUND', `There is no file ${path}.`, 'Check the path.', error);
  }
  const why = code === 'EACCES' || code === 'EPERM' ? 'may not be read' : 'cannot be read';
  return new FileFault('FILE_UNREADABLE', `${path} ${why}.`, 'Check its permissions and the disk.', error);
}

/** The file's bytes as they are, or unpacked. Ends the stream when the consumer stops. */
export async function* readBytes(path: string, options: SourceOptions): AsyncGenerator<Buffer, void> {
  const file = createReadStream(path, { highWaterMark: clientLimits.blockBytes });
  let failure: unknown;
  let stream: Readable = file;
  if (options.gzip) {
    const unpacked = createGunzip({ chunkSize: 256 * 1024 });
    file.on('error', (error) => unpacked.destroy(error));
    stream = file.pipe(unpacked);
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      options.signal?.throwIfAborted();
      options.onBytes?.(file.bytesRead);
      yield chunk;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    failure = error;
  } finally {
    file.destroy();
    stream.destroy();
  }
  if (failure === undefined) return;
  if (String((failure as NodeJS.ErrnoException).code).startsWith('Z_')) {
    const fix = 'Compress it again, or unpack it first.';
    throw new FileFault('COMPRESSION_BROKEN', 'The gzip data is damaged or cut off.', fix, failure);
  }
  throw fileFaultOf(path, failure);
}

/** The file as UTF-8 without a byte order mark. */
export async function* readUtf8(path: string, options: SourceOptions): AsyncGenerator<Buffer, void> {
  if (options.encoding === 'utf-8') {
    yield* withoutMark(readBytes(path, options));
    return;
  }
  const decoder = new TextDecoder(options.encoding);
  for await (const chunk of readBytes(path, options)) {
    const text = decoder.decode(chunk, { stream: true });
    if (text.length > 0) yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest.length > 0) yield Buffer.from(rest);
}

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Drops a byte order mark; chunks of files are longer than the mark, except in files shorter than it. */
async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst && chunk.subarray(0, 3).equals(mark) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

/** The first `byteCount` bytes of the file, unpacked when it is gzip; fewer when it is shorter. */
export async function readHead(path: string, gzip: boolean, byteCount: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path, { gzip, encoding: 'utf-8' })) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= byteCount) break;
  }
  return Buffer.concat(parts).subarray(0, byteCount);
}
