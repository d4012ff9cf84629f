/**
 * The four ways in, behind one call: the same scenario runs over each of them. A scenario is written in AdCP's words; what
 * another door says in its own is translated here, and nothing else is.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { callA2a, type Binding } from './a2a.ts';
import { restCaller, type RestAnswer, type RestCaller } from './rest.ts';
import { callRaw, type Fields, type Target, type WireAnswer, type WireError } from './wire.ts';

export interface Door {
  readonly name: string;
  /** Speaks AdCP: versions, contexts, tasks and discovery are told in its words. */
  readonly isAdcp: boolean;
  /** Members that one array may hold. */
  readonly arrayMax: number;
  call(target: Target, tool: string, fields: Fields): Promise<WireAnswer>;
}

const a2a = (binding: Binding): Door => ({
  name: `A2A ${binding}`,
  isAdcp: true,
  arrayMax: 100_000,
  call: async (target, skill, input) => callA2a(target, binding, skill, input),
});

export const mcp: Door = { name: 'MCP', isAdcp: true, arrayMax: 100_000, call: callRaw };
export const rest: Door = { name: 'REST', isAdcp: false, arrayMax: 10_000, call: callRest };

export const doors: readonly Door[] = [mcp, a2a('1.0'), a2a('0.3'), rest];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const camel = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The names of fields, at every depth, in the words of REST. Values stay. */
function inCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [camel(name), inCamel(one)]));
}

const callers = new Map<string, Promise<RestCaller>>();

/** Compares every answer with the OpenAPI document of the server that gives it. */
async function request(
  { url, key }: Target,
  path: string,
  init: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<RestAnswer> {
  const known = callers.get(`${url} ${key}`) ?? restCaller(url, key);
  callers.set(`${url} ${key}`, known);
  return (await known).ask(path, init);
}

/** sync_audiences, the one tool that has its like at this door. */
async function callRest(target: Target, tool: string, fields: Fields): Promise<WireAnswer> {
  if (tool !== 'sync_audiences') throw new Error(`REST has no ${tool}`);
  const { account, audiences, idempotency_key: key, ext, adcp_version: _, ...others } = fields;
  const path = `/advertisers/${textOf((account as Fields)['account_id'])}/audiences`;
  if (audiences === undefined && others['delete_missing'] === undefined) return discover(target, path);
  const body = JSON.stringify({
    ...(inCamel({ audiences, ...others }) as Fields),
    ...(ext === undefined ? {} : { ext }),
  });
  const headers = key === undefined ? {} : { 'idempotency-key': textOf(key) };
  const accepted = await request(target, `${path}/sync`, { body, headers });
  if (accepted.httpStatus !== 202) return refusal(accepted, audiences);
  const over = await untilOver(target, textOf(accepted.body['taskId']));
  const content = {
    status: 'completed',
    audiences: over.audiences,
    ...(accepted.headers.get('idempotency-replayed') === 'true' ? { replayed: true } : {}),
  };
  return {
    text: `${accepted.text}\n${over.text}`,
    httpStatus: accepted.httpStatus,
    content,
    error: null,
    rpcCode: null,
  };
}

const overMsMax = 20_000;

/** A sync whose audiences all failed is a failed task here and an answer with failed audiences there. */
async function untilOver(
  target: Target,
  taskId: string,
): Promise<{ readonly text: string; readonly audiences: readonly Fields[] }> {
  const end = performance.now() + overMsMax;
  for (;;) {
    const { body, text } = await request(target, `/tasks/${taskId}`);
    const { status, response } = body['task'] as { status: string; response: Fields | null };
    if (status === 'completed' || status === 'failed') {
      return { text, audiences: ((response?.['audiences'] ?? []) as readonly Fields[]).map(inAdcpWords) };
    }
    if (performance.now() > end) throw new Error(`the task ends: ${text}`);
    await sleep(2);
  }
}

/** Places in the request are told in the words in which it was sent. */
function inAdcpWords(item: Fields): Fields {
  const errors = item['errors'] as readonly Fields[] | undefined;
  if (errors === undefined) return item;
  return {
    ...item,
    errors: errors.map((one) => ({
      ...one,
      ...(one['field'] === undefined ? {} : { field: snake(textOf(one['field'])) }),
    })),
  };
}

/** A request of which nothing could be applied is refused here, and answered with failed audiences there. */
function refusal({ httpStatus, text, body }: RestAnswer, audiences: unknown): WireAnswer {
  const { message, field, details } = body['error'] as WireError & { details: Fields };
  const code = textOf(details['fault']);
  const found = details['errors'] as readonly Fields[] | undefined;
  const told = { httpStatus, text, rpcCode: null };
  if (found === undefined) {
    const place = field === undefined ? {} : { field: snake(field) };
    return {
      ...told,
      content: null,
      error: { ...place, code, message, recovery: textOf(details['recovery']), details },
    };
  }
  const items = (audiences as readonly Fields[]).map(({ audience_id }, position) => ({
    audience_id,
    action: 'failed',
    errors: found
      .filter((one) => textOf(one['field']).startsWith(`audiences[${position}]`))
      .map((one) => ({ code, message: one['message'], field: snake(textOf(one['field'])), details: one })),
  }));
  return { ...told, content: { status: 'completed', audiences: items }, error: null };
}

async function discover(target: Target, path: string): Promise<WireAnswer> {
  const { httpStatus, text, body } = await request(target, `${path}?take=100`);
  const rows = (body['audiences'] as readonly Fields[]).filter((row) => row['deleted'] === false);
  const audiences = rows.map((row) => ({
    audience_id: row['audienceId'],
    action: 'unchanged',
    uploaded_count: 0,
    status: textOf(row['status']).toLowerCase(),
    ...(row['uploadedCount'] === null ? {} : { total_uploaded_count: row['uploadedCount'] }),
    ...(row['matchedCount'] === null ? {} : { matched_count: row['matchedCount'] }),
  }));
  return {
    httpStatus,
    text,
    content: { status: 'completed', audiences },
    error: null,
    rpcCode: null,
  };
}
