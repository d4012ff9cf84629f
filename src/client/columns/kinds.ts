import { identifierCodes } from '../../base/identifier-types.ts';

/** What a column of a file of people can be. `id` is the seller's user id or the buyer's external id. */
export type ColumnKind =
  | 'id'
  | 'email'
  | 'phone'
  | 'hashed_email'
  | 'hashed_phone'
  | 'maid'
  | 'uid2'
  | 'rampid'
  | 'id5'
  | 'euid'
  | 'pairid'
  | 'country'
  | 'ignore';

/** The words that `--map COLUMN=KIND` takes. */
const kindWords: Readonly<Record<string, ColumnKind>> = {
  id: 'id',
  user_id: 'id',
  external_id: 'id',
  email: 'email',
  phone: 'phone',
  hashed_email: 'hashed_email',
  hashed_phone: 'hashed_phone',
  maid: 'maid',
  uid2: 'uid2',
  rampid: 'rampid',
  id5: 'id5',
  euid: 'euid',
  pairid: 'pairid',
  country: 'country',
  ignore: 'ignore',
};

/** The kind that a word of the command line names, or undefined. */
export function kindOfWord(word: string): ColumnKind | undefined {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(kindWords, key) ? kindWords[key] : undefined;
}

/** The words above, for messages. */
export const kindWordList: readonly string[] = Object.keys(kindWords);

/** The identifier code that values of a kind get in columns; 0 where they are no identifiers. */
export const identifierCodeOfKind: Readonly<Record<ColumnKind, number>> = {
  id: 0,
  email: identifierCodes.hashed_email,
  phone: identifierCodes.hashed_phone,
  hashed_email: identifierCodes.hashed_email,
  hashed_phone: identifierCodes.hashed_phone,
  maid: identifierCodes.maid,
  uid2: identifierCodes.uid2,
  rampid: identifierCodes.rampid,
  id5: identifierCodes.id5,
  euid: identifierCodes.euid,
  pairid: identifierCodes.pairid,
  country: 0,
  ignore: 0,
};
