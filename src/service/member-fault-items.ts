import type { FaultCode } from '../base/faults.ts';
import { limits } from '../base/limits.ts';
import type { MemberFaultKind } from '../engine/types.ts';
import type { AudienceRequest, ItemFault } from './api.ts';

interface Wording {
  readonly code: FaultCode;
  readonly rule: string;
  readonly fix: string;
}

const hash = (rule: string, fix: string): Wording => ({ code: 'INVALID_HASH', rule, fix });
const member = (rule: string, fix: string): Wording => ({ code: 'INVALID_REQUEST', rule, fix });
const hashFix =
  'Trim and lower-case the e-mail, or write the phone as E.164 with its plus sign; hash with SHA-256; send 64 lower-case hexadecimal digits.';

/** The rule that a bad member broke and what to do, by kind. No wording ever holds a value. */
export const memberFaultWording = {
  not_an_object: member(
    'A member is an object.',
    'Send {"external_id": …, "hashed_email": …} for each member.',
  ),
  external_id_missing: member(
    'Every member needs an external_id.',
    'Send your stable id of the person, such as the CRM record id, as external_id.',
  ),
  external_id_type: member('external_id is a string.', 'Put the id in quotes.'),
  external_id_length: member(
    `external_id has 1 to ${limits.externalIdBytesMax} bytes.`,
    'Send a shorter stable id of the person; it may not be empty.',
  ),
  hash_type: hash('A hash is a string.', hashFix),
  hash_length: hash('A SHA-256 hash has exactly 64 hexadecimal digits.', hashFix),
  hash_upper_case: hash('A hash is written in lower case.', 'Write the same digits in lower case.'),
  hash_base64: hash(
    'A hash is written in hexadecimal, not Base64.',
    'Decode the Base64 and write the 32 bytes as 64 lower-case hexadecimal digits.',
  ),
  hash_clear_email: hash(
    'This looks like a clear e-mail address; it was neither stored nor logged.',
    hashFix,
  ),
  hash_clear_phone: hash('This looks like a clear phone number; it was neither stored nor logged.', hashFix),
  hash_of_nothing: hash(
    'This is the hash of an empty or missing value.',
    'Leave the field out where the record has no value.',
  ),
  hash_format: hash('A hash is 64 lower-case hexadecimal digits.', hashFix),
  identifier_missing: member(
    'A member needs at least one of hashed_email, hashed_phone and uids.',
    'Leave out members without an identifier.',
  ),
  uid_type_unknown: member(
    'The uid type is not one that AdCP names.',
    'Use a type listed in get_adcp_capabilities.',
  ),
  uid_shape: member(
    'uids is a non-empty array of {"type": …, "value": …}.',
    'Leave uids out where there are none.',
  ),
  uid_value: member(
    `A uid value is a non-empty string of at most ${limits.uidValueBytesMax} bytes.`,
    'Leave out uids without a usable value.',
  ),
  uid_count: member(
    `A member has at most ${limits.uidCountPerMemberMax} uids.`,
    'Send fewer uids for this member.',
  ),
} as const satisfies Record<MemberFaultKind, Wording>;

/** One error per kind and side, with the paths of the first offenders and the total. */
export function memberFaultItems(audience: AudienceRequest, audienceIndex: number): ItemFault[] {
  const sides = [
    ['add', audience.addFaults],
    ['remove', audience.removeFaults],
  ] as const;
  return sides.flatMap(([side, groups]) =>
    groups.map((group): ItemFault => {
      const wording = memberFaultWording[group.kind];
      const paths = group.paths.map((path) => `audiences[${audienceIndex}].${side}${path}`);
      const [first] = paths;
      return {
        code: wording.code,
        message: `${wording.rule} ${group.count} member${group.count === 1 ? '' : 's'} of \`${side}\` broke this rule.`,
        ...(first === undefined ? {} : { field: first }),
        suggestion: wording.fix,
        details: { reason: group.kind, count: group.count, paths },
      };
    }),
  );
}
