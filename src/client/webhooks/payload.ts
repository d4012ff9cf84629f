import { plain } from './delivery.ts';
import { hasDuplicateKey } from './duplicate-key.ts';
import { equalTexts } from './equal-texts.ts';
import { receiveLimits } from './receive-limits.ts';

/** What is said about one audience. A count that is not there is null. */
export interface AudienceNews {
  readonly audienceId: string;
  readonly action: string | null;
  readonly status: string | null;
  readonly total: number | null;
  readonly matched: number | null;
}

/**
 * What a delivery says, without anything secret and short enough to show. `adcp` is AdCP's
 * `mcp-webhook-payload`, `event` the small `{type, timestamp, data}` of REST, `other` any other JSON.
 */
export interface Payload {
  readonly kind: 'adcp' | 'event' | 'other' | 'not-json';
  /** What repeats with an event; an `event` has it as `data.eventId`. */
  readonly idempotencyKey: string | null;
  readonly taskId: string | null;
  /** Type of the task, or of the event. */
  readonly type: string | null;
  readonly status: string | null;
  readonly operationId: string | null;
  readonly timestamp: string | null;
  readonly message: string | null;
  /** Whether the echoed token is the expected one; `present`: there is one and nothing to compare it with. */
  readonly token: 'matches' | 'differs' | 'missing' | 'present' | 'absent';
  readonly audiences: readonly AudienceNews[];
  /** Of all, when more are there than are listed. */
  readonly audienceCount: number;
  readonly errorCodes: readonly string[];
  /** What AdCP asks of a payload and this one lacks. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const nothing: Payload = {
  kind: 'other',
  idempotencyKey: null,
  taskId: null,
  type: null,
  status: null,
  operationId: null,
  timestamp: null,
  message: null,
  token: 'absent',
  audiences: [],
  audienceCount: 0,
  errorCodes: [],
  problems: [],
};

/** Reads a body. `expectedToken`: what was registered as `token`; null: not known. */
export function readPayload(body: Uint8Array, expectedToken: string | null): Payload {
  const text = Buffer.from(body).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ...nothing, kind: 'not-json', problems: ['The body is no JSON.'] };
  }
  if (!isFields(value)) return { ...nothing, problems: ['The body is no JSON object.'] };
  const duplicate = hasDuplicateKey(text) ? ['The body names a key twice.'] : [];
  const payload = isEvent(value) ? readEvent(value) : readTask(value);
  return {
    ...payload,
    token: judgeToken(value['token'], payload.kind === 'event' ? null : expectedToken),
    problems: [...duplicate, ...payload.problems],
  };
}

const isEvent = (value: Fields): boolean => 'type' in value && 'data' in value && !('task_id' in value);

/** AdCP's shape, or something near it. Source: AdCP, mcp-webhook-payload. */
function readTask(value: Fields): Payload {
  const result = fieldsOf(value['result']);
  const isAdcp = 'task_id' in value || 'task_type' in value;
  return {
    ...nothing,
    kind: isAdcp ? 'adcp' : 'other',
    idempotencyKey: shown(value['idempotency_key'], 255),
    taskId: shown(value['task_id']),
    type: shown(value['task_type']),
    status: shown(value['status']),
    operationId: shown(value['operation_id'], 255),
    timestamp: shown(value['timestamp']),
    message: shown(value['message']),
    ...audiencesOf(result),
    errorCodes: errorCodes(listOf(result['errors']), value['adcp_error'] ?? result['adcp_error']),
    problems: isAdcp ? missing(value) : [],
  };
}

/** The small shape, whose names are written the other way. */
function readEvent(value: Fields): Payload {
  const data = fieldsOf(value['data']);
  return {
    ...nothing,
    kind: 'event',
    idempotencyKey: shown(data['eventId'], 255),
    taskId: shown(data['taskId']),
    type: shown(value['type']),
    status: shown(data['status']),
    operationId: shown(data['operationId'], 255),
    timestamp: shown(value['timestamp']),
    ...audiencesOf(data),
    errorCodes: errorCodes(listOf(data['errors']), data['error']),
  };
}

/** Source: AdCP 3.1, mcp-webhook-payload. */
const required = ['idempotency_key', 'operation_id', 'task_id', 'task_type', 'status', 'timestamp'] as const;

function missing(value: Fields): readonly string[] {
  return required
    .filter((name) => typeof value[name] !== 'string')
    .map((name) => `${name} is missing: AdCP ${name === 'operation_id' ? '3.1 ' : ''}asks for it.`);
}

function audiencesOf(holder: Fields): Pick<Payload, 'audiences' | 'audienceCount'> {
  const all = listOf(holder['audiences']);
  return {
    audiences: all.slice(0, receiveLimits.shownItemCountMax).map(newsOf),
    audienceCount: all.length,
  };
}

function newsOf(value: unknown): AudienceNews {
  const audience = fieldsOf(value);
  const counted = ['total_uploaded_count', 'uploaded_count', 'totalUploadedCount', 'uploadedCount'];
  return {
    audienceId: shown(audience['audience_id'] ?? audience['audienceId']) ?? '(no id)',
    action: shown(audience['action'], 40),
    status: shown(audience['status'], 40),
    total: counted.map((name) => numberOf(audience[name])).find((number) => number !== null) ?? null,
    matched: numberOf(audience['matched_count'] ?? audience['matchedCount']),
  };
}

function errorCodes(errors: readonly unknown[], single: unknown): readonly string[] {
  return [...errors, single]
    .map((item) => shown(fieldsOf(item)['code'], 60))
    .filter((code) => code !== null)
    .slice(0, receiveLimits.shownItemCountMax);
}

function judgeToken(given: unknown, expected: string | null): Payload['token'] {
  if (expected === null) return given === undefined ? 'absent' : 'present';
  if (typeof given !== 'string') return 'missing';
  return equalTexts(given, expected) ? 'matches' : 'differs';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function shown(value: unknown, charsMax: number = receiveLimits.shownCharsMax): string | null {
  return typeof value === 'string' ? plain(value, charsMax) : null;
}
