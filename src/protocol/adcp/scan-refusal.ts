import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import type { ScanFault } from '../../engine/types.ts';

interface Words {
  readonly message: string;
  readonly suggestion: string;
}

const words = {
  not_json: { message: 'The body is not JSON.', suggestion: 'Send one JSON document in UTF-8.' },
  truncated: {
    message: 'The body ends before its JSON does.',
    suggestion: 'Send the whole document; check the Content-Length header.',
  },
  invalid_utf8: { message: 'The body is not valid UTF-8.', suggestion: 'Encode the body as UTF-8.' },
  invalid_number: {
    message: 'A number in the body is not JSON, or too large to be kept exactly.',
    suggestion: 'Send large numbers as strings.',
  },
  invalid_string: {
    message: 'A string in the body is not valid JSON text.',
    suggestion: 'Escape control characters, and send whole characters, not halves of surrogate pairs.',
  },
  depth: {
    message: `The body is nested more than ${limits.jsonDepthMax} levels deep.`,
    suggestion: `Use at most ${limits.jsonDepthMax} levels.`,
  },
  duplicate_key: {
    message: 'An object in the body names a key twice (duplicate_key_input).',
    suggestion: 'Send every key once.',
  },
  forbidden_key: {
    message: 'An object in the body has a key that is not allowed (__proto__, constructor or prototype).',
    suggestion: 'Take the key out.',
  },
  too_many_keys: {
    message: `An object in the body has more than ${limits.jsonKeysPerObjectMax} keys.`,
    suggestion: `Use at most ${limits.jsonKeysPerObjectMax} keys in one object.`,
  },
  too_many_elements: {
    message: `An array in the body has more than ${limits.jsonElementsPerArrayMax} elements.`,
    suggestion: `Use at most ${limits.jsonElementsPerArrayMax} elements in an array other than add and remove.`,
  },
  string_length: {
    message: `A string in the body is longer than ${limits.jsonStringBytesMax} bytes.`,
    suggestion: `Use at most ${limits.jsonStringBytesMax} bytes in one string.`,
  },
  skeleton_size: {
    message: `The body without its members is larger than ${limits.skeletonBytesMax} bytes.`,
    suggestion: 'Name fewer audiences in one call.',
  },
  too_many_members: {
    message: `The call carries more than ${limits.memberCountPerCallMax} members.`,
    suggestion: `Send at most ${limits.memberCountPerCallMax} members (add and remove of all audiences) in one call, and the rest in further calls.`,
  },
} as const satisfies Record<ScanFault['kind'], Words>;

/** Faults that mean "this is no JSON at all", for protocols that have a code of their own for it. */
const notJson: readonly ScanFault['kind'][] = [
  'not_json',
  'truncated',
  'invalid_utf8',
  'invalid_number',
  'invalid_string',
];

/** True when the body could not be parsed; false when it is JSON that is refused. */
export function isParseFault(fault: ScanFault): boolean {
  return notJson.includes(fault.kind);
}

/** Where MCP, and A2A in both of its spellings, put the arguments. */
const wrappers = /^params\.(?:arguments|message\.parts\[\d+\]\.data\.(?:input|parameters))(?:\.|$)/;

/** The path of a fault from the arguments on: transports wrap them, callers think in fields of the operation. */
function argumentField(path: string): string {
  return path.replace(wrappers, '');
}

/** Why a body that could not be taken apart is refused, with the fix. */
export function refusalOfScan(fault: ScanFault): AppError {
  const { message, suggestion } = words[fault.kind];
  const isTooMany = fault.kind === 'too_many_members';
  const field = isTooMany ? 'audiences' : argumentField(fault.path);
  return new AppError(isTooMany ? 'CALL_TOO_LARGE' : 'INVALID_REQUEST', message, {
    ...(field === '' ? {} : { field }),
    suggestion,
    details: isTooMany
      ? { limit: limits.memberCountPerCallMax, unit: 'members' }
      : { reason: fault.kind, offset: fault.offset },
  });
}
