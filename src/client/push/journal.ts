/**
 * What a push remembers on the buyer's disk, for one audience at one seller: how far a push that was broken off had come, and for mirrors
 * which members the seller holds. Members are sealed under a key of their own, so that the files hold no identifier, in clear or hashed.
 *
 * | file | holds |
 * | --- | --- |
 * | `journal.key`, beside the folders | 32 random bytes, readable by their owner only |
 * | `run.json` | the push under way: what it is made of and how many of its changes are acknowledged |
 * | `target.sealed` | the members that a mirror under way leads to |
 * | `base.sealed` | the members that the seller holds since the last mirror |
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { decodeForward, encodeForward, noFallback } from '../../engine/forward/encode-forward.ts';
import type { ForwardMembers } from '../../engine/forward/forward-members.ts';
import { FileFault } from '../file-fault.ts';
import { lockFolder } from './folder-lock.ts';

/** Which audience of which seller. */
export interface JournalPlace {
  readonly url: string;
  readonly accountId: string;
  readonly audienceId: string;
}

/** A push that was begun and has not ended. */
export interface StoredRun {
  readonly pushId: string;
  readonly mode: 'add' | 'mirror';
  /** SHA-256 of the sealed key's view of the members that it leads to: whether the file is still the same. */
  readonly targetDigest: string;
  readonly changeCount: number;
  /** Changes that the seller acknowledged, from the first. */
  readonly doneCount: number;
  readonly chunkSize: number;
}

export interface PushJournal {
  /** For tokens of member ids; 32 bytes. */
  readonly tokenKey: Uint8Array;
  /** What the seller holds by what was mirrored from here; null: nothing was. */
  base(): ForwardMembers | null;
  run(): StoredRun | null;
  /** Where a mirror under way leads. */
  target(): ForwardMembers | null;
  /** `target`: what the seller has afterwards, where this is followed. */
  begin(run: StoredRun, target: ForwardMembers | null): void;
  progress(run: StoredRun): void;
  /** All is acknowledged: a mirror's target is what the seller holds now. */
  finish(): void;
  close(): void;
}

const runFile = 'run.json';
const targetFile = 'target.sealed';
const baseFile = 'base.sealed';
const keyBytes = 32;
const [nonceBytes, tagBytes] = [12, 16];

/** Source: XDG Base Directory Specification, state that is kept between runs. */
export function defaultJournalFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const state = environment['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'rollcall');
}

export function targetDigestOf(members: ForwardMembers): string {
  return createHash('sha256')
    .update(encodeForward({ members, fallback: noFallback }))
    .digest('hex');
}

/** Opens the journal of one audience. Throws a FileFault where another push holds it, or it cannot be read. */
export function openJournal(folder: string, place: JournalPlace): PushJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = loadKey(join(folder, 'journal.key'));
  const name = createHash('sha256').update(JSON.stringify([place.url, place.accountId, place.audienceId]));
  const own = join(folder, name.digest('hex').slice(0, 32));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(own);
  const at = (file: string): string => join(own, file);
  const [sealKey, tokenKey] = ['seal', 'token'].map((use) => derived(key, use)) as [Uint8Array, Uint8Array];
  const members = (file: string): ForwardMembers | null =>
    existsSync(at(file)) ? decodeForward(opened(readFileSync(at(file)), sealKey)).members : null;
  const put = (file: string, bytes: Uint8Array): void => replaceFile(at(file), bytes);
  const putRun = (run: StoredRun): void => put(runFile, Buffer.from(`${JSON.stringify(run)}\n`));
  return {
    tokenKey,
    base: () => members(baseFile),
    run: () =>
      existsSync(at(runFile)) ? (JSON.parse(readFileSync(at(runFile), 'utf8')) as StoredRun) : null,
    target: () => members(targetFile),
    begin(run, target) {
      // The target first: a run without it could not be gone on with.
      if (target === null) rmSync(at(targetFile), { force: true });
      else put(targetFile, sealed(encodeForward({ members: target, fallback: noFallback }), sealKey));
      putRun(run);
    },
    progress: putRun,
    finish() {
      // In this order a crash between leaves a run that is done, and finishing it again changes nothing.
      if (existsSync(at(targetFile))) renameSync(at(targetFile), at(baseFile));
      rmSync(at(runFile), { force: true });
    },
    close: unlock,
  };
}

function loadKey(file: string): Uint8Array {
  if (!existsSync(file)) replaceFile(file, randomBytes(keyBytes));
  const key = readFileSync(file);
  if (key.length === keyBytes) return key;
  throw new FileFault(
    'JOURNAL_DAMAGED',
    `The file ${file} is no key.`,
    'Remove the folder; the next mirror sends everything again.',
  );
}

function derived(key: Uint8Array, use: string): Uint8Array {
  return createHash('sha256').update(`rollcall journal ${use}`).update(key).digest();
}

function sealed(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function opened(bytes: Buffer, key: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    const fix = 'Remove its folder; the next mirror sends everything again.';
    throw new FileFault(
      'JOURNAL_DAMAGED',
      'The journal of this audience is damaged or sealed under another key.',
      fix,
    );
  }
}

/** The old content or the new one, whatever happens. */
function replaceFile(path: string, bytes: Uint8Array): void {
  const made = `${path}.new`;
  const file = openSync(made, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(made, path);
}
