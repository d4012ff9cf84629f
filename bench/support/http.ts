import { Agent, request } from 'node:http';

import { paddedAudience } from './members.ts';

export interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly text: string;
}

/** Keeps as many connections as are used at once. */
export const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export async function send(
  url: string,
  method: 'GET' | 'POST',
  body: Buffer | null,
  key = '',
): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === null ? {} : { 'content-length': body.length }),
    };
    const call = request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, ms: performance.now() - started, text });
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body ?? undefined);
  });
}

/** What one audience of an answer says. */
export interface AudienceAnswer {
  readonly audience_id: string;
  readonly action?: string;
  readonly status?: string;
  readonly uploaded_count?: number;
  readonly total_uploaded_count?: number;
  readonly matched_count?: number;
  readonly match_breakdown?: readonly {
    readonly id_type: string;
    readonly submitted: number;
    readonly matched: number;
  }[];
}

/** The tool's answer, from plain JSON or from the one event of a stream. Throws when it is an error. */
export function contentOf({ status, text }: Answer): Record<string, unknown> {
  const json = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '{}');
  const { result } = JSON.parse(json) as {
    result?: { isError?: boolean; structuredContent?: Record<string, unknown> };
  };
  if (status !== 200 || result?.isError === true || result?.structuredContent === undefined) {
    throw new Error(`a measured call failed with ${status}: ${text.slice(0, 600)}`);
  }
  return result.structuredContent;
}

/** An answer may list the account's other audiences too. */
export function audienceOf(answer: Answer, audienceId: string): AudienceAnswer {
  const audiences = (contentOf(answer)['audiences'] ?? []) as readonly AudienceAnswer[];
  const audience = audiences.find((one) => one.audience_id === paddedAudience(audienceId));
  if (audience === undefined || audience.action === 'failed') {
    throw new Error(`a measured call was not accepted: ${answer.text.slice(0, 600)}`);
  }
  return audience;
}

export const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
