import type { IdentifierType } from '../../base/identifier-types.ts';

/** What a column of a file of people can hold. */
export const columnKinds = [
  'id',
  'email',
  'phone',
  'hashed_email',
  'hashed_phone',
  'maid',
  'uid2',
  'rampid',
  'id5',
  'euid',
  'pairid',
  'country',
  'ignore',
] as const;
export type ColumnKind = (typeof columnKinds)[number];

/** The identifier that a column's values become; null for columns that hold none. */
export const identifierOfKind: Readonly<Record<ColumnKind, IdentifierType | null>> = {
  id: null,
  email: 'hashed_email',
  phone: 'hashed_phone',
  hashed_email: 'hashed_email',
  hashed_phone: 'hashed_phone',
  maid: 'maid',
  uid2: 'uid2',
  rampid: 'rampid',
  id5: 'id5',
  euid: 'euid',
  pairid: 'pairid',
  country: null,
  ignore: null,
};

export function isColumnKind(text: string): text is ColumnKind {
  return (columnKinds as readonly string[]).includes(text);
}
