import { Agent, request } from 'node:http';

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
  {
    key = '',
    headers: own = {},
  }: { readonly key?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = {
      'content-type': 'application/json',
      ...own,
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

export const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
