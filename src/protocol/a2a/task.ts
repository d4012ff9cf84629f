import { Role, TaskState } from 'a2a-sdk-v1';
import type { Part, Task } from 'a2a-sdk-v1';

import type { Clock, Random } from '../../base/clock.ts';
import type { JsonObject } from '../../engine/types.ts';
import { isObject } from '../adcp/argument-reader.ts';
import type { OperationReply } from '../adcp/operations.ts';
import type { A2aBinding } from './binding.ts';

export interface TaskFacts {
  readonly binding: A2aBinding;
  /** The conversation that the caller named, if it named one. */
  readonly contextId: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
}

const noMore = { metadata: undefined, filename: '', mediaType: '' } as const;

function dataPart(value: JsonObject): Part {
  return { ...noMore, content: { $case: 'data', value }, mediaType: 'application/json' };
}

function textPart(value: string): Part {
  return { ...noMore, content: { $case: 'text', value } };
}

/**
 * Where readers of A2A 0.3 look for the handle of work that goes on. AdCP's profile forbids it: there the handle stands in
 * the response alone. Source: AdCP a2a-guide; a2a-profile-extension, version 3.
 */
function artifactMetadata(body: JsonObject, binding: A2aBinding): Record<string, string> | undefined {
  const taskId = body['task_id'];
  const isHandle = binding === '0.3' && body['status'] === 'submitted' && typeof taskId === 'string';
  return isHandle ? { adcp_task_id: taskId } : undefined;
}

function errorText(body: JsonObject): string {
  const error = body['adcp_error'];
  const message = isObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : 'The call failed.';
}

/**
 * The A2A task that carries an answer, in the shape of 1.0; the SDK spells it for 0.3. An A2A task ends with its
 * exchange: whatever AdCP answered (work that goes on included) completes it, and a refusal fails it. Its one artifact's
 * one data part is the AdCP response itself. Source: AdCP a2a-response-format; a2a-profile-extension.
 */
export function taskOf(reply: OperationReply, facts: TaskFacts): Task {
  const id = facts.random.uuid();
  const contextId = facts.contextId ?? facts.random.uuid();
  const message = reply.ok
    ? undefined
    : {
        messageId: facts.random.uuid(),
        contextId,
        taskId: id,
        role: Role.ROLE_AGENT,
        parts: [textPart(errorText(reply.body))],
        metadata: undefined,
        extensions: [],
        referenceTaskIds: [],
      };
  return {
    id,
    contextId,
    status: {
      state: reply.ok ? TaskState.TASK_STATE_COMPLETED : TaskState.TASK_STATE_FAILED,
      message,
      timestamp: new Date(facts.clock.now()).toISOString(),
    },
    artifacts: [
      {
        artifactId: facts.random.uuid(),
        name: reply.ok ? 'result' : 'error',
        description: '',
        parts: [dataPart(reply.body)],
        metadata: artifactMetadata(reply.body, facts.binding),
        extensions: [],
      },
    ],
    // The message that was sent is not repeated.
    history: [],
    metadata: undefined,
  };
}
