import { stringify } from 'yaml';

import type { Json, JsonObject } from '../../engine/types.ts';
import { advertiserSchema, changesSchema, newAdvertiserSchema } from './advertiser-schema.ts';
import { audienceSchema } from './audiences.ts';
import { errorBody, restCodes } from './rest-errors.ts';
import type { Route } from './route.ts';
import { restBase, routes } from './routes.ts';
import { loose, object, whole, type Schema } from './schema.ts';
import { audienceSyncSchema, memberSchema, removedMemberSchema, syncBodySchema } from './sync-schema.ts';
import { agentSchema, recordSchema } from './syndication-schema.ts';
import { taskSchema } from './task-schema.ts';

export const errorSchema: Schema = whole({
  data: { type: 'null' },
  error: object(
    {
      code: { type: 'string', enum: restCodes },
      message: { type: 'string', description: 'A sentence for people. It never holds what was sent.' },
      field: { type: 'string', description: 'What is wrong, such as `audiences[0].add[17].hashedEmail`.' },
      details: loose(
        {
          code: { type: 'string', enum: restCodes, description: 'The code once more.' },
          fault: { type: 'string', description: 'The fault by its finer name.' },
          recovery: { type: 'string', enum: ['transient', 'correctable', 'terminal'] },
          suggestion: { type: 'string', description: 'What to do about it.' },
          issues: {
            type: 'array',
            description: 'Every mistake that was found, when there are several.',
            items: whole({
              field: { type: 'string' },
              message: { type: 'string' },
              keyword: { type: 'string', description: 'The keyword of JSON Schema that it breaks.' },
            }),
          },
        },
        ['code'],
      ),
    },
    ['code', 'message', 'details'],
  ),
});

/** Schemas that stand in the document once, under these names. */
const components: Readonly<Record<string, Schema>> = {
  SyncAudiencesRequest: syncBodySchema,
  AudienceSync: audienceSyncSchema,
  Member: memberSchema,
  RemovedMember: removedMemberSchema,
  Audience: audienceSchema,
  Task: taskSchema,
  NewAdvertiser: newAdvertiserSchema,
  AdvertiserChanges: changesSchema,
  Advertiser: advertiserSchema,
  SyndicationRecord: recordSchema,
  SalesAgent: agentSchema,
  Refusal: errorSchema,
};
const componentNames = new Map(Object.entries(components).map(([name, schema]) => [schema, name]));

/** A schema as it stands in the document: our own notes left out, shared parts referred to. */
function shown(schema: Schema, isComponent = false): JsonObject {
  const name = componentNames.get(schema);
  if (name !== undefined && !isComponent) return { $ref: `#/components/schemas/${name}` };
  const fields: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema) as [string, unknown][]) {
    if (keyword.startsWith('x-')) continue;
    if (keyword === 'format' && value === 'multiline') continue;
    if (keyword === 'items') fields[keyword] = shown(value as Schema);
    else if (keyword === 'properties') {
      const below = Object.entries(value as Readonly<Record<string, Schema>>);
      fields[keyword] = Object.fromEntries(below.map(([key, one]) => [key, shown(one)]));
    } else fields[keyword] = value as Json;
  }
  return fields;
}

const refusalTexts = {
  400: 'The request does not fit: `VALIDATION_ERROR`.',
  401: 'No key, or not a good one: `UNAUTHORIZED`.',
  403: 'The key is good and this is not allowed: `ACCESS_DENIED`.',
  404: 'Unknown, or somebody else’s: `NOT_FOUND`.',
  409: 'There already, or the Idempotency-Key stands for another request: `CONFLICT`.',
  413: 'The body is too large: `VALIDATION_ERROR`.',
  415: 'The body is compressed with something else than gzip: `VALIDATION_ERROR`.',
  429: 'Too many requests: `RATE_LIMITED`, with `Retry-After`.',
  503: 'Not now: `SERVICE_UNAVAILABLE`, with `Retry-After`.',
} as const;
type RefusalStatus = keyof typeof refusalTexts;

function refusalStatuses(route: Route): readonly RefusalStatus[] {
  const ofBody: readonly RefusalStatus[] = route.body === undefined ? [] : [413, 415];
  const all: readonly RefusalStatus[] = [400, 401, ...route.refusals, ...ofBody, 429, 503];
  return all.toSorted((a, b) => a - b);
}

