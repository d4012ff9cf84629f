/** AdCP's own vectors of signed webhooks, sent over HTTP to the receiver, with the clock at the time they were made. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { systemRandom } from '../../platform/clock.ts';
import { createReception, type Report } from './reception.ts';
import { readKeys, type PublicKey } from './read-keys.ts';
import { startReceiver } from './receiver.ts';
import { createVerify } from './verify.ts';
import { createKeySource } from './key-source.ts';
import { clockAt, post, type SentAnswer } from './testing/deliveries.ts';

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@adcp/sdk/package.json')),
  'compliance/cache/3.0.6/test-vectors/webhook-signing',
);

interface Vector {
  readonly name: string;
  readonly reference_now: number;
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly jwks_ref: readonly string[];
  readonly jwks_override?: Readonly<Record<string, PublicKey>>;
  readonly expected_outcome: { readonly success: boolean; readonly error_code?: string };
}

const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const published = readKeys(read('keys.json'), 'keys.json');

const vectors = ['positive', 'negative'].flatMap((kind) =>
  readdirSync(join(folder, kind)).map((name) => ({
    id: name.slice(0, 3),
    kind,
    vector: read<Vector>(`${kind}/${name}`),
  })),
);

/** States that only a runner inside of a verifier can bring about: this receiver keeps no list of revoked keys, and room for a million nonces. */
const notApplicable = new Set(['017', '018', '019']);

async function outcomes(
  vector: Vector,
  times: number,
): Promise<readonly { report: Report; answer: SentAnswer }[]> {
  const clock = clockAt(vector.reference_now * 1000);
  const keys = vector.jwks_ref.flatMap(
    (kid) => vector.jwks_override?.[kid] ?? published.filter((key) => key.kid === kid),
  );
  const source = createKeySource(
    'the vector',
    async () => Promise.resolve({ keys, from: 'the vector' }),
    clock,
  );
  const reports: Report[] = [];
  let reported = (): void => {};
  const onDelivery = createReception({
    verify: createVerify({ keys: source, secret: null }),
    rule: { respond: 'auto', failRate: 0, forward: null },
    expectedToken: null,
    clock,
    random: systemRandom,
    onReport: (report) => {
      reports.push(report);
      reported();
    },
  });
  const [, path = ''] = /^https:\/\/[^/]+(\/[^?]*)/.exec(vector.request.url) ?? [];
  const receiver = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    path,
    publicUrl: 'https://buyer.example.com',
    clock,
    onDelivery,
    onRefusal: ({ reason }) => assert.fail(reason),
  });
  try {
    const answers: SentAnswer[] = [];
    for (let time = 0; time < times; time++) {
      const seen = new Promise<void>((resolve) => (reported = resolve));
      const target = vector.request.url.replace(/^https:\/\/[^/]+/, '');
      answers.push(
        await post(Number(new URL(receiver.url).port), target, vector.request.headers, vector.request.body),
      );
      await seen;
    }
    return answers.map((answer, at) => ({ report: reports[at]!, answer }));
  } finally {
    await receiver.close();
  }
}

test('the vectors are there', () => {
  assert.deepEqual([vectors.filter(({ kind }) => kind === 'positive').length, vectors.length], [7, 28]);
});

for (const { id, kind, vector } of vectors) {
  const skip = kind === 'negative' && notApplicable.has(id) ? 'needs a state that cannot be sent' : false;
  test(`${kind} ${id}: ${vector.name}`, { skip }, async () => {
    const twice = kind === 'negative' && id === '016';
    const all = await outcomes(vector, twice ? 2 : 1);
    const { report, answer } = all.at(-1)!;
    const { verdict } = report;
    if (kind === 'negative' && id === '008') {
      // AdCP 3.1 publishes one key for both purposes; the vector is of 3.0.
      assert.equal(verdict.outcome, 'verified');
      assert.match(verdict.notes.join(), /request-signing.*3\.0 refuse/);
      return;
    }
    const code = vector.expected_outcome.error_code ?? null;
    assert.deepEqual([verdict.outcome, verdict.code], [code === null ? 'verified' : 'failed', code]);
    assert.equal(answer.status, code === null ? 200 : 401);
    assert.equal(answer.headers['www-authenticate'], code === null ? undefined : `Signature error="${code}"`);
    if (twice) assert.equal(all[0]?.report.verdict.outcome, 'verified');
    if (code === null) return;
    assert.ok((verdict.explanation?.reason.length ?? 0) > 20 && (verdict.explanation?.fix.length ?? 0) > 15);
    assert.equal(verdict.steps.filter(({ outcome }) => outcome === 'failed').length, 1);
  });
}
