import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';

import { systemClock, systemRandom } from '../../platform/clock.ts';
import type { Delivery } from './delivery.ts';
import { forward } from './forward.ts';
import { createReception, type AnswerRule, type Report } from './reception.ts';
import { startReceiver, type Answer, type ReceiverParts, type Refusal } from './receiver.ts';
import { delivery, post, testBody } from './testing/deliveries.ts';
import { createVerify } from './verify.ts';

type Changes = Partial<ReceiverParts> & { readonly answer?: Answer };

async function withReceiver(
  changes: Changes,
  work: (at: { port: number; deliveries: Delivery[]; refusals: Refusal[] }) => Promise<void>,
): Promise<void> {
  const deliveries: Delivery[] = [];
  const refusals: Refusal[] = [];
  const receiver = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    path: '/webhooks',
    publicUrl: '',
    clock: systemClock,
    onDelivery: async (one) => {
      deliveries.push(one);
      return Promise.resolve(changes.answer ?? { status: 204 });
    },
    onRefusal: (refusal) => refusals.push(refusal),
    ...changes,
  });
  try {
    await work({ port: Number(new URL(receiver.url).port), deliveries, refusals });
  } finally {
    await receiver.close();
  }
}

/** Writes bytes and gives what comes back until the other side closes. */
async function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let back = '';
    socket.setEncoding('latin1').on('data', (part: string) => (back += part));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(back));
    socket.on('error', reject);
  });
}

const json = { 'content-type': 'application/json' };

test('a delivery has the bytes, the headers and the address that were sent', async () => {
  await withReceiver({}, async ({ port, deliveries }) => {
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const headers = { 'Content-Type': 'application/json', 'X-Own': 'a', Host: 'buyer.example:99' };
    assert.equal((await post(port, '/webhooks?b=2&a=%e2', headers, body)).status, 204);
    const [one] = deliveries;
    assert.deepEqual(Buffer.from(one!.body), body);
    assert.equal(one?.url, 'http://buyer.example:99/webhooks?b=2&a=%e2');
    assert.equal(one?.headers['x-own'], 'a');
    assert.ok(one?.rawHeaders.includes('X-Own'));
  });
  await withReceiver({ publicUrl: 'https://abc.example/in' }, async ({ port, deliveries }) => {
    await post(port, '/webhooks', json, '{}');
    assert.equal(deliveries[0]?.url, 'https://abc.example/in/webhooks');
  });
});

