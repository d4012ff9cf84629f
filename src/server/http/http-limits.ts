import { limits } from '../../base/limits.ts';

/** Bounds of the HTTP front. All can be set lower, or higher, for one server; tests do. */
export interface HttpLimits {
  readonly headerBytesMax: number;
  /** Until the head of a request is complete. */
  readonly headerTimeoutMs: number;
  /** Until a request is complete, its body included. */
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly connectionCountMax: number;
  readonly connectionCountPerAddressMax: number;
  /** Requests under way at once; more are put off. */
  readonly requestCountMax: number;
  /** Bytes of a compressed body before it is inflated. */
  readonly wireBytesMax: number;
  readonly inflateRatioMax: number;
  readonly inflateGraceBytes: number;
  /** Bytes of memory held by all bodies at once. */
  readonly inFlightBytesMax: number;
  /** After an early refusal, how much of the rest of the body is read and dropped so that the answer arrives. */
  readonly lingerBytesMax: number;
  readonly lingerMs: number;
}

const MiB = 1024 * 1024;

export const httpLimits: HttpLimits = {
  headerBytesMax: limits.headerBytesMax,
  headerTimeoutMs: limits.headerTimeoutMs,
  requestTimeoutMs: limits.requestTimeoutMs,
  keepAliveMs: limits.keepAliveMs,
  connectionCountMax: 4_096,
  connectionCountPerAddressMax: 1_024,
  requestCountMax: 2_048,
  wireBytesMax: limits.requestWireBytesMax,
  inflateRatioMax: limits.inflateRatioMax,
  inflateGraceBytes: limits.inflateGraceBytes,
  inFlightBytesMax: limits.inFlightBytesMax,
  lingerBytesMax: 128 * MiB,
  lingerMs: 2_000,
};
