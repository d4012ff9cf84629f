import { identifierTypes } from '../../base/identifier-types.ts';
import { limits } from '../../base/limits.ts';
import { object, text, type Schema } from './schema.ts';

/** Source: Scope3 REST, sync request. */
const nameCharsMax = 255;

export const consentBasisWords = ['consent', 'legitimate_interest', 'contract', 'legal_obligation'] as const;

/** The hashed ones have fields of their own. */
const uidTypes: readonly string[] = identifierTypes.filter((type) => !type.startsWith('hashed_'));

/** Types of `uids`, as a sentence may list them. */
export const uidTypeWords: string = uidTypes.join(', ');

const hash: Schema = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  'x-says': '64 lower-case hexadecimal digits',
};

const uid: Schema = object(
  {
    type: { type: 'string', enum: uidTypes },
    value: text(limits.uidValueBytesMax, 'The id as it is, not hashed.'),
  },
  ['type', 'value'],
);

const identifiers = {
  hashedEmail: { ...hash, description: 'SHA-256 of the trimmed, lower-case address.' },
  hashedPhone: { ...hash, description: 'SHA-256 of the number in E.164, with its plus sign.' },
  uids: {
    type: 'array',
    items: uid,
    minItems: 1,
    maxItems: limits.uidCountPerMemberMax,
    description: 'Universal ids.',
  },
} as const satisfies Record<string, Schema>;

/** One member of `add`. The scanner checks it: members are never values of the program. */
export const memberSchema: Schema = {
  ...object(
    {
      externalId: text(
        limits.externalIdBytesMax,
        'Your stable id of the person. Adding it again replaces the identifiers.',
      ),
      ...identifiers,
    },
    ['externalId'],
    'One person: `externalId` and at least one of `hashedEmail`, `hashedPhone` and `uids`.',
  ),
  // The id and one identifier: generators of clients understand this, and lose the type over alternatives.
  minProperties: 2,
};

export const removedMemberSchema: Schema = object(
  {
    externalId: text(limits.externalIdBytesMax, 'The member to remove.'),
    ...identifiers,
  },
  ['externalId'],
  'One member to remove: your id is enough. Where no member has that id, members that hold one of the identifiers are removed.',
);

const memberArray = (items: Schema, description: string): Schema => ({
  type: 'array',
  items,
  maxItems: limits.restMemberCountPerArrayMax,
  description,
});

const audienceId: Schema = text(limits.audienceIdCharsMax, 'Your id of the audience.');

export const audienceSyncSchema: Schema = object(
  {
    audienceId,
    name: { type: 'string', maxLength: nameCharsMax, description: 'A name for people.' },
    add: memberArray(
      memberSchema,
      'Members to add, or to replace. An audience that does not exist is created.',
    ),
    remove: memberArray(removedMemberSchema, 'Members to remove; wins over `add`.'),
    delete: {
      type: 'boolean',
      default: false,
      description: 'True deletes the audience and ignores every other field of the entry.',
    },
    consentBasis: {
      type: 'string',
      enum: consentBasisWords,
      description: 'The legal ground on which the data was collected.',
    },
  },
  ['audienceId'],
  'What is to be done with one audience.',
);

/** Every field beside these is ignored when an entry asks for deletion. */
export const deletedAudienceSchema: Schema = object({ audienceId, delete: { type: 'boolean' } }, [
  'audienceId',
]);

export const audiencesSchema: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: limits.audienceCountPerCallMax,
  items: audienceSyncSchema,
  description: 'The audiences to change, each named once.',
};

const pushNotificationConfig: Schema = object(
  {
    url: {
      type: 'string',
      minLength: 1,
      maxLength: limits.webhookUrlCharsMax,
      pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[!-~]+$',
      'x-says': 'an address such as https://buyer.example/callbacks',
      description: 'Your address, which is called once the task is over.',
    },
    token: {
      type: ['string', 'null'],
      minLength: 1,
      maxLength: limits.webhookTokenCharsMax,
      description: 'Sent back in `data.token`.',
    },
    authentication: object(
      {
        schemes: {
          type: 'array',
          items: { type: 'string', enum: ['Bearer', 'HMAC-SHA256'] },
          minItems: 1,
          maxItems: 1,
          description: 'How the callback shows that it is from here.',
        },
        credentials: {
          type: 'string',
          minLength: limits.webhookCredentialCharsMin,
          maxLength: limits.webhookCredentialCharsMax,
          pattern: '^[!-~]+$',
          'x-says': 'printable ASCII without spaces',
          description: 'The bearer token, or the key of the HMAC. Never given back.',
        },
      },
      ['schemes', 'credentials'],
      'Left out: callbacks are signed as RFC 9421 says, with keys from `/.well-known/jwks.json`.',
    ),
  },
  ['url'],
  'Where to send the outcome: `POST` with `{type, timestamp, data}`.',
);

export const syncBodySchema: Schema = object(
  {
    audiences: audiencesSchema,
    deleteMissing: {
      type: 'boolean',
      default: false,
      description: 'True deletes every audience of yours that this request does not name.',
    },
    pushNotificationConfig,
    ext: object(
      {
        rollcall: object({
          invalid_members: {
            type: 'string',
            enum: ['fail', 'skip'],
            default: 'fail',
            description:
              '`fail`: one bad member fails its audience. `skip`: good members go in and bad ones are reported in the task.',
          },
        }),
      },
      [],
      'Extensions of this server.',
    ),
  },
  ['audiences'],
);
