import { hkdfSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Random } from '../base/clock.ts';
import { AppError } from '../base/faults.ts';

/** Thirty-two bytes for each purpose, all from one secret. */
export interface Secrets {
  /** Turns identifiers into tokens. Losing it loses the graph and the lists. */
  readonly tokenKey: Uint8Array;
  /** Fingerprints of requests, by which a repeated call is known. */
  readonly fingerprintKey: Uint8Array;
  /** Seals callers' own words at rest. */
  readonly sealKey: Uint8Array;
  /** Makes stored hashes of API keys and request keys useless without it. */
  readonly pepper: Uint8Array;
  /** Wraps the keys under which accounts' members are kept for forwarding. */
  readonly forwardKey: Uint8Array;
  /** Chains the records of the audit log. */
  readonly auditKey: Uint8Array;
  /** Signs where it stands. */
  readonly auditSeed: Uint8Array;
}

export const secretFileName = 'secret.key';
const secretBytes = 32;

/**
 * Reads the secret from ROLLCALL_SECRET (64 hexadecimal digits) or from the data directory, where it is made on first use. Makes the
 * directory where there is none.
 */
export function loadSecrets(dataDir: string, fromEnvironment: string | undefined, random: Random): Secrets {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret =
    fromEnvironment === undefined
      ? fromFile(dataDir, random)
      : parseSecret(fromEnvironment, 'ROLLCALL_SECRET');
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `rollcall/${purpose}/v1`, secretBytes));
  return {
    tokenKey: derive('token'),
    fingerprintKey: derive('fingerprint'),
    sealKey: derive('seal'),
    pepper: derive('pepper'),
    forwardKey: derive('forward'),
    auditKey: derive('audit'),
    auditSeed: derive('audit-signature'),
  };
}

function fromFile(dataDir: string, random: Random): Uint8Array {
  const path = join(dataDir, secretFileName);
  if (!existsSync(path)) makeSecret(dataDir, path, random);
  return parseSecret(readFileSync(path, 'utf8').trim(), `The file ${secretFileName}`);
}

/**
 * Whole or not at all, and on disk before anything is keyed with it: a crash must not leave half a secret. Two
 * processes that start at once agree on the one whose file came first.
 */
function makeSecret(dataDir: string, path: string, random: Random): void {
  const draft = `${path}.${random.uuid()}`;
  const text = `${Buffer.from(random.bytes(secretBytes)).toString('hex')}\n`;
  writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const directory = openSync(dataDir, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function parseSecret(text: string, where: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  throw new AppError('CONFIGURATION_ERROR', `${where} must hold 64 hexadecimal digits.`, {
    suggestion:
      'Restore the secret that this data directory was made with; without it the lists cannot be read.',
  });
}
