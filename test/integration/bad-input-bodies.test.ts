import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import {
  assertSays,
  goodMember,
  keptAudience,
  refusalOf,
  startBench,
  type Bench,
} from '../support/harmless.ts';
import { sha256 } from '../support/seller.ts';
import {
  argumentsOf,
  generations,
  post,
  rpcText,
  type Fields,
  type Generation,
  type WireAnswer,
  type WireError,
} from '../support/wire.ts';

const MiB = 1024 * 1024;
const parseError = -32700;
const invalidRequest = -32600;

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(async () => {
  await bench.seller.close();
});

function callText(generation: Generation, more: Fields = {}): string {
  const audiences = [{ audience_id: keptAudience, name: 'renamed', add: [goodMember] }];
  return rpcText('sync_audiences', argumentsOf(generation, { account: bench.account, audiences, ...more }));
}

async function send(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
  secrets: readonly string[] = [],
): Promise<WireAnswer> {
  return bench.expectHarmless(
    async () => post(bench.target, body, headers),
    ['canary', goodMember.hashed_email, ...secrets],
  );
}

interface Wanted {
  readonly httpStatus: number;
  readonly rpcCode: number;
  readonly code?: string;
  readonly field?: string | undefined;
  readonly fix: RegExp;
}

function expectRefusal(answer: WireAnswer, { httpStatus, rpcCode, code, field, fix }: Wanted): WireError {
  const error = refusalOf(answer);
  assert.deepEqual(
    {
      httpStatus: answer.httpStatus,
      rpcCode: answer.rpcCode,
      code: error.code,
      recovery: error.recovery,
      field: error.field,
    },
    { httpStatus, rpcCode, code: code ?? 'INVALID_REQUEST', recovery: 'correctable', field },
    answer.text,
  );
  assertSays(error, fix);
  return error;
}

test('bad body: what is not JSON', async () => {
  const bodies = ['canary', 'audiences=canary', '<canary/>', '{canary: 1}', "{'canary': 1}", '\u0000'];
  for (const body of bodies) {
    const answer = await send(body);
    expectRefusal(answer, { httpStatus: 400, rpcCode: parseError, fix: /Send/ });
  }
  const nan = await send(callText('3.1').replace('"renamed"', 'NaN'));
  expectRefusal(nan, {
    httpStatus: 400,
    rpcCode: parseError,
    field: 'audiences[0].name',
    fix: /JSON/,
  });
  const utf16 = new Uint8Array(Buffer.from(callText('3.1'), 'utf16le'));
  expectRefusal(await send(utf16), { httpStatus: 400, rpcCode: parseError, fix: /JSON|UTF-8/ });
  const latin1 = new Uint8Array(Buffer.from(callText('3.1', { context: { name: 'M\u00fcller' } }), 'latin1'));
  expectRefusal(await send(latin1), {
    httpStatus: 400,
    rpcCode: parseError,
    field: 'context.name',
    fix: /UTF-8/,
  });
  await bench.expectAlive();
});

test('bad body: truncated anywhere', async () => {
  for (const generation of generations) {
    const text = callText(generation);
    for (const share of [0, 0.01, 0.3, 0.6, 0.9, 0.999]) {
      const answer = await send(text.slice(0, Math.floor(share * text.length)));
      const { field } = refusalOf(answer);
      expectRefusal(answer, {
        httpStatus: 400,
        rpcCode: parseError,
        field,
        fix: /whole document|one JSON document/,
      });
    }
  }
  await bench.expectAlive();
});

