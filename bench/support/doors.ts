/** The ways into our server that are measured, and how each of them is addressed and read. */
import { pause, send, type Answer, type AudienceAnswer } from './http.ts';

export type BenchDoor = 'MCP' | 'A2A 1.0' | 'A2A 0.3' | 'REST';

const profile = 'https://adcontextprotocol.org/extensions/adcp/v3';
export const doorHeaders: Readonly<Record<BenchDoor, Readonly<Record<string, string>>>> = {
  MCP: { accept: 'application/json, text/event-stream' },
  'A2A 1.0': { 'a2a-version': '1.0', 'a2a-extensions': profile },
  'A2A 0.3': {},
  REST: {},
};

export const doorPath = (door: BenchDoor, accountId: string): string =>
  ({
    MCP: '/mcp',
    'A2A 1.0': '/a2a',
    'A2A 0.3': '/a2a',
    REST: `/api/v2/buyer/advertisers/${accountId}/audiences/sync`,
  })[door];

interface A2aTask {
  readonly artifacts?: readonly { readonly parts: readonly { readonly data?: Record<string, unknown> }[] }[];
}

/** The answer of a call, in AdCP's words. Throws when it is an error. */
export function contentOf(door: BenchDoor, { status, text }: Answer): Record<string, unknown> {
  const json = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '{}');
  const { result } = JSON.parse(json) as {
    result?: A2aTask & { task?: A2aTask; isError?: boolean; structuredContent?: Record<string, unknown> };
  };
  const task = result?.task ?? result;
  const content = door === 'MCP' ? result?.structuredContent : task?.artifacts?.at(-1)?.parts.at(-1)?.data;
  if (status !== 200 || result?.isError === true || content === undefined) {
    throw new Error(`a measured call failed with ${status}: ${text.slice(0, 600)}`);
  }
  return content;
}

/** What REST says of an accepted sync is its task; this waits for the task and gives its audiences. */
export async function restAudiences(
  baseUrl: string,
  key: string,
  { status, text }: Answer,
): Promise<readonly AudienceAnswer[]> {
  const { taskId } = JSON.parse(text) as { taskId?: string };
  if (status !== 202 || taskId === undefined) {
    throw new Error(`a measured call failed with ${status}: ${text.slice(0, 600)}`);
  }
  for (;;) {
    const told = await send(`${baseUrl}/api/v2/buyer/tasks/${taskId}`, 'GET', null, { key });
    const { task } = JSON.parse(told.text) as {
      task: { status: string; response: { audiences: readonly AudienceAnswer[] } | null };
    };
    if (task.status === 'completed') return task.response?.audiences ?? [];
    if (task.status === 'failed') throw new Error(`a measured call failed: ${told.text.slice(0, 600)}`);
    await pause(5);
  }
}
