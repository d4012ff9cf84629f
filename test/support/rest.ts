/**
 * A caller of the REST door that takes the server at its word: every answer that it sees is compared with the OpenAPI document
 * that the same server hands out. An undocumented status, a field without a name in the document, a missing one and a value of
 * another kind fail the test that saw it, whatever that test was about.
 */
import assert from 'node:assert/strict';

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

import { noteOutput, noteRequest } from './canaries.ts';
import type { Fields, WireAnswer, WireError } from './wire.ts';

export const restBase = '/api/v2/buyer';

export interface RestAnswer extends WireAnswer {
  readonly headers: Headers;
  readonly body: Fields;
}

export interface RestRequest {
  readonly method?: string;
  /** An object goes as JSON; bytes, a stream and a string go as they are. */
  readonly body?: Fields | string | Uint8Array<ArrayBuffer> | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another key than the caller's own; null: none. */
  readonly key?: string | null;
}

export interface RestCaller {
  /** The address below the door: `/advertisers`. Fails when the answer is not what the document says. */
  ask(path: string, request?: RestRequest): Promise<RestAnswer>;
  /** The body of an answer that must be a success. */
  read(path: string, request?: RestRequest): Promise<Fields>;
  readonly contract: RestContract;
}

export interface RestContract {
  readonly document: OpenApi;
  /** What of a value a schema of the document does not say, by the schema's place there; null: nothing. */
  mistakeAt(place: string, value: unknown): string | null;
  /** Says what of an answer the document does not say; null: nothing. */
  complaint(
    method: string,
    path: string,
    answer: { readonly status: number; readonly headers: Headers; readonly text: string },
  ): string | null;
}

interface OpenApiResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly components: { readonly schemas: Fields };
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, OpenApiResponse>> }>>
    >
  >;
}

/** What an address without an operation may be answered. */
const statusesOfNowhere = [401, 404, 405];

/**
 * A schema of the document as one that stands alone: shared parts under `$defs`, and every object that names its fields closed, unless
 * it says that it holds more.
 */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { readonly $ref?: unknown };
  if (typeof $ref === 'string') return { $ref: $ref.replace('#/components/schemas/', '#/$defs/') };
  const fields = Object.fromEntries(Object.entries(value).map(([name, below]) => [name, closed(below)]));
  const isOpen = typeof fields['properties'] !== 'object' || fields['additionalProperties'] === true;
  return isOpen ? fields : { ...fields, unevaluatedProperties: false };
}

const pointer = (...steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function valueAt(document: OpenApi, place: string): unknown {
  const steps = place
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>((value, step) => (value as Fields | undefined)?.[step], document);
}

const shown = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? [])
    .map((one) => `${one.instancePath || '/'} ${one.message} ${JSON.stringify(one.params)}`)
    .join('; ');

/** The path of the document that an address is one of. */
function templateOf(document: OpenApi, path: string): string | undefined {
  const steps = path
    .split('?')[0]!
    .replace(/(?<=.)\/$/, '')
    .split('/');
  return Object.keys(document.paths).find((template) => {
    const named = template.split('/');
    return (
      named.length === steps.length &&
      named.every((step, at) => step === steps[at] || (step.startsWith('{') && steps[at] !== ''))
    );
  });
}