test('bad body: a connection that breaks in the middle changes nothing', async () => {
  const text = callText('3.1');
  await assert.rejects(
    fetch(`${bench.target.url}/mcp`, {
      method: 'POST',
      duplex: 'half',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${bench.target.key}`,
      },
      body: new ReadableStream({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode(text.slice(0, 200)));
          controller.error(new Error('the caller left'));
        },
      }),
    } as RequestInit),
  );
  await bench.expectAlive();
});

const memberText = (i: number): string =>
  `{"external_id":"canary-${i}","hashed_email":"${sha256(String(i % 50))}"}`;
const membersText = (count: number): string =>
  `[${Array.from({ length: count }, (_, i) => memberText(i)).join()}]`;

test('bad body: 100,001 members, in one array or over several, are refused whole', async () => {
  const layouts = [
    `[{"audience_id":"${keptAudience}","add":${membersText(100_001)}}]`,
    `[{"audience_id":"${keptAudience}","add":${membersText(60_000)}},{"audience_id":"second","add":[${memberText(1)}],"remove":${membersText(40_000)}}]`,
  ];
  for (const generation of generations) {
    for (const layout of layouts) {
      const text = callText(generation, { audiences: 'HERE' }).replace('"HERE"', () => layout);
      const isOld = generation === 'legacy';
      const code = isOld ? 'CALL_TOO_LARGE' : 'INVALID_REQUEST';
      const error = expectRefusal(await send(text), {
        httpStatus: 413,
        rpcCode: invalidRequest,
        code,
        field: 'audiences',
        fix: /at most 100000 members/,
      });
      const other = isOld ? { current_code: 'INVALID_REQUEST' } : { legacy_code: 'CALL_TOO_LARGE' };
      assert.deepEqual(error.details, { limit: 100_000, unit: 'members', ...other });
    }
  }
  await bench.expectAlive();
});

test('bad body: 65 MiB, announced or streamed, are refused before they are held', async () => {
  const body = new Uint8Array(65 * MiB).fill(0x20);
  const stream = (): ReadableStream =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += MiB) controller.enqueue(body.subarray(at, at + MiB));
        controller.close();
      },
    });
  for (const sent of [body, stream()]) {
    // Nobody reads such a body, so nobody knows its sender's generation: both words are in the answer.
    const error = expectRefusal(await send(sent), {
      httpStatus: 413,
      rpcCode: invalidRequest,
      fix: /Send fewer members/,
    });
    assert.deepEqual(error.details, {
      limit: 64 * MiB,
      limit_name: 'requestBytesMax',
      unit: 'bytes',
      legacy_code: 'CALL_TOO_LARGE',
    });
  }
  await bench.expectAlive();
});

test('bad body: a gzip bomb is refused early, a good gzip body is read, a broken one is named', async () => {
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * MiB, 0x20), { level: 9 }));
  const gzip = { 'content-encoding': 'gzip' };
  const error = expectRefusal(await send(bomb, gzip), {
    httpStatus: 413,
    rpcCode: invalidRequest,
    fix: /without compression/,
  });
  assert.equal(error.details?.['legacy_code'], 'CALL_TOO_LARGE');
  const good = new Uint8Array(gzipSync(rpcText('sync_audiences', { account: bench.account })));
  assert.equal((await send(good, gzip)).content?.['status'], 'completed');
  for (const broken of [good.slice(0, -12), new TextEncoder().encode(callText('3.1'))]) {
    expectRefusal(await send(broken, gzip), {
      httpStatus: 400,
      rpcCode: invalidRequest,
      fix: /whole body once/,
    });
  }
  expectRefusal(await send(callText('3.1'), { 'content-encoding': 'br' }), {
    httpStatus: 415,
    rpcCode: invalidRequest,
    fix: /gzip/,
  });
  await bench.expectAlive();
});

test('bad body: arrays 200,000 deep, alone and in every part of a call', async () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const wanted = { httpStatus: 400, rpcCode: invalidRequest, fix: /at most 32 levels/ };
  assert.equal(refusalOf(await send(deep)).details?.['reason'], 'depth');
  for (const generation of generations) {
    const places: readonly (readonly [string, Fields])[] = [
      ['context', { context: 'HERE' }],
      ['ext', { ext: { note: 'HERE' } }],
      ['audiences[0].add[0]', { audiences: [{ audience_id: keptAudience, add: ['HERE'] }] }],
      [
        'audiences[0].remove[0].uids',
        { audiences: [{ audience_id: keptAudience, remove: [{ uids: 'HERE' }] }] },
      ],
    ];
    for (const [place, fields] of places) {
      const answer = await send(callText(generation, fields).replace('"HERE"', deep));
      const { field } = refusalOf(answer);
      assert.ok(field?.startsWith(place), `${place}: ${answer.text.slice(0, 300)}`);
      expectRefusal(answer, { ...wanted, field });
    }
  }
  await bench.expectAlive();
});

test('bad body: a key twice is refused wherever it stands, also when one spelling is escaped', async () => {
  const wanted = { httpStatus: 400, rpcCode: invalidRequest, fix: /Send every key once/ };
  const twice = '"external_id":"canary-1","external_id":"canary-2"';
  const places: readonly (readonly [field: string, find: string, put: string])[] = [
    ['account', '"account":', '"account":{"account_id":"canary"},"account":'],
    ['account', '"account":', '"\\u0061ccount":{"account_id":"canary"},"account":'],
    ['audiences[0].audience_id', '"audience_id":', '"audience_id":"canary","audience_id":'],
    ['audiences[0].add', '"add":', '"add":[],"add":'],
    ['audiences[0].add[0].external_id', '"external_id":"m-1"', twice],
    [
      'audiences[0].add[0].hashed_email',
      '"hashed_email":',
      `"hashed_email":"${sha256('canary')}","hashed_email":`,
    ],
    [
      'audiences[0].add[0].uids[0].type',
      '"external_id":"m-1"',
      '"external_id":"m-1","uids":[{"type":"maid","type":"id5","value":"canary"}]',
    ],
  ];
  for (const generation of generations) {
    for (const [field, find, put] of places) {
      const text = callText(generation);
      assert.ok(text.includes(find));
      expectRefusal(
        await send(
          text.replace(find, () => put),
          {},
          [sha256('canary')],
        ),
        { ...wanted, field },
      );
    }
  }
  await bench.expectAlive();
});

test('bad body: a hash or an address that stands where a name belongs is not repeated in the field', async () => {
  const hash = sha256('someone@example.com');
  for (const name of [hash, 'someone@mail.example', '+4915112345678']) {
    for (const inside of ['{"a":1,"a":2}', `${'['.repeat(40)}${']'.repeat(40)}`]) {
      const text = callText('3.1').replace('"account":', () => `"ext":{"${name}":${inside}},"account":`);
      const parts = [name, hash.slice(0, 16), 'someone', '4915112345678'];
      const error = refusalOf(await send(text, {}, parts));
      assert.match(error.field ?? '', /^ext/);
    }
  }
  await bench.expectAlive();
});

test('bad body: keys that reach into objects are refused', async () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const text = callText('3.1').replace('"account":', () => `"${name}":{"canary":1},"account":`);
    expectRefusal(await send(text), {
      httpStatus: 400,
      rpcCode: invalidRequest,
      field: name,
      fix: /Take the key out/,
    });
  }
  await bench.expectAlive();
});
