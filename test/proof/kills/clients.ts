/** Buyers that upload while servers die, and what must be true of their lists whatever happens. */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Delivery, Receiver } from '../../support/receiver.ts';
import { callTool, sha256 } from '../../support/seller.ts';

export const account = { account_id: 'acct_proof' };

/** One call that may have to be sent again with its key. */
interface Attempt {
  readonly args: Record<string, unknown>;
  readonly externalIds: readonly string[];
  readonly removes: boolean;
}

export interface Client {
  readonly audienceId: string;
  /** Every member that an acknowledged call left in the list. */
  readonly members: Set<string>;
  /** Sent, and not acknowledged. */
  pending: Attempt | null;
  round: number;
}

export interface Counts {
  acknowledged: number;
  interrupted: number;
  /** Answered, and not accepted. */
  refused: number;
  replays: number;
}

/** Tasks of acknowledged calls; each caller has to be told of each, once. */
export interface Promised {
  readonly taskIds: Set<string>;
  readonly operationIds: Set<string>;
}

export const newClients = (count: number): readonly Client[] =>
  Array.from({ length: count }, (_, i) => ({
    audienceId: `list-${i}`,
    members: new Set(),
    pending: null,
    round: 0,
  }));

/** Where a call goes; null: nobody answers at the moment. */
export type Target = () => string | null;

const membersPerCall = 100;
const membersPerList = 1_000;

function nextAttempt(client: Client, receiver: Receiver): Attempt {
  const round = client.round++;
  const removes = round % 4 === 3;
  const { audienceId } = client;
  const externalIds = removes
    ? [...client.members].slice(0, 30)
    : Array.from({ length: membersPerCall }, (_, i) => `${audienceId}-${(round * 40 + i) % membersPerList}`);
  const side = removes
    ? { remove: externalIds.map((external_id) => ({ external_id })) }
    : { add: externalIds.map((id) => ({ external_id: id, hashed_email: sha256(`${id}-${round}`) })) };
  const args = {
    adcp_version: '3.1',
    idempotency_key: `key-${randomUUID()}`,
    account,
    audiences: [{ audience_id: audienceId, ...side }],
    push_notification_config: {
      url: `${receiver.url}/hook`,
      operation_id: `${audienceId}-${round}`,
      authentication: { schemes: ['Bearer'], credentials: 'c'.repeat(32) },
    },
  };
  return { args, externalIds, removes };
}

/** A call that must be refused whole: nothing of it may ever be seen. */
async function sendWrong(url: string, key: string, { audienceId }: Client): Promise<boolean> {
  const args = {
    adcp_version: '3.1',
    idempotency_key: `key-${randomUUID()}`,
    account,
    audiences: [{ audience_id: audienceId, add: [{ external_id: 'phantom', hashed_email: 'no hash' }] }],
  };
  const answer = await callTool(url, key, 'sync_audiences', args);
  const [result] = (answer['audiences'] as { action: string }[] | undefined) ?? [];
  return answer['errors'] !== undefined || result?.action === 'failed';
}

function acknowledge(
  client: Client,
  attempt: Attempt,
  answer: Record<string, unknown>,
  promised: Promised,
): void {
  for (const id of attempt.externalIds) {
    if (attempt.removes) client.members.delete(id);
    else client.members.add(id);
  }
  client.pending = null;
  const { operation_id } = attempt.args['push_notification_config'] as { operation_id: string };
  promised.operationIds.add(operation_id);
  promised.taskIds.add(String(answer['task_id']));
}

export interface Work {
  readonly key: string;
  readonly target: Target;
  readonly receiver: Receiver;
  readonly counts: Counts;
  readonly promised: Promised;
  readonly isOver: () => boolean;
  /** Between the calls of one client. */
  readonly pauseMs?: number;
}

const retryMs = 20;

/** Sends the call that is pending, or the next one; false when nobody acknowledged it. */
export async function step(client: Client, work: Work): Promise<boolean> {
  const { key, receiver, counts, promised } = work;
  const url = work.target();
  if (url === null) return false;
  client.pending ??= nextAttempt(client, receiver);
  const attempt = client.pending;
  try {
    if (client.round % 10 === 9 && !(await sendWrong(url, key, client)))
      throw new WrongAnswer('a call with a member that is no hash was not refused');
    const answer = await callTool(url, key, 'sync_audiences', attempt.args);
    if (answer['status'] !== 'submitted') {
      counts.refused++;
      return false;
    }
    if (answer['replayed'] === true) counts.replays++;
    counts.acknowledged++;
    acknowledge(client, attempt, answer, promised);
    return true;
  } catch (error) {
    if (error instanceof WrongAnswer) throw error;
    counts.interrupted++;
    return false;
  }
}

export class WrongAnswer extends Error {
  override name = 'WrongAnswer';
}

/** One call after the other until it is over; what was broken off is sent again, with its key, to whoever answers. */
export async function upload(client: Client, work: Work): Promise<void> {
  while (!work.isOver()) await sleep((await step(client, work)) ? (work.pauseMs ?? 0) : retryMs);
}

export interface Seen {
  readonly audience_id: string;
  readonly status: string;
  readonly total_uploaded_count?: number;
}

async function lists(url: string, key: string): Promise<readonly Seen[]> {
  const call = { adcp_version: '3.1', idempotency_key: `key-${randomUUID()}`, account };
  const answer = await callTool(url, key, 'sync_audiences', call);
  return answer['audiences'] as readonly Seen[];
}

