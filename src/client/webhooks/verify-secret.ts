/** The two older schemes, which a buyer chooses by registering `authentication`. Source: AdCP webhooks, legacy schemes. */
import { createHmac } from 'node:crypto';

import type { Delivery } from './delivery.ts';
import { plain } from './delivery.ts';
import { hasDuplicateKey } from './duplicate-key.ts';
import { equalTexts } from './equal-texts.ts';
import { jsonSpellings } from './json-spellings.ts';
import { receiveLimits } from './receive-limits.ts';
import type { Explanation, Verdict } from './verdict.ts';
import { stepsUntil } from './verdict.ts';

const hmacSteps = ['headers', 'timestamp', 'time window', 'signature', 'keys of the body'] as const;
const bearerSteps = ['header', 'credentials'] as const;

interface Failure extends Explanation {
  readonly code: string;
  readonly step: (typeof hmacSteps)[number] | (typeof bearerSteps)[number];
}

/** `HMAC-SHA256`: the signed text is `<timestamp>.<body>`, and the bytes signed are the bytes sent. */
export function verifyHmac(delivery: Delivery, secret: string): Verdict {
  return verdictOf('hmac-sha256', hmacSteps, hmacFailure(delivery, secret), secret);
}

function hmacFailure(delivery: Delivery, secret: string): Failure | null {
  const signature = delivery.headers['x-adcp-signature'];
  const timestamp = delivery.headers['x-adcp-timestamp'];
  if (signature === undefined || timestamp === undefined) {
    return {
      step: 'headers',
      code: 'hmac_header_missing',
      reason: `The header ${signature === undefined ? 'X-ADCP-Signature' : 'X-ADCP-Timestamp'} is missing.`,
      fix: 'The sender must send both, or a proxy in between takes one out: let it pass both.',
    };
  }
  return (
    timestampFailure(timestamp, delivery.receivedAtMs) ??
    signatureFailure(delivery.body, { signature, timestamp, secret }) ??
    keysFailure(delivery.body)
  );
}

function timestampFailure(timestamp: string, nowMs: number): Failure | null {
  if (!/^\d{1,12}$/.test(timestamp)) {
    const isMs = /^\d{13}$/.test(timestamp);
    return {
      step: 'timestamp',
      code: 'hmac_timestamp_malformed',
      reason: `X-ADCP-Timestamp is ${isMs ? 'in milliseconds' : `“${plain(timestamp, 40)}”, which is no number of seconds`}.`,
      fix: 'The sender must send the seconds since 1970, as digits.',
    };
  }
  const ageSeconds = Math.round(nowMs / 1000) - Number(timestamp);
  if (Math.abs(ageSeconds) <= receiveLimits.hmacWindowSeconds) return null;
  return {
    step: 'time window',
    code: 'hmac_timestamp_stale',
    reason: `X-ADCP-Timestamp is ${sinceWords(ageSeconds)}; ${receiveLimits.hmacWindowSeconds} s are allowed.`,
    fix: 'Check the clocks of both machines. A sender that retries must sign again, with the time of the retry.',
  };
}

/** `400 s ago`, `400 s in the future`. */
export function sinceWords(ageSeconds: number): string {
  return ageSeconds >= 0 ? `${ageSeconds} s ago` : `${-ageSeconds} s in the future`;
}

interface Signed {
  readonly signature: string;
  readonly timestamp: string;
  readonly secret: string;
}

function hmacHex(secret: string, ...parts: readonly (string | Uint8Array)[]): string {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
}

function signatureFailure(body: Uint8Array, signed: Signed): Failure | null {
  const right = hmacHex(signed.secret, `${signed.timestamp}.`, body);
  if (equalTexts(signed.signature, `sha256=${right}`)) return null;
  const explanation = nearMiss(body, signed, right) ?? {
    reason: 'The signature is not that of this body and timestamp under the secret given here.',
    fix: 'Compare the secret with the one that was registered as authentication.credentials, and make sure that nothing between the sender and here changes the bytes.',
  };
  return { step: 'signature', code: 'hmac_mismatch', ...explanation };
}