export function contractOf(document: OpenApi): RestContract {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  const $defs = closed(document.components.schemas);
  const validators = new Map<string, ValidateFunction>();
  const validatorAt = (place: string): ValidateFunction => {
    const known = validators.get(place);
    if (known !== undefined) return known;
    const schema = closed(valueAt(document, place));
    assert.ok(typeof schema === 'object' && schema !== null, `the document has no schema at ${place}`);
    const made = ajv.compile({ ...schema, $defs });
    validators.set(place, made);
    return made;
  };
  const errorBody = validatorAt(pointer('components', 'schemas', 'Refusal'));

  /** Where the document describes an answer; null: nowhere. */
  function placeOf(method: string, path: string, status: number): string | null {
    const template = templateOf(document, path);
    const operation = template === undefined ? undefined : document.paths[template]?.[method];
    if (template === undefined || operation === undefined) return null;
    const response = operation.responses[String(status)];
    if (response === undefined) return null;
    return response.$ref?.slice(1) ?? pointer('paths', template, method, 'responses', String(status));
  }

  return {
    document,
    mistakeAt: (place, value) => {
      const validate = validatorAt(place);
      return validate(value) ? null : shown(validate.errors);
    },
    complaint: (asked, path, { status, headers, text }) => {
      const method = asked === 'HEAD' ? 'get' : asked.toLowerCase();
      const place = placeOf(method, path, status);
      if (place === null && document.paths[templateOf(document, path) ?? '']?.[method] !== undefined) {
        return `status ${status} is not documented`;
      }
      if (place === null && !statusesOfNowhere.includes(status)) {
        return `an address without an operation is answered ${status}`;
      }
      if (headers.get('content-type') !== 'application/json') {
        return `content-type is ${headers.get('content-type')}`;
      }
      const promised = place === null ? {} : ((valueAt(document, place) as OpenApiResponse).headers ?? {});
      const missing = Object.keys(promised).filter(
        (name) => promised[name]?.required === true && !headers.has(name),
      );
      if (missing.length > 0) return `${missing.join(', ')} is missing`;
      if (asked === 'HEAD') return text === '' ? null : 'HEAD has a body';
      const validate =
        place === null ? errorBody : validatorAt(place + pointer('content', 'application/json', 'schema'));
      return validate(JSON.parse(text)) ? null : shown(validate.errors);
    },
  };
}

const contracts = new Map<string, RestContract>();

/** The document is the same for as long as its text is; compiling its schemas takes a while. */
async function contractAt(url: string): Promise<RestContract> {
  const served = await fetch(`${url}${restBase}/openapi.yaml`);
  assert.equal(served.status, 200);
  const text = await served.text();
  const contract = contracts.get(text) ?? contractOf(parse(text) as OpenApi);
  contracts.set(text, contract);
  return contract;
}

export async function restCaller(url: string, key: string | null): Promise<RestCaller> {
  const contract = await contractAt(url);
  const ask: RestCaller['ask'] = async (path, request = {}) => {
    const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
    const response = await fetch(`${url}${restBase}${path}`, initOf(method, request, key));
    const text = await response.text();
    const { body } = request;
    const isBytes = body instanceof Uint8Array || body instanceof ReadableStream;
    if (!isBytes) noteRequest(typeof body === 'object' ? JSON.stringify(body) : body);
    noteOutput('answer', text);
    const { status, headers } = response;
    const complaint = contract.complaint(method, path, { status, headers, text });
    assert.equal(complaint, null, `${method} ${path} breaks the OpenAPI document: ${complaint}\n${text}`);
    return answerOf(status, headers, text);
  };
  return {
    ask,
    contract,
    read: async (path, request) => {
      const answer = await ask(path, request);
      assert.ok(answer.httpStatus < 300, `${path}: ${answer.text}`);
      return answer.body;
    },
  };
}

function initOf(method: string, request: RestRequest, ownKey: string | null): RequestInit {
  const { body, headers } = request;
  const key = request.key === undefined ? ownKey : request.key;
  const isPlain = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
  return {
    method,
    duplex: 'half',
    ...(body === undefined ? {} : { body: isPlain ? body : JSON.stringify(body) }),
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
  } as RequestInit;
}

/** A refusal in the shape that tests of other doors look at. */
function errorOf(body: Fields): WireError | null {
  const error = body['error'] as
    | {
        readonly code: string;
        readonly message: string;
        readonly field?: string;
        readonly details: Fields;
      }
    | undefined;
  if (error === undefined) return null;
  assert.equal(body['data'], null);
  assert.equal(error.details['code'], error.code, 'details repeat the code');
  const { recovery, suggestion } = error.details;
  return {
    code: error.code,
    message: error.message,
    recovery: typeof recovery === 'string' ? recovery : '',
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(typeof suggestion === 'string' ? { suggestion } : {}),
    details: error.details,
  };
}

function answerOf(httpStatus: number, headers: Headers, text: string): RestAnswer {
  const body = (text === '' ? {} : JSON.parse(text)) as Fields;
  const error = httpStatus < 300 ? null : errorOf(body);
  return { httpStatus, headers, text, body, content: body, error, rpcCode: null };
}
