/**
 * What every AdCP exchange that a test sees must fulfil, whatever the test is about: a structured answer is what AdCP's own schemas say,
 * and arguments that were carried out are what our tools say that they take.
 */
import assert from 'node:assert/strict';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { sdkSchemas, validatorOf, type Check } from '../../src/protocol/adcp/testing/official-schemas.ts';
import { tools } from '../../src/protocol/mcp/tools.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names of the response schemas, by operation. */
export const responseSchemas: Readonly<Record<string, string>> = {
  get_adcp_capabilities: 'protocol/get-adcp-capabilities-response',
  list_accounts: 'account/list-accounts-response',
  sync_accounts: 'account/sync-accounts-response',
  sync_audiences: 'media-buy/sync-audiences-response',
  get_task_status: 'core/tasks-get-response',
  list_tasks: 'core/tasks-list-response',
  get_products: 'media-buy/get-products-response',
  list_creative_formats: 'media-buy/list-creative-formats-response',
  create_media_buy: 'media-buy/create-media-buy-response',
  update_media_buy: 'media-buy/update-media-buy-response',
  get_media_buys: 'media-buy/get-media-buys-response',
  get_media_buy_delivery: 'media-buy/get-media-buy-delivery-response',
};

let official: Check | undefined;
let inputs: ReadonlyMap<string, ValidateFunction> | undefined;

/** Our tools' input schemas, compiled by the letter of JSON Schema 2020-12. */
function inputValidators(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: true, strictTypes: true, strictTuples: true, allErrors: true });
  formats.default(ajv);
  return new Map(tools.map(({ name, inputSchema }) => [name, ajv.compile(inputSchema)]));
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The list of scenarios is closed in 3.0, and open in 3.1. */
function withoutScenarios(content: Fields): Fields {
  const { compliance_testing: _, ...others } = content;
  return others;
}

/** The SDK ships 3.0; `suspended` is the one word of an audience in 3.1 that 3.0 has none for. */
function inWordsOf30(content: unknown): unknown {
  if (isObject(content) && content['compliance_testing'] !== undefined && content['adcp_version'] === '3.1') {
    return withoutScenarios(content);
  }
  if (!isObject(content) || content['adcp_version'] !== '3.1' || !Array.isArray(content['audiences'])) {
    return content;
  }
  const audiences = (content['audiences'] as readonly Fields[]).map((one) =>
    one['status'] === 'suspended' ? { ...one, status: 'processing' } : one,
  );
  return { ...content, audiences };
}

/** The shape of an answer that 3.0 has no word for. Source: AdCP 3.1, `media-buy/sync-audiences-response.json`, third branch. */
function submittedMistake(content: Fields): string {
  const isTask = typeof content['task_id'] === 'string' && content['task_id'] !== '';
  if (!isTask) return 'a submitted answer names its task';
  const others = ['audiences', 'errors'].filter((name) => content[name] !== undefined);
  return others.length === 0 ? '' : `a submitted answer has no ${others.join(', ')}`;
}

/** What of an answer AdCP's schemas do not say; '': nothing. */
export function answerMistake(operation: string, content: unknown): string {
  // AdCP's SDK has no schema of the test controller.
  if (operation === 'comply_test_controller') return '';
  const schema = responseSchemas[operation];
  if (schema === undefined) return `no schema of ${operation}`;
  const isSubmitted =
    operation === 'sync_audiences' && isObject(content) && content['status'] === 'submitted';
  if (isSubmitted && content['adcp_version'] === '3.1') return submittedMistake(content);
  official ??= validatorOf(sdkSchemas);
  // These have no branch for a refusal: it is the envelope's, and only its error has a schema.
  const isRefusal = isObject(content) && content['status'] === 'failed' && isObject(content['adcp_error']);
  if (isRefusal && !operation.startsWith('sync_')) return official('core/error', content['adcp_error']);
  return official(schema, inWordsOf30(content));
}

/** What of the arguments the tool's input schema does not say; '': nothing. */
export function argumentMistake(operation: string, args: unknown): string {
  if (operation === 'comply_test_controller') return '';
  inputs ??= inputValidators();
  const validate = inputs.get(operation) ?? assert.fail(`no tool ${operation}`);
  return validate(args) ? '' : JSON.stringify(validate.errors);
}

/** Nothing of the call was refused: neither the call, nor an audience or account, nor a member. */
function isCarriedOut(content: Fields): boolean {
  const items: readonly unknown[] = ['audiences', 'accounts'].flatMap((name) => content[name] ?? []);
  const isBad = (item: unknown): boolean =>
    isObject(item) && (item['action'] === 'failed' || item['ext'] !== undefined);
  return content['adcp_error'] === undefined && content['status'] !== 'failed' && !items.some(isBad);
}

/** Callers of the older page send neither of these; what they may leave out, nobody else may. */
function isOfOlderPage(operation: string, args: Fields): boolean {
  const modern = ['idempotency_key', 'adcp_version', 'adcp_major_version'];
  return operation === 'sync_audiences' && !modern.some((name) => Object.hasOwn(args, name));
}

/** An entry that deletes is asked for its id alone, so what else stands there is nobody's promise. */
function withoutDeleted(args: Fields): Fields {
  const { audiences } = args;
  if (!Array.isArray(audiences)) return args;
  return { ...args, audiences: audiences.filter((one) => !isObject(one) || one['delete'] !== true) };
}

/** Fails the test that saw an exchange which AdCP or our own tools do not describe. */
export function checkExchange(operation: string, args: unknown, content: unknown): void {
  if (!isObject(content)) return;
  const shown = (): string => JSON.stringify(content).slice(0, 2_000);
  assert.equal(
    answerMistake(operation, content),
    '',
    `${operation} answers what AdCP does not say: ${shown()}`,
  );
  if (!isObject(args) || !isCarriedOut(content) || isOfOlderPage(operation, args)) return;
  assert.equal(
    argumentMistake(operation, withoutDeleted(args)),
    '',
    `${operation} took what its input schema does not say`,
  );
}

/** The operation and its arguments in a body of MCP or A2A; null where there are none to be sure of. */
export function callIn(body: unknown): { readonly operation: string; readonly args: unknown } | null {
  if (typeof body !== 'string') return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  const params = isObject(parsed) ? parsed['params'] : undefined;
  if (!isObject(params)) return null;
  if (typeof params['name'] === 'string') return { operation: params['name'], args: params['arguments'] };
  const parts = isObject(params['message']) ? params['message']['parts'] : undefined;
  const data = (Array.isArray(parts) ? parts : []).filter(isObject).find(({ data: one }) => isObject(one))?.[
    'data'
  ];
  if (!isObject(data) || typeof data['skill'] !== 'string') return null;
  return { operation: data['skill'], args: data['input'] ?? data['parameters'] };
}
