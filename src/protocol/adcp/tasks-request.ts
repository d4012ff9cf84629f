import type { JsonObject } from '../../engine/types.ts';
import type { AccountReference, TaskFilter, TaskQuery } from '../../service/api.ts';
import { readPagination } from './accounts-request.ts';
import { readAccountReference } from './account-reference.ts';
import { ArgumentReader, IssueList } from './argument-reader.ts';

const taskIdCharsMax = 255;
const filterCountMax = 100;
const wordCharsMax = 64;

export interface TaskArguments {
  readonly taskId: string;
  readonly account: AccountReference | undefined;
  readonly includeResult: boolean;
}

/** Reads the arguments of get_task_status. No history is kept, so `include_history` adds nothing. */
export function readGetTask(args: JsonObject): TaskArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const taskId = reader.string('task_id', { required: true, charsMax: taskIdCharsMax });
  const account = readAccountReference(reader, 'account', issues);
  const includeResult = reader.boolean('include_result') ?? false;
  reader.boolean('include_history');
  issues.settle();
  return { taskId: taskId as string, account, includeResult };
}

/** One word, or a list of words, never both. Undefined: no such filter. */
function readWords(reader: ArgumentReader, single: string, plural: string): readonly string[] | undefined {
  const rule = { charsMax: wordCharsMax };
  const one = reader.string(single, rule);
  const many = reader.strings(plural, 1, filterCountMax, rule);
  if (one !== undefined && many !== undefined) {
    return reader.issue(single, 'not', `must not come together with ${plural}.`);
  }
  return one === undefined ? many : [one];
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function readFilter(reader: ArgumentReader, issues: IssueList): TaskFilter {
  const account = readAccountReference(reader, 'account', issues);
  const object = reader.object('filters');
  if (object === undefined) return defined({ account });
  const filters = new ArgumentReader(object, reader.pathOf('filters'), issues);
  return defined({
    account,
    statuses: readWords(filters, 'status', 'statuses'),
    taskTypes: readWords(filters, 'task_type', 'task_types'),
    protocols: readWords(filters, 'protocol', 'protocols'),
    taskIds: filters.strings('task_ids', 1, filterCountMax, { charsMax: taskIdCharsMax }),
    createdAfterMs: filters.time('created_after'),
    createdBeforeMs: filters.time('created_before'),
    updatedAfterMs: filters.time('updated_after'),
    updatedBeforeMs: filters.time('updated_before'),
    contextContains: filters.string('context_contains', { charsMax: 256 }),
    hasWebhook: filters.boolean('has_webhook'),
  });
}

const sortFields = ['created_at', 'updated_at', 'status', 'task_type', 'protocol'] as const;

/** Reads the arguments of list_tasks. */
export function readListTasks(args: JsonObject): TaskQuery {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const filter = readFilter(reader, issues);
  const sort = new ArgumentReader(reader.object('sort') ?? {}, ['sort'], issues);
  const sortField = sort.oneOf('field', sortFields) ?? 'created_at';
  const sortDirection = sort.oneOf('direction', ['asc', 'desc']) ?? 'desc';
  const page = readPagination(reader, issues);
  reader.boolean('include_history');
  issues.settle();
  return { filter, sortField, sortDirection, ...page };
}