/** Mistakes that are made again and again, each recognised by doing the same and comparing. */
function nearMiss(body: Uint8Array, signed: Signed, right: string): Explanation | null {
  const { signature, timestamp, secret } = signed;
  const given = signature
    .trim()
    .toLowerCase()
    .replace(/^sha256=/, '');
  if (equalTexts(given, right)) {
    return {
      reason: 'The digest is right and its spelling is not.',
      fix: 'The sender must write X-ADCP-Signature: sha256= and 64 lower-case hexadecimal digits.',
    };
  }
  const base64 = Buffer.from(right, 'hex').toString('base64');
  if (equalTexts(signature.replace(/^sha256=/i, ''), base64)) {
    return {
      reason: 'The digest is right, in base64.',
      fix: 'The sender must write it as 64 lower-case hexadecimal digits.',
    };
  }
  if (equalTexts(given, hmacHex(secret, body))) {
    return {
      reason: 'The sender signed the body alone.',
      fix: 'The sender must sign “<timestamp>.<body>”: the value of X-ADCP-Timestamp, a dot, the body.',
    };
  }
  if (equalTexts(given, hmacHex(`${secret}\n`, `${timestamp}.`, body))) {
    return {
      reason: 'The sender’s secret ends with a line break.',
      fix: 'Register the secret again, without the line break that is at the end of its file.',
    };
  }
  const isRespelt = jsonSpellings(body).some((text) =>
    equalTexts(given, hmacHex(secret, `${timestamp}.`, text)),
  );
  if (!isRespelt) return null;
  return {
    reason: 'The sender signed another spelling of the same JSON than it sent.',
    fix: 'The bytes that are signed must be the bytes that are sent: serialise once, sign that, send that. In between, nothing may parse and write the body anew.',
  };
}

function keysFailure(body: Uint8Array): Failure | null {
  const text = Buffer.from(body).toString('utf8');
  try {
    JSON.parse(text);
  } catch {
    // That the body is no JSON is said elsewhere; the signature is right all the same.
    return null;
  }
  if (!hasDuplicateKey(text)) return null;
  return {
    step: 'keys of the body',
    code: 'duplicate_key_input',
    reason: 'The body names a key of an object twice.',
    fix: 'Parsers disagree on which value counts; the sender must write each key once.',
  };
}

/** `Authorization: Bearer <credentials>`. Says who sent it and nothing about the body. */
export function verifyBearer(delivery: Delivery, secret: string): Verdict {
  return verdictOf('bearer', bearerSteps, bearerFailure(delivery, secret), secret);
}

function bearerFailure(delivery: Delivery, secret: string): Failure | null {
  const given = /^bearer +(.+)$/i.exec(delivery.headers['authorization'] ?? '')?.[1];
  if (given === undefined) {
    return {
      step: 'header',
      code: 'bearer_malformed',
      reason: 'The header Authorization is no “Bearer <credentials>”.',
      fix: 'Register the scheme "Bearer", or use another scheme.',
    };
  }
  if (equalTexts(given, secret)) return null;
  return {
    step: 'credentials',
    code: 'bearer_mismatch',
    reason: 'The credentials are not those of the secret file.',
    fix: 'Compare the file with what was registered as authentication.credentials.',
  };
}

function verdictOf(
  scheme: Verdict['scheme'],
  steps: readonly string[],
  failure: Failure | null,
  secret: string,
): Verdict {
  const needed = receiveLimits.secretCharsMin;
  return {
    scheme,
    outcome: failure === null ? 'verified' : 'failed',
    code: failure?.code ?? null,
    keyid: null,
    steps: stepsUntil(steps, failure === null ? null : steps.indexOf(failure.step)),
    explanation: failure === null ? null : { reason: failure.reason, fix: failure.fix },
    notes:
      secret.length >= needed
        ? []
        : [`The secret has fewer than ${needed} characters: sellers refuse to register it.`],
  };
}
