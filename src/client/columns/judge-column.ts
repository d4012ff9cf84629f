import { meaningOfHeader } from './header-words.ts';
import type { ColumnKind } from './kinds.ts';
import { sharesOf } from './value-shapes.ts';
import type { ShapeShares } from './value-shapes.ts';

/** What is believed of one column before the columns are compared with each other. */
export interface ColumnVerdict {
  readonly kind: ColumnKind;
  /** Lower is better among several columns of a kind that may occur once. */
  readonly rank: number;
  /** 0 to 1. Under `sureFrom` a person should look. */
  readonly confidence: number;
  /** Why, or what is wrong; without values. */
  readonly note: string;
  /** Set when the column holds hashes that no AdCP seller can use. */
  readonly unusable?: 'md5' | 'sha1' | 'base64';
  /** The name has words that are not understood: whoever compares the columns trusts the others first. */
  readonly isStrange?: boolean;
  /** The words that are not understood, where the others name a kind. */
  readonly strangeWords?: string;
}

export const sureFrom = 0.7;

/** Judges one column by its name and a sample of its values. */
export function judgeColumn(name: string, values: readonly string[]): ColumnVerdict {
  const meaning = meaningOfHeader(name);
  const shares = sharesOf(values);
  const { kind, rank, sort, strangeWords = '' } = meaning;
  if (sort === 'other') return judgeOther(shares);
  if (kind === undefined) return { ...judgeByContents(shares), isStrange: sort === 'strange' };
  if (sort === 'doubt') return judgeHint(kind, rank, shares);
  if (sort === 'hint') return { ...judgeHint(kind, rank, shares), isStrange: true, strangeWords };
  return judgeNamed(kind, rank, shares);
}

/** Every word of the name is understood, so that few values need to agree. */
function judgeNamed(kind: ColumnKind, rank: number, shares: ShapeShares): ColumnVerdict {
  if (shares.count === 0) {
    const note = 'by its name; no values in the sample';
    return { kind, rank: rank + doubtfulRank, confidence: 0.6, note };
  }
  switch (kind) {
    case 'id':
      return judgeId(rank, shares);
    case 'email':
    case 'hashed_email':
    case 'phone':
    case 'hashed_phone':
      return judgeContact(kind, rank, shares);
    case 'maid':
      if (shares.share('uuid') >= 0.5)
        return { kind, rank, confidence: 0.95, note: 'by its name and values' };
      return unusableHash(shares) ?? ignored(0.6, 'named like a device id, but the values are not UUIDs');
    case 'country':
      if (shares.share('country') >= 0.5)
        return { kind, rank, confidence: 0.95, note: 'by its name and values' };
      return ignored(0.8, 'named like a country, but the values are not countries');
    case 'uid2':
    case 'euid':
      // Mailchimp calls a short number of its own EUID.
      if (shares.tokenShare >= 0.5) return { kind, rank, confidence: 0.9, note: 'by its name' };
      return ignored(0.7, `named like ${kind}, but the values are too short`);
    case 'rampid':
    case 'id5':
    case 'pairid':
      return { kind, rank, confidence: 0.9, note: 'by its name' };
    case 'ignore':
      return ignored(1, 'by its name');
  }
}

/** Words of the name are strange: most values must look right, or the column is left alone. */
function judgeHint(kind: ColumnKind, rank: number, shares: ShapeShares): ColumnVerdict {
  if (shares.count === 0) return ignored(0.7, 'empty; the name is not understood');
  if (kind === 'id') return judgeHintedId(rank, shares);
  const verdict = judgeNamed(kind, rank, shares);
  const agreeing = {
    email: shares.share('email'),
    phone: shares.share('phone', 'plain_phone', 'digits'),
    country: shares.share('country'),
    hashed: shares.share('sha256', 'sha256_upper'),
  };
  const isHashed = verdict.kind === 'hashed_email' || verdict.kind === 'hashed_phone';
  const share = isHashed ? agreeing.hashed : Math.max(agreeing.email, agreeing.phone, agreeing.country);
  if (verdict.kind === 'ignore' || share < hintShareMin) return judgeByContents(shares);
  return { ...verdict, confidence: Math.min(verdict.confidence, 0.8) };
}

const hintShareMin = 0.8;

/** An id of something; of the person perhaps, when no two rows share one. */
function judgeHintedId(rank: number, shares: ShapeShares): ColumnVerdict {
  if (shares.distinctCount < shares.count || shares.count < hintedIdCountMin) return judgeByContents(shares);
  return { kind: 'id', rank, confidence: 0.6, note: 'an id, perhaps of the person: no two rows share one' };
}

const hintedIdCountMin = 3;