test('what is no delivery is refused by name', async () => {
  await withReceiver({}, async ({ port, deliveries, refusals }) => {
    assert.equal((await post(port, '/other', json, '{}')).status, 404);
    const get = await fetch(`http://127.0.0.1:${port}/webhooks`);
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
    assert.match(await raw(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
    const long = `POST /webhooks HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(port, long), /^HTTP\/1\.1 431 /);
    assert.deepEqual(
      refusals.map(({ status }) => status),
      [404, 405, 400, 431],
    );
    assert.deepEqual(deliveries, []);
  });
});

test('a body of 1 MB is taken, one that is larger is not, announced or not', async () => {
  await withReceiver({}, async ({ port, deliveries, refusals }) => {
    const max = 1024 * 1024;
    assert.equal((await post(port, '/webhooks', json, 'x'.repeat(max))).status, 204);
    const announced = await raw(
      port,
      `POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: ${max + 1}\r\n\r\n`,
    );
    assert.match(announced, /^HTTP\/1\.1 413 [\s\S]*larger than 1048576 bytes/);
    const chunk = `${(max + 1).toString(16)}\r\n${'x'.repeat(max + 1)}\r\n0\r\n\r\n`;
    const chunked = await raw(
      port,
      `POST /webhooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    assert.match(chunked, /^HTTP\/1\.1 413 /);
    assert.deepEqual([deliveries.length, refusals.map(({ status }) => status)], [1, [413, 413]]);
  });
});

test('senders that are slow with headers or with a body are cut off', async () => {
  const limits = { headerTimeoutMs: 200, requestTimeoutMs: 400 };
  await withReceiver({ limits }, async ({ port, deliveries, refusals }) => {
    const slowHeaders = raw(port, 'POST /webhooks HTTP/1.1\r\nHost: x\r\n');
    const slowBody = raw(port, 'POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    assert.match(await slowHeaders, /^HTTP\/1\.1 408 /);
    assert.match(await slowBody, /^HTTP\/1\.1 408 /);
    assert.deepEqual([deliveries, refusals.map(({ status }) => status)], [[], [408, 408]]);
  });
});

test('a receiver that hangs ends all the same', async () => {
  await withReceiver({ answer: 'hang' }, async ({ port, deliveries }) => {
    const unanswered = assert.rejects(post(port, '/webhooks', json, '{}'), /socket hang up|ECONNRESET/);
    while (deliveries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    void unanswered;
  });
});

interface Upstream {
  readonly url: URL;
  readonly seen: { readonly raw: readonly string[]; readonly body: Buffer; readonly url: string }[];
  close(): Promise<void>;
}

/** The developer's own server. */
async function upstream(
  answer: (request: IncomingMessage) => { status: number; body: string } | 'hang',
): Promise<Upstream> {
  const seen: Upstream['seen'] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ raw: request.rawHeaders, body: Buffer.concat(parts), url: request.url ?? '' });
      const what = answer(request);
      if (what !== 'hang')
        response.writeHead(what.status, { 'retry-after': '7', 'set-cookie': 'a=b' }).end(what.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?mine=1`),
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('forwarding keeps every byte and every header, and gives the answer back', async (t) => {
  const own = await upstream(() => ({ status: 422, body: 'no' }));
  t.after(own.close);
  const reports: Report[] = [];
  const rule: AnswerRule = { respond: 'auto', failRate: 0, forward: own.url };
  const onDelivery = reception(rule, reports);
  await withReceiver({ onDelivery }, async ({ port }) => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const headers = {
      Host: 'buyer.example',
      'X-ADCP-Signature': 'sha256=AbC',
      Signature: 'sig1=:a_-:',
      'Content-TYPE': 'a/b',
    };
    const answer = await post(port, '/webhooks', headers, body);
    assert.deepEqual([answer.status, answer.text, answer.headers['retry-after']], [422, 'no', '7']);
    assert.equal(answer.headers['set-cookie'], undefined);
    const [seen] = own.seen;
    assert.deepEqual(seen?.body, body);
    assert.equal(seen?.url, '/hook?mine=1');
    for (const [name, value] of Object.entries(headers)) {
      assert.equal(seen?.raw[seen.raw.indexOf(name) + 1], value, name);
    }
    assert.equal(seen?.raw.filter((name) => name.toLowerCase() === 'content-length').length, 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(reports[0]?.answer, { status: 422, by: 'forward', forwardFault: null });
  });
});

test('a developer’s server that fails is told from one that answers', async (t) => {
  const hanging = await upstream(() => 'hang');
  t.after(hanging.close);
  const late = await forward(delivery(), hanging.url, 50);
  assert.deepEqual([late.status, late.fault], [504, 'it did not answer in 0.05 s']);
  await hanging.close();
  const gone = await forward(delivery(), hanging.url);
  assert.deepEqual([gone.status, gone.fault], [502, 'nothing listens there']);
  const long = await upstream(() => ({ status: 200, body: 'x'.repeat(70_000) }));
  t.after(long.close);
  const large = await forward(delivery(), long.url);
  assert.deepEqual([large.status, large.fault], [502, 'its answer is too large']);
});

function reception(rule: AnswerRule, reports: Report[]): ReceiverParts['onDelivery'] {
  return createReception({
    verify: createVerify({ keys: null, secret: null }),
    rule,
    expectedToken: null,
    clock: systemClock,
    random: systemRandom,
    onReport: (report) => reports.push(report),
  });
}

test('answers follow the rule: repetitions, other bytes, no JSON, statuses that are asked for', async () => {
  const auto = reception({ respond: 'auto', failRate: 0, forward: null }, []);
  const status = async (answer: Promise<Answer>): Promise<unknown> => {
    const given = await answer;
    return given === 'hang' ? 'hang' : given.status;
  };
  const bodies = [testBody, testBody, testBody.replace('completed', 'failed'), 'no'];
  const given: unknown[] = [];
  for (const text of bodies) given.push(await status(auto(delivery({ text }))));
  assert.deepEqual(given, [200, 200, 409, 400]);
  const rules: readonly [AnswerRule['respond'], number][] = [
    [503, 0],
    ['hang', 0],
    ['auto', 1],
  ];
  const forced = rules.map(async ([respond, failRate]) =>
    status(reception({ respond, failRate, forward: null }, [])(delivery())),
  );
  assert.deepEqual(await Promise.all(forced), [503, 'hang', 503]);
});

test('a share of deliveries fails', async () => {
  const half = reception({ respond: 'auto', failRate: 0.5, forward: null }, []);
  let failed = 0;
  for (let at = 0; at < 400; at++) {
    const answer = await half(delivery());
    if (answer !== 'hang' && answer.status === 503) failed += 1;
  }
  // Eight standard deviations: a fair coin does not do this.
  assert.ok(Math.abs(failed - 200) < 80, `${failed} of 400`);
});
