import { all, run, type Script } from './script.ts';

export interface SigningKeyRow {
  readonly kid: string;
  /** A JWK as JSON. */
  readonly publicKey: string;
  /** Sealed. */
  readonly privateKey: Uint8Array;
  readonly createdAt: number;
  readonly signsFrom: number;
  readonly publishedUntil: number | null;
}

const list = `SELECT kid, public_key AS publicKey, private_key AS privateKey, created_at AS createdAt, signs_from AS signsFrom,
  published_until AS publishedUntil FROM signing_key ORDER BY key_no DESC`;
const insert = `INSERT INTO signing_key (kid, public_key, private_key, created_at, signs_from) VALUES (?, ?, ?, ?, ?)`;
const retire = `UPDATE signing_key SET published_until = ? WHERE kid <> ? AND published_until IS NULL`;
const removeOld = `DELETE FROM signing_key WHERE published_until < ?`;
const removeOthers = `DELETE FROM signing_key WHERE kid <> ?`;

/** The newest first. */
export const signingKeys = (): Script<readonly SigningKeyRow[]> => all<SigningKeyRow>(list);

export const insertSigningKey = (row: Omit<SigningKeyRow, 'publishedUntil'>): Script<number> =>
  run(insert, row.kid, row.publicKey, row.privateKey, row.createdAt, row.signsFrom);

/** Every key but this one is published until then, where it was not retired before. */
export const retireSigningKeys = (kid: string, publishedUntil: number): Script<number> =>
  run(retire, publishedUntil, kid);

export const forgetSigningKeysPublishedUntil = (timeMs: number): Script<number> => run(removeOld, timeMs);

/** Every key but this one is gone. */
export const removeOtherSigningKeys = (kid: string): Script<number> => run(removeOthers, kid);
