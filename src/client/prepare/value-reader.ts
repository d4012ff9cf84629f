import { isUtf8 } from 'node:buffer';

import { identifierCodeOfKind } from '../columns/kinds.ts';
import type { ColumnKind } from '../columns/kinds.ts';
import { clientLimits } from '../client-limits.ts';
import { everydayEmail, unusualEmail } from '../normalise/email-bytes.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { hashText } from '../normalise/hash-text.ts';
import { normaliseMaid } from '../normalise/maid.ts';
import { isNothing } from '../normalise/nothing.ts';
import { fastPhone, undecided } from '../normalise/phone-fast.ts';
import type { PhonePlan } from '../normalise/phone-fast.ts';
import { normalisePhone } from '../normalise/phone.ts';
import type { BatchBuilder } from './batch-builder.ts';
import type { ValueReason } from './people-batch.ts';

/** Where a phone number without a country code belongs to. */
export interface PhoneHome {
  readonly country: string | undefined;
  readonly plan: PhonePlan | undefined;
}

/** Reports a value that was refused, or a note about one that was taken. */
export type Complain = (reason: ValueReason) => void;

/**
 * Reads the value bytes[start…end) of a column and adds what identifiers it holds. Everyday spellings are
 * settled on the bytes; the rest goes through text. An empty value adds nothing and is no fault.
 */
export function readValue(
  kind: ColumnKind,
  bytes: Buffer,
  start: number,
  end: number,
  home: PhoneHome,
  batch: BatchBuilder,
  complain: Complain,
): void {
  switch (kind) {
    case 'email': {
      const length = everydayEmail(bytes, start, end, form);
      if (length === unusualEmail) readUnusualEmail(bytes.toString('utf8', start, end), batch, complain);
      else {
        batch.addHashed(emailCode, forms[length]!);
        batch.foreign?.addEmail(form.toString('latin1', 0, length), bytes.toString('latin1', start, end));
      }
      return;
    }
    case 'phone': {
      const length = fastPhone(bytes, start, end, home.plan, form);
      if (length > 0) {
        batch.addHashed(phoneCode, forms[length]!);
        batch.foreign?.addPhone(form.toString('latin1', 0, length));
      } else if (length !== undecided) complain('phone_invalid');
      else readUnusualPhone(bytes.toString('utf8', start, end), home.country, batch, complain);
      return;
    }
    case 'hashed_email':
    case 'hashed_phone':
      readHash(kind, bytes.toString('latin1', start, end), batch, complain);
      return;
    case 'maid':
    case 'uid2':
    case 'rampid':
    case 'id5':
    case 'euid':
    case 'pairid':
      readUid(kind, bytes.subarray(start, end), batch, complain);
      return;
    case 'id':
    case 'country':
    case 'ignore':
      return;
  }
}

const emailCode = identifierCodeOfKind.email;
const phoneCode = identifierCodeOfKind.phone;
const form = Buffer.alloc(Math.max(clientLimits.emailBytesMax, clientLimits.phoneCharsMax));
/** Views of the form by length: making one for each value costs half as much as hashing it. */
const forms = Array.from({ length: form.length + 1 }, (_, length) => form.subarray(0, length));

function readUnusualEmail(text: string, batch: BatchBuilder, complain: Complain): void {
  if (isNothing(text)) return;
  const email = normaliseEmail(text);
  if (email !== null) {
    addText(emailCode, email, text, batch);
    return;
  }
  if (readHashInClearColumn('hashed_email', text, batch, complain)) return;
  addParts(emailCode, addressesOf(text), normaliseEmail, 'email_invalid', batch, complain);
}

/**
 * The addresses of a cell of several. Blanks separate only whole addresses: half of `jane doe@example.com`
 * would be the address of somebody else.
 */
function addressesOf(text: string): readonly string[] {
  const words = text.split(/[;,|\s]+/).filter((word) => word !== '');
  if (words.every((word) => word.includes('@'))) return words;
  return text.split(/[;,|\n]+/).filter((part) => part.trim() !== '');
}

function readUnusualPhone(
  text: string,
  country: string | undefined,
  batch: BatchBuilder,
  complain: Complain,
): void {
  if (isNothing(text)) return;
  const parts = text.split(phoneSeparators).filter((part) => part.trim() !== '');
  if (parts.length === 1 && readHashInClearColumn('hashed_phone', text, batch, complain)) return;
  addParts(phoneCode, parts, (part) => normalisePhone(part, country), 'phone_invalid', batch, complain);
}