/** Thousands of calls may wait when the kills end, and the machine may have other work; what is stuck is stuck after this as well. */
const settleMsMax = 300_000;

/** All lists, when all that was accepted is matched. */
async function settledLists(url: string, key: string): Promise<readonly Seen[]> {
  const end = performance.now() + settleMsMax;
  for (;;) {
    const seen = await lists(url, key);
    if (seen.every(({ status }) => status !== 'processing')) return seen;
    if (performance.now() > end) throw new WrongAnswer('what was accepted is not matched');
    await sleep(50);
  }
}

/** Sends what is pending until it is acknowledged, and the last call again: a replay. */
export async function converge(clients: readonly Client[], work: Work): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      for (let tries = 0; client.pending !== null; tries++) {
        if (tries > 400) throw new WrongAnswer('a call that was broken off is never acknowledged');
        if (!(await step(client, work))) await sleep(retryMs);
      }
    }),
  );
}

/** What the lists are not, of all that was acknowledged. */
async function faultsOfLists(
  url: string,
  key: string,
  clients: readonly Client[],
): Promise<readonly string[]> {
  const seen = new Map((await settledLists(url, key)).map((one) => [one.audience_id, one]));
  return clients.flatMap(({ audienceId, members }) => {
    const found = seen.get(audienceId)?.total_uploaded_count ?? 0;
    return found === members.size ? [] : [`a list has ${found} members; ${members.size} were acknowledged`];
  });
}

/** Removing what must be there leaves nothing: no member more, and no other. */
async function faultsOfMembers(
  url: string,
  key: string,
  clients: readonly Client[],
): Promise<readonly string[]> {
  for (const { audienceId, members } of clients) {
    const remove = [...members].map((external_id) => ({ external_id }));
    if (remove.length === 0) continue;
    const audiences = [{ audience_id: audienceId, remove }];
    const call = { adcp_version: '3.1', idempotency_key: `key-${randomUUID()}`, account, audiences };
    await callTool(url, key, 'sync_audiences', call);
    members.clear();
  }
  const left = (await settledLists(url, key)).reduce((sum, one) => sum + (one.total_uploaded_count ?? 0), 0);
  return left === 0 ? [] : [`${left} members that nobody acknowledged`];
}

/** Tasks that are not known as done. */
async function faultsOfTasks(url: string, key: string, { taskIds }: Promised): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const taskId of taskIds) {
    const task = await callTool(url, key, 'get_task_status', { task_id: taskId });
    if (task['status'] !== 'completed') faults.push(`a task is ${JSON.stringify(task['status'])}`);
  }
  taskIds.clear();
  return faults;
}

const toldMsMax = 60_000;

/** Events that were promised and never came, came as two, or came again with other bytes. */
async function faultsOfEvents(receiver: Receiver, { operationIds }: Promised): Promise<readonly string[]> {
  const end = performance.now() + toldMsMax;
  const missing = (): number => {
    const told = new Set(receiver.deliveries.map(({ json }) => json['operation_id']));
    return [...operationIds].filter((operation) => !told.has(operation)).length;
  };
  while (missing() > 0 && performance.now() < end) await sleep(100);
  const left = missing();
  const never = left === 0 ? [] : [`${left} events were promised and never came`];
  return [...never, ...faultsOfDeliveries(receiver.deliveries)];
}

/** Of everything that came so far: an event has one key, and a key has one body. */
export function faultsOfDeliveries(
  deliveries: readonly Pick<Delivery, 'json' | 'body'>[],
): readonly string[] {
  const keys = new Map<unknown, Set<string>>();
  const bodies = new Map<unknown, Set<string>>();
  const note = (sets: Map<unknown, Set<string>>, at: unknown, value: string): void =>
    void sets.set(at, (sets.get(at) ?? new Set()).add(value));
  let keyless = 0;
  for (const { json, body } of deliveries) {
    const key = json['idempotency_key'];
    if (typeof key !== 'string' || key === '') keyless++;
    else {
      note(keys, json['operation_id'], key);
      note(bodies, key, createHash('sha256').update(body).digest('base64'));
    }
  }
  const several = (sets: Map<unknown, Set<string>>): number =>
    [...sets.values()].filter(({ size }) => size > 1).length;
  const [twice, changed] = [several(keys), several(bodies)];
  return [
    ...(keyless === 0 ? [] : [`${keyless} deliveries have no key`]),
    ...(twice === 0 ? [] : [`${twice} events have two keys`]),
    ...(changed === 0 ? [] : [`${changed} keys came with two bodies`]),
  ];
}

export interface Look {
  readonly key: string;
  readonly clients: readonly Client[];
  readonly promised: Promised;
  readonly receiver: Receiver;
  /** Nothing follows: the lists may be emptied to see what is left. */
  readonly isLast: boolean;
}

/** Everything that does not hold, once every call is acknowledged. What follows from it is not waited for. */
export async function faultsOf(url: string, look: Look): Promise<readonly string[]> {
  const { key, clients, promised, receiver, isLast } = look;
  const faults = [...(await faultsOfLists(url, key, clients)), ...(await faultsOfTasks(url, key, promised))];
  if (faults.length > 0) return faults;
  const untold = await faultsOfEvents(receiver, promised);
  return isLast ? [...untold, ...(await faultsOfMembers(url, key, clients))] : untold;
}