/** The name says what it is, and it is nothing of ours. Hashes are named, so that nobody misses them. */
function judgeOther(shares: ShapeShares): ColumnVerdict {
  const looksRight = shares.share('email', 'plain_phone', 'sha256', 'sha256_upper') >= 0.8;
  return looksRight
    ? ignored(0.75, 'left out: the name says that the values are not the person’s own')
    : ignored(0.9, 'not recognised');
}

function ignored(confidence: number, note: string): ColumnVerdict {
  return { kind: 'ignore', rank: 10_000, confidence, note };
}

function judgeId(rank: number, shares: ShapeShares): ColumnVerdict {
  const isShared = shares.distinctCount / shares.count < 0.5;
  const note = isShared ? 'by its name, though many rows share a value' : 'by its name';
  const what = shares.share('email') > 0.8 ? '; the ids look like e-mail addresses' : '';
  return {
    kind: 'id',
    rank: rank + (isShared ? doubtfulRank : 0),
    confidence: isShared ? 0.6 : 0.95,
    note: note + what,
  };
}

/** A column whose values are missing or shared gives way to one with a worse name and better values. */
const doubtfulRank = 5_000;

type ContactKind = 'email' | 'phone' | 'hashed_email' | 'hashed_phone';

/** The name says e-mail or phone; the values decide whether in clear text, hashed, or neither. */
function judgeContact(kind: ContactKind, rank: number, shares: ShapeShares): ColumnVerdict {
  const isEmail = kind === 'email' || kind === 'hashed_email';
  const clear: ColumnKind = isEmail ? 'email' : 'phone';
  const hashed: ColumnKind = isEmail ? 'hashed_email' : 'hashed_phone';
  const clearShare = isEmail ? shares.share('email') : shares.share('phone', 'plain_phone', 'digits');
  const hashShare = shares.share('sha256', 'sha256_upper');
  if (hashShare > clearShare && hashShare >= 0.3) {
    const fold = shares.share('sha256_upper') > 0 ? '; capitals are folded' : '';
    const mixed = clearShare > 0 ? '; clear values among them are refused' : '';
    return {
      kind: hashed,
      rank,
      confidence: 0.95,
      note: `already hashed (SHA-256), taken as it is${fold}${mixed}`,
    };
  }
  const unusable = unusableHash(shares);
  if (unusable !== undefined) return unusable;
  if (clearShare >= 0.3) return judgeClear(clear, kind === hashed, rank, clearShare, shares);
  if (clearShare > 0 && kind === clear)
    return { kind, rank, confidence: 0.6, note: 'by its name; few values look right' };
  return ignored(
    0.7,
    `named like ${isEmail ? 'an e-mail address' : 'a phone number'}, but the values are not`,
  );
}

function judgeClear(
  kind: ColumnKind,
  isNamedHashed: boolean,
  rank: number,
  share: number,
  shares: ShapeShares,
): ColumnVerdict {
  if (shares.count >= sharedCountMin && shares.distinctCount / shares.count < 0.05)
    return { kind, rank, confidence: 0.6, note: 'by its name, but few different values: whose are they?' };
  if (isNamedHashed) {
    const note = 'named like hashes, but the values are clear text: they will be hashed';
    return { kind, rank, confidence: 0.75, note };
  }
  return { kind, rank, confidence: share < 0.6 ? 0.8 : 0.99, note: 'by its name and values' };
}

/** Fewer values than this say nothing about how many people share one. */
const sharedCountMin = 100;

function unusableHash(shares: ShapeShares): ColumnVerdict | undefined {
  for (const shape of ['md5', 'sha1', 'base64'] as const) {
    if (shares.share(shape) < 0.5) continue;
    return { ...ignored(0.95, unusableNotes[shape]), unusable: shape };
  }
  return undefined;
}

const unusableNotes = {
  md5: 'the values look like MD5 (32 hex digits); sellers match SHA-256 only',
  sha1: 'the values look like SHA-1 (40 hex digits); sellers match SHA-256 only',
  base64: 'the values look like Base64 (44 characters); write them as 64 hex digits',
} as const;

/** The name says nothing. Only shapes that cannot be anything else are taken. */
function judgeByContents(shares: ShapeShares): ColumnVerdict {
  if (shares.count === 0) return ignored(0.9, 'empty');
  const found = 'by its values; the name says nothing';
  if (shares.share('email') >= 0.8) return { kind: 'email', rank: 900, confidence: 0.8, note: found };
  if (shares.share('plain_phone') >= 0.5 && shares.share('plain_phone', 'phone', 'digits') >= 0.9)
    return { kind: 'phone', rank: 900, confidence: 0.6, note: found };
  if (shares.share('sha256', 'sha256_upper') >= 0.8) {
    return ignored(
      0.5,
      'hashes of something: map it as hashed_email or hashed_phone if that is what they are',
    );
  }
  if (shares.share('uuid') >= 0.8)
    return ignored(0.5, 'UUIDs: map it as maid or id if that is what they are');
  return ignored(0.9, 'not recognised');
}