/** What stands between two numbers in one cell. A slash without blanks is part of a number: 030/123456. */
const phoneSeparators = /[;,|\n]|:::|\s\/\s/;

/** Adds each part that is a value. A part that is none costs only itself; a cell without any is one fault. */
function addParts(
  code: number,
  parts: readonly string[],
  normalise: (part: string) => string | null,
  fault: ValueReason,
  batch: BatchBuilder,
  complain: Complain,
): void {
  if (parts.length > clientLimits.valuesPerCellMax) complain('too_many_values');
  const read = parts.slice(0, clientLimits.valuesPerCellMax).filter((part) => !isNothing(part));
  const values = read.map(normalise).filter((value) => value !== null);
  for (const value of values) addText(code, value, value, batch);
  const faultCount = values.length === 0 ? 1 : read.length - values.length;
  for (let i = 0; i < faultCount; i++) complain(fault);
}

function addText(code: number, text: string, typed: string, batch: BatchBuilder): void {
  batch.addHashed(code, Buffer.from(text));
  if (code === emailCode) batch.foreign?.addEmail(text, typed);
  else batch.foreign?.addPhone(text);
}

/** SHA-256 of what bad exports hash: the empty string, and words for nothing. They would join strangers. */
const hashesOfNothing: ReadonlySet<string> = new Set(
  ['', 'null', 'NULL', 'none', 'None', 'nan', 'undefined', 'n/a', 'N/A', '-', ' '].map(hashText),
);

/** A hash among clear values is taken as it is, never hashed again. */
function readHashInClearColumn(
  kind: 'hashed_email' | 'hashed_phone',
  text: string,
  batch: BatchBuilder,
  complain: Complain,
): boolean {
  const value = text.trim();
  const isHash = /^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}|[A-Za-z0-9+/_-]{43}=)$/.test(value);
  if (!isHash) return false;
  if (value.length === 64) complain('already_hashed');
  readHash(kind, value, batch, complain);
  return true;
}

/** Takes 64 hex digits; names what else a value is. Capitals are folded with a note. */
function readHash(
  kind: 'hashed_email' | 'hashed_phone',
  text: string,
  batch: BatchBuilder,
  complain: Complain,
): void {
  const value = text.trim();
  const folded = value.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(folded)) {
    if (hashesOfNothing.has(folded)) {
      complain('hash_of_nothing');
      return;
    }
    if (folded !== value) complain('hash_upper_case');
    batch.addDigest(identifierCodeOfKind[kind], Buffer.from(folded, 'hex'));
    batch.foreign?.addHash(identifierCodeOfKind[kind], folded);
    return;
  }
  if (!isNothing(value)) complain(faultOfHash(folded, value));
}

function faultOfHash(folded: string, value: string): ValueReason {
  if (/^[0-9a-f]{32}$/.test(folded)) return 'hash_md5';
  if (/^[0-9a-f]{40}$/.test(folded)) return 'hash_sha1';
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return 'hash_base64';
  return value.includes('@') || /^\+?[\d\s().-]{7,20}$/.test(value) ? 'hash_clear_text' : 'hash_format';
}

type UidKind = 'maid' | 'uid2' | 'rampid' | 'id5' | 'euid' | 'pairid';

function readUid(kind: UidKind, bytes: Buffer, batch: BatchBuilder, complain: Complain): void {
  const text = bytes.toString('latin1').trim();
  if (isNothing(text)) return;
  const value = kind === 'maid' ? normaliseMaid(text) : /^[\x21-\x7e]+$/.test(text) ? text : null;
  if (value === null || value.length > clientLimits.uidBytesMax) {
    complain(kind === 'maid' ? 'maid_invalid' : 'uid_invalid');
    return;
  }
  batch.addUid(identifierCodeOfKind[kind], Buffer.from(value, 'latin1'));
}

/** Whether an id can be kept: UTF-8 without control characters. */
export function isReadableId(bytes: Buffer, start: number, end: number): boolean {
  let isAscii = true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte === 0x7f) return false;
    if (byte >= 0x80) isAscii = false;
  }
  return isAscii || isUtf8(bytes.subarray(start, end));
}
