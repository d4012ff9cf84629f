/** What every refusal at the REST door has in common, with what `harmless.ts` asks of every door. */
import assert from 'node:assert/strict';

import { assertSays, goodMember, keptAudience, startBench, type Bench } from './harmless.ts';
import { restCaller, type RestCaller, type RestRequest } from './rest.ts';
import { sha256 } from './seller.ts';
import type { Fields, WireError } from './wire.ts';

/** The hash of somebody who is sent in bad requests only. */
export const newHash: string = sha256('someone-new@example.com');
export const newcomer: Fields = { externalId: 'newcomer', hashedEmail: newHash };
/** Would change the audience that is kept, if it were carried out. */
export const change: Fields = { audienceId: keptAudience, name: 'renamed', add: [newcomer] };

export interface Wanted {
  /** Absent: 400. */
  readonly status?: number;
  /** Absent: VALIDATION_ERROR. */
  readonly code?: string;
  readonly field?: string | undefined;
  readonly fix: RegExp;
  readonly secrets?: readonly string[];
}

export interface RestBench {
  readonly bench: Bench;
  readonly rest: RestCaller;
  /** `/advertisers/{id}` of the account that must not change. */
  readonly home: string;
  /** Fails unless the request is refused as wanted, and neither an audience nor an advertiser changed. */
  expectRefused(path: string, request: RestRequest, wanted: Wanted): Promise<WireError>;
  /** The same for the body of a sync. */
  refuseSync(
    body: RestRequest['body'],
    wanted: Wanted,
    headers?: Readonly<Record<string, string>>,
  ): Promise<WireError>;
}

export async function startRestBench(): Promise<RestBench> {
  const bench = await startBench();
  const rest = await restCaller(bench.seller.url, bench.target.key);
  const home = `/advertisers/${bench.seller.accountId}`;
  const advertisers = async (): Promise<string> => (await rest.ask('/advertisers')).text;
  const expectRefused: RestBench['expectRefused'] = async (path, request, wanted) => {
    const before = await advertisers();
    assert.ok(before.includes(bench.seller.accountId), 'there is something that could change');
    const answer = await bench.expectHarmless(
      async () => rest.ask(path, request),
      ['canary', newHash, goodMember.hashed_email, ...(wanted.secrets ?? [])],
    );
    assert.ok(answer.error !== null, `it was not refused: ${answer.text}`);
    const { status = 400, code = 'VALIDATION_ERROR', field, fix } = wanted;
    assert.deepEqual(
      { status: answer.httpStatus, code: answer.error.code, field: answer.error.field },
      { status, code, field },
      answer.text,
    );
    assertSays(answer.error, fix);
    assert.equal(await advertisers(), before, 'no advertiser changed');
    return answer.error;
  };
  return {
    ...{ bench, rest, home, expectRefused },
    refuseSync: async (body, wanted, headers = {}) => {
      const sent = body === undefined ? {} : { body };
      return expectRefused(`${home}/audiences/sync`, { method: 'POST', headers, ...sent }, wanted);
    },
  };
}