function successHeaders({ takesRequestKey, success }: Route): JsonObject {
  const headers = {
    ...(takesRequestKey === true ? { 'Idempotency-Replayed': replayedHeader } : {}),
    ...(success.hasRetryAfter === true ? { 'Retry-After': laterHeader } : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

const replayedHeader: JsonObject = {
  description: '`true` when this is the answer of an earlier request with the same key.',
  schema: { type: 'string', enum: ['true'] },
};

const laterHeader: JsonObject = {
  description: 'Seconds after which it is worth asking for the task; absent when it is over.',
  schema: { type: 'integer' },
};

function responsesOf(route: Route): JsonObject {
  const { status, description, schema, example } = route.success;
  const content = { 'application/json': { schema: shown(schema), example } };
  return {
    [status]: { description, ...successHeaders(route), content },
    ...Object.fromEntries(
      refusalStatuses(route).map((code) => [code, { $ref: `#/components/responses/${code}` }]),
    ),
  };
}

const requestKeyParameter: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the request safe to repeat: the same key with the same body gets the first answer.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

function parametersOf({ params, query = {}, takesRequestKey }: Route): readonly JsonObject[] {
  const ofPath = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }));
  const ofQuery = Object.entries(query).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    ...(description === undefined ? {} : { description }),
    schema: shown(schema),
  }));
  return [...ofPath, ...ofQuery, ...(takesRequestKey === true ? [requestKeyParameter] : [])];
}

function operationOf(route: Route): JsonObject {
  const { body } = route;
  const parameters = parametersOf(route);
  const content =
    body === undefined ? null : { 'application/json': { schema: shown(body.schema), example: body.example } };
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    description: route.description,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === null ? {} : { requestBody: { required: true, content } }),
    responses: responsesOf(route),
  };
}

function pathsOf(): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return paths;
}

function refusalHeaders(status: string): JsonObject {
  if (status === '401')
    return { headers: { 'WWW-Authenticate': { required: true, schema: { type: 'string' } } } };
  if (status !== '429' && status !== '503') return {};
  return {
    headers: {
      'Retry-After': { required: true, description: 'Seconds to wait.', schema: { type: 'integer' } },
    },
  };
}

function sharedResponses(): JsonObject {
  const schema = { $ref: '#/components/schemas/Refusal' };
  return Object.fromEntries(
    Object.entries(refusalTexts).map(([status, description]) => [
      status,
      { description, ...refusalHeaders(status), content: { 'application/json': { schema } } },
    ]),
  );
}

const about = `Audiences of hashed customer data, in the shape of Scope3’s buyer API. Send the key that the seller gave you: \`Authorization: Bearer <key>\`.

Hash before sending: an e-mail address is trimmed and lower-cased, a phone number is written in E.164 with its plus sign, and both go as SHA-256 in 64 lower-case hexadecimal digits. Fields that are not named here are accepted and ignored. A body may be compressed with gzip.`;

/** The OpenAPI 3.1 document of everything that is served. */
export function openApiDocument(): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall buyer API',
      version: 'v2',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: restBase }],
    security: [{ key: [] }],
    tags: [{ name: 'Audiences' }, { name: 'Tasks' }, { name: 'Advertisers' }, { name: 'Syndication' }],
    paths: pathsOf(),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, shown(schema, true)]),
      ),
      responses: sharedResponses(),
    },
  };
}

/** A refusal as the documents show one. */
export const errorExample: JsonObject = errorBody({
  code: 'VALIDATION_ERROR',
  message: 'A SHA-256 hash has exactly 64 hexadecimal digits. 1 member of `add` broke this rule.',
  field: 'audiences[0].add[17].hashedEmail',
  details: { fault: 'INVALID_HASH', recovery: 'correctable' },
});

let yaml: string | undefined;

/** The document as YAML, written once. */
export function openApiYaml(): string {
  yaml ??= stringify(openApiDocument(), {
    // Readers of YAML 1.1 are many, and take a bare time for a date and a bare "no" for false.
    schema: 'yaml-1.1',
    compat: 'core',
    // No anchors, which people have to follow, and no folded lines, which no search finds.
    aliasDuplicateObjects: false,
    lineWidth: 0,
  });
  return yaml;
}
