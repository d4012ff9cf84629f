import type { AppError } from '../base/faults.ts';
import type { Envelope, IngestedCall } from './ingest.ts';

/** What is known of a request before its body is read. Header names are in lower case. */
export interface RequestHead {
  readonly method: string;
  /** The address before `?`, as it was sent: not decoded. */
  readonly path: string;
  /** What follows `?`; empty when there is none. */
  readonly query: string;
  /** Path and query as they were sent, a `?` with nothing behind it included. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where the request comes from, as far as that can be trusted. */
  readonly address: string;
}

/** What the server may log of an exchange. Never a value that the caller sent, apart from the key's public id. */
export interface ReplyRecord {
  readonly operation?: string;
  readonly code?: string;
  readonly keyId?: string;
  /** A fault that nobody foresaw. */
  readonly unexpected?: unknown;
  /** One of very many: written only where everything is. */
  readonly isRoutine?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly record?: ReplyRecord;
}

/** The first and last bytes of a body that could not be taken apart, as Latin-1 text; for guessing its generation. */
export interface BodyEnds {
  readonly head: string;
  readonly tail: string;
}

/** What a signed request still owes when its head was checked. */
export interface BodySeal {
  /** The body's SHA-256 is wanted, over its bytes as they travelled. */
  readonly needsDigest: boolean;
  /** The reason why the request is refused after all, or null. Once for each request. */
  check(digest: Uint8Array | null): Promise<AppError | null>;
}

interface Admitted {
  readonly admitted: true;
  /** Bytes after decompression. */
  readonly bodyBytesMax: number;
  /** Checked before the body is taken apart. */
  readonly seal?: BodySeal;
  /** The answer in the endpoint's own words when the body could not be read. */
  refuse(fault: AppError): Reply;
}

/** The body may be large: the ingest threads take it apart. */
export interface CallAdmitted extends Admitted {
  answer(call: IngestedCall, ends: BodyEnds): Promise<Reply>;
}

/** The body is small and is answered as it came. */
export interface BytesAdmitted extends Admitted {
  /** The bytes are lent until it settles. */
  answerBytes(body: Uint8Array): Promise<Reply>;
}

/** What an endpoint decides on the head alone: an answer at once, or how much body it wants to see. */
export type Admission = { readonly admitted: false; readonly reply: Reply } | CallAdmitted | BytesAdmitted;

/** A protocol behind one path. It sees heads and ingested calls, never sockets. */
export interface Endpoint {
  readonly envelope: Envelope;
  admit(head: RequestHead): Promise<Admission>;
  /** The answer in the endpoint's own words to a request that it does not even see; absent: plain words will do. */
  readonly refuseUnseen?: (fault: AppError, head: RequestHead) => Reply;
}

/** Where an endpoint is served: at `path` itself and at everything below it. */
export interface Door {
  /** `/mcp`: begins with a slash and does not end with one. Requests are logged under it. */
  readonly path: string;
  /** What is said of it on the welcome page, in one line. */
  readonly about: string;
  readonly endpoint: Endpoint;
}
