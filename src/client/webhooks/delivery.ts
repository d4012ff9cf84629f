import { receiveLimits } from './receive-limits.ts';

/** A webhook as it arrived: exactly the bytes and headers that the sender sent. */
export interface Delivery {
  readonly method: string;
  /** The address as the sender should have signed it: scheme and host as seen from outside, path and query as received. */
  readonly url: string;
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values in turn, in order and spelling of the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** How a sender says who it is. Source: AdCP webhooks; `none`: it does not. */
export type Scheme = 'rfc9421' | 'hmac-sha256' | 'bearer' | 'none';

/** The scheme that a delivery uses. A signature by RFC 9421 counts first: it cannot be there by accident. */
export function schemeOf(headers: Delivery['headers']): Scheme {
  if (headers['signature-input'] !== undefined || headers['signature'] !== undefined) return 'rfc9421';
  if (headers['x-adcp-signature'] !== undefined || headers['x-adcp-timestamp'] !== undefined) {
    return 'hmac-sha256';
  }
  return headers['authorization'] === undefined ? 'none' : 'bearer';
}

/** What others wrote, as one short line that cannot steer a terminal. */
export function plain(text: string, charsMax: number = receiveLimits.shownCharsMax): string {
  const line = text
    .slice(0, 4 * charsMax)
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/\p{C}/gu, '')
    .trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}
