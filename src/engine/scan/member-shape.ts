/**
 * The spelling of a row in its shape: which fields stand in it, under which names. Bits 8-13 hold its
 * identifiers, bits 16-31 the bytes of its external id (columns.ts).
 */
export const shapeBits = {
  external_id: 1,
  externalId: 2,
  hashed_email: 4,
  hashedEmail: 8,
  hashed_phone: 16,
  hashedPhone: 32,
  uids: 64,
  /** The row's canonical text is in the extras; the other bits are 0. */
  canonical: 128,
  /** The canonical text of the fields that have no column is in the extras, behind the MAIDs. */
  others: 1 << 14,
} as const;

/** The fields that have columns, in each of their spellings. */
export const fieldNames = [
  'external_id',
  'externalId',
  'hashed_email',
  'hashedEmail',
  'hashed_phone',
  'hashedPhone',
  'uids',
] as const;

export const idShapes: number = shapeBits.external_id | shapeBits.externalId;
export const emailShapes: number = shapeBits.hashed_email | shapeBits.hashedEmail;
export const phoneShapes: number = shapeBits.hashed_phone | shapeBits.hashedPhone;
