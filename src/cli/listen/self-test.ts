import { createKeySource } from '../../client/webhooks/key-source.ts';
import { createReception, type Report } from '../../client/webhooks/reception.ts';
import { makeSamples, type Sample } from '../../client/webhooks/samples.ts';
import { createVerify } from '../../client/webhooks/verify.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { throwawayKey } from '../../platform/throwaway-key.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { reportJson } from './report-json.ts';
import { reportLines } from './report-view.ts';
import { listening } from './run-listen.ts';

const keyid = 'self-test-key';
const secretBytes = 32;

/** Sends itself good and bad deliveries over HTTP and shows what it says. A failure when one is judged otherwise than expected. */
export async function runSelfTest(terminal: Terminal, json: boolean): Promise<ExitCode> {
  const key = throwawayKey();
  const secret = Buffer.from(systemRandom.bytes(secretBytes)).toString('base64url');
  const token = Buffer.from(systemRandom.bytes(secretBytes)).toString('base64url');
  const published = {
    ...key.publicKey,
    kid: keyid,
    alg: 'EdDSA',
    use: 'sig',
    key_ops: ['verify'],
    adcp_use: 'webhook-signing',
  };
  const keys = createKeySource(
    'the self-test',
    async () => Promise.resolve({ keys: [published], from: 'the self-test' }),
    systemClock,
  );
  let reported: (report: Report) => void = () => {};
  const onDelivery = createReception({
    verify: createVerify({ keys, secret }),
    rule: { respond: 'auto', failRate: 0, forward: null },
    expectedToken: token,
    clock: systemClock,
    random: systemRandom,
    onReport: (report) => reported(report),
  });
  const place = { host: '127.0.0.1', port: 0, path: '/webhooks', publicUrl: '' };
  const receiver = await listening(place, { onDelivery, onRefusal: () => {} });
  let wrong = 0;
  try {
    const { url } = receiver;
    const parts = { url, key, keyid, secret, token, clock: systemClock, random: systemRandom };
    for (const sample of await makeSamples(parts)) {
      const report = new Promise<Report>((resolve) => (reported = resolve));
      await fetch(url, { method: 'POST', headers: sample.headers, body: sample.body });
      if (!show(sample, await report, terminal, json)) wrong += 1;
    }
  } finally {
    await receiver.close();
  }
  terminal.print(
    wrong === 0 ? 'Every delivery was judged as expected.' : `${wrong} were judged otherwise than expected.`,
  );
  return wrong === 0 ? exitCodes.ok : exitCodes.failure;
}

function show(sample: Sample, report: Report, terminal: Terminal, json: boolean): boolean {
  const { code, status } = sample.expected;
  const asExpected = report.verdict.code === code && report.answer.status === status;
  terminal.print(terminal.paint.bold(capital(sample.name)));
  for (const line of reportLines(report, terminal.paint, terminal.columns)) terminal.print(line);
  if (!asExpected) terminal.print(terminal.paint.bad(`    expected ${code ?? 'no fault'} and ${status}`));
  terminal.print('');
  if (json) terminal.json({ ...reportJson(report), sample: sample.name, as_expected: asExpected });
  return asExpected;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
