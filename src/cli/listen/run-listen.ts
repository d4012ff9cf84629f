import { createKeySource, type KeySource } from '../../client/webhooks/key-source.ts';
import { keysOfFile, readSmallFile } from '../../client/webhooks/key-file.ts';
import { KeyFault } from '../../client/webhooks/key-fault.ts';
import { listed } from '../../client/webhooks/read-keys.ts';
import { createReception, type Report } from '../../client/webhooks/reception.ts';
import { startReceiver, type Receiver, type Refusal } from '../../client/webhooks/receiver.ts';
import { keysAt, keysOfSeller } from '../../client/webhooks/seller-keys.ts';
import { loadSigning } from '../../client/webhooks/signing-library.ts';
import { createVerify } from '../../client/webhooks/verify.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import { createOutbound, type Outbound } from '../../platform/outbound/outbound.ts';
import { networksOf } from '../../platform/outbound/public-address.ts';
import { CommandFault, exitCodes, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { untilAborted } from '../until-aborted.ts';
import type { KeyPlace, ListenSettings } from './listen-options.ts';
import { refusalJson, reportJson } from './report-json.ts';
import { labelled, reportLines } from './report-view.ts';
import { emptyTally, tallyWords, withReport } from './tally.ts';

/** This machine: the seller of a developer often runs beside them. */
const ownMachine = ['127.0.0.0/8', '::1'];

/** Receives until Ctrl-C or `max` deliveries. Partial when a delivery failed to verify. */
export async function runListen(
  settings: ListenSettings,
  terminal: Terminal,
  json: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const secret = secretOf(settings.secretFile, 'The secret file');
  const outbound = createOutbound({ allowNetworks: networksOf([...ownMachine, ...settings.allowNetwork]) });
  const keys = settings.keys === null ? null : keySourceOf(settings.keys, outbound);
  const end = new AbortController();
  let tally = emptyTally;
  const onReport = (report: Report): void => {
    tally = withReport(tally, report);
    if (json) terminal.json(reportJson(report));
    for (const line of reportLines(report, terminal.paint, terminal.columns)) terminal.print(line);
    terminal.print('');
    if (tally.deliveries === settings.max) end.abort();
  };
  const onRefusal = (refusal: Refusal): void => {
    tally = { ...tally, refused: tally.refused + 1 };
    if (json) terminal.json(refusalJson(refusal));
    terminal.print(`${terminal.paint.bad(`✖ ${refusal.status}`)}  ${refusal.reason}\n`);
  };
  const onDelivery = createReception({
    verify: createVerify({ keys, secret }),
    rule: settings.rule,
    expectedToken: secretOf(settings.tokenFile, 'The token file'),
    clock: systemClock,
    random: systemRandom,
    onReport,
  });
  const receiver = await listening(settings, { onDelivery, onRefusal });
  try {
    if (json) terminal.json({ event: 'listening', url: receiver.url });
    await introduce({ settings, receiver, keys, hasSecret: secret !== null }, terminal);
    await untilAborted(AbortSignal.any([signal, end.signal]));
  } finally {
    await receiver.close();
    await outbound.close();
  }
  if (json) terminal.json({ event: 'summary', ...tally });
  terminal.print(tallyWords(tally));
  return tally.failed > 0 ? exitCodes.partial : exitCodes.ok;
}

type Callbacks = Pick<Parameters<typeof startReceiver>[0], 'onDelivery' | 'onRefusal'>;

/** A receiver at the address of the settings. Throws CommandFault when it cannot be had. */
export async function listening(
  { host, port, path, publicUrl }: Pick<ListenSettings, 'host' | 'port' | 'path' | 'publicUrl'>,
  callbacks: Callbacks,
): Promise<Receiver> {
  try {
    return await startReceiver({ host, port, path, publicUrl, clock: systemClock, ...callbacks });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new CommandFault(
        'conflict',
        `Port ${port} is taken: stop the other program, or take --port 0.`,
        error,
      );
    }
    throw new CommandFault(
      'failure',
      `${host} port ${port} cannot be listened on (${code ?? 'unknown'}).`,
      error,
    );
  }
}

function keySourceOf(place: KeyPlace, outbound: Outbound): KeySource {
  if (place.kind === 'jwks') {
    const { file } = place;
    return createKeySource(file, async () => Promise.resolve(keysOfFile(file)), systemClock);
  }
  const { kind, url } = place;
  const load = async () => (kind === 'seller' ? keysOfSeller(outbound, url) : keysAt(outbound, url));
  return createKeySource(url, load, systemClock);
}

/** The content of a file of one line, or null when none is named. Throws CommandFault. */
function secretOf(file: string, what: string): string | null {
  if (file === '') return null;
  try {
    const secret = readSmallFile(file, `${what} ${file}`).trim();
    if (secret !== '') return secret;
  } catch (error) {
    if (error instanceof KeyFault) throw new CommandFault('badInput', error.message, error);
    throw error;
  }
  throw new CommandFault('badInput', `${what} ${file} is empty.`);
}

interface Introduced {
  readonly settings: ListenSettings;
  readonly receiver: Receiver;
  readonly keys: KeySource | null;
  readonly hasSecret: boolean;
}

/** What to register, what it is checked with, and what is answered; keys are fetched here, before the first delivery needs them. */
async function introduce(
  { settings, receiver, keys, hasSecret }: Introduced,
  terminal: Terminal,
): Promise<void> {
  const row = (label: string, words: string): void => {
    for (const line of labelled(label, words, terminal.paint, terminal.columns)) terminal.print(line);
  };
  const { rule, path, publicUrl } = settings;
  const registered = publicUrl === '' ? receiver.url : `${publicUrl}${path}`;
  terminal.print(`Listening on ${terminal.paint.bold(receiver.url)}; Ctrl-C ends.`);
  row('register', `"push_notification_config": {"url": "${registered}", "operation_id": "my-upload-1"}`);
  if (keys !== null) {
    const { good, words } = await keyWords(keys);
    row('keys', good ? words : terminal.paint.bad(words));
  }
  if (hasSecret) row('secret', `HMAC-SHA256 and Bearer are checked with ${settings.secretFile}`);
  if (keys === null && !hasSecret) {
    row('checks', 'nothing: give --seller, --jwks-url, --jwks or --secret-file to have signatures checked');
  }
  if (rule.forward !== null) row('forward', `to ${rule.forward.href}; its answer goes to the seller`);
  if (rule.respond !== 'auto') row('answers', rule.respond === 'hang' ? 'none' : String(rule.respond));
  if (rule.failRate > 0) row('answers', `503 to ${(rule.failRate * 100).toFixed(0)} % of deliveries`);
  terminal.print('');
}

async function keyWords(keys: KeySource): Promise<{ readonly good: boolean; readonly words: string }> {
  try {
    await keys.load();
    // Loaded now, so that the first delivery does not wait for it.
    await loadSigning();
    const names = keys.keys.map(({ kid }) => kid);
    return { good: true, words: `${listed(names)}, from ${keys.from}` };
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    return {
      good: false,
      words: `none yet: ${error.message} They are looked for again when a delivery comes.`,
    };
  }
}
