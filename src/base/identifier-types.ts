import { must } from './assert.ts';

/**
 * Every kind of identifier that a member or a user can hold, with the byte that stands for it in
 * columns and stored blocks. A code never changes its meaning: stored blocks outlive releases.
 * Source: AdCP `enums/uid-type.json` and `core/audience-member.json` (3.1).
 */
export const identifierCodes = {
  hashed_email: 1,
  hashed_phone: 2,
  rampid: 3,
  rampid_derived: 4,
  id5: 5,
  uid2: 6,
  euid: 7,
  pairid: 8,
  maid: 9,
  publisher_first_party: 10,
  world_id_nullifier: 11,
  other: 12,
} as const;

export type IdentifierType = keyof typeof identifierCodes;

/** Codes run from 1 to this, so a table indexed by code has one more entry. */
export const identifierCodeMax = 12;

export const identifierTypes = Object.keys(identifierCodes) as readonly IdentifierType[];

/** The seller's own user id is a publisher's first-party id: one index answers everything. */
export const userIdType: IdentifierType = 'publisher_first_party';

/**
 * The row of a match report that an identifier counts in.
 * Source: AdCP `enums/match-id-type.json`: types without a row of their own are reported as `other`.
 */
export const reportTypeOf: Readonly<Record<IdentifierType, ReportType>> = {
  hashed_email: 'hashed_email',
  hashed_phone: 'hashed_phone',
  rampid: 'rampid',
  rampid_derived: 'other',
  id5: 'id5',
  uid2: 'uid2',
  euid: 'euid',
  pairid: 'pairid',
  maid: 'maid',
  publisher_first_party: 'other',
  world_id_nullifier: 'other',
  other: 'other',
};

/** In the order in which a report lists them; a report row's number is its place here. */
export const reportTypes = [
  'hashed_email',
  'hashed_phone',
  'rampid',
  'id5',
  'uid2',
  'euid',
  'pairid',
  'maid',
  'other',
] as const;

export type ReportType = (typeof reportTypes)[number];

/** identifier code → place in `reportTypes`; entry 0 is unused. */
export const reportRowOfCode: Uint8Array = Uint8Array.from({ length: identifierCodeMax + 1 }, (_, code) =>
  code === 0 ? 255 : reportTypes.indexOf(reportTypeOf[identifierTypeOfCode(code)]),
);

export function identifierTypeOfCode(code: number): IdentifierType {
  const type = (Object.keys(identifierCodes) as IdentifierType[]).find(
    (name) => identifierCodes[name] === code,
  );
  return must(type, () => `identifier code ${code}`);
}
