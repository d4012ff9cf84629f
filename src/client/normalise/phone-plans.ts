/**
 * The numbering plans that the fast path of phone normalising knows. Every entry claims only spellings for
 * which the phone library gives the same answer; the differential test in `phone.test.ts` holds it to that.
 */
export interface PhonePlan {
  readonly callingCode: string;
  /** National numbers without any prefix, as after `+49`. */
  readonly national: RegExp;
  /** Spellings used inside the country whose national number follows one `0` or `1`. */
  readonly withPrefix?: RegExp;
  /** Spellings used inside the country without any prefix, where no calling code can be mistaken for them. */
  readonly bare?: RegExp;
  /** Calls abroad start with 00 and nothing else. */
  readonly dialsAbroadBy00: boolean;
}

const northAmerica: PhonePlan = {
  callingCode: '1',
  national: /^[2-9]\d{9}$/,
  withPrefix: /^1[2-9]\d{9}$/,
  bare: /^[2-9]\d{9}$/,
  dialsAbroadBy00: false,
};

/** Country → plan. Countries that are missing are settled by the library. */
export const phonePlans: ReadonlyMap<string, PhonePlan> = new Map<string, PhonePlan>([
  ['US', northAmerica],
  ['CA', northAmerica],
  [
    'GB',
    {
      callingCode: '44',
      national: /^[1-9]\d{9}$/,
      withPrefix: /^0[1-9]\d{9}$/,
      bare: /^7\d{9}$/,
      dialsAbroadBy00: true,
    },
  ],
  [
    'DE',
    { callingCode: '49', national: /^[1-9]\d{9,10}$/, withPrefix: /^0[1-9]\d{9,10}$/, dialsAbroadBy00: true },
  ],
  [
    'FR',
    {
      callingCode: '33',
      national: /^[1-9]\d{8}$/,
      withPrefix: /^0[1-9]\d{8}$/,
      bare: /^[67]\d{8}$/,
      dialsAbroadBy00: true,
    },
  ],
  [
    'BR',
    {
      callingCode: '55',
      national: /^[1-9][1-9]\d{8,9}$/,
      bare: /^(?!55)[1-9][1-9]\d{8,9}$/,
      dialsAbroadBy00: false,
    },
  ],
  [
    'JP',
    { callingCode: '81', national: /^[1-9]\d{8,9}$/, withPrefix: /^0[2-9]\d{8,9}$/, dialsAbroadBy00: false },
  ],
  [
    'IN',
    {
      callingCode: '91',
      national: /^[6-9]\d{9}$/,
      withPrefix: /^0[6-9]\d{9}$/,
      bare: /^(?!91)[6-9]\d{9}$/,
      dialsAbroadBy00: true,
    },
  ],
  ['ES', { callingCode: '34', national: /^[6-9]\d{8}$/, bare: /^[6-9]\d{8}$/, dialsAbroadBy00: true }],
  ['NL', { callingCode: '31', national: /^[1-9]\d{8}$/, withPrefix: /^0[1-9]\d{8}$/, dialsAbroadBy00: true }],
  ['PL', { callingCode: '48', national: /^[4-8]\d{8}$/, dialsAbroadBy00: true }],
]);

/** Calling code → plan, for numbers written with + or 00. No code is the beginning of another. */
export const plansByCallingCode: ReadonlyMap<string, PhonePlan> = new Map(
  Array.from(phonePlans.values(), (plan) => [plan.callingCode, plan]),
);
