import type { Scheme } from '../../client/webhooks/delivery.ts';
import type { Occurrence } from '../../client/webhooks/event-memory.ts';
import type { Payload } from '../../client/webhooks/payload.ts';
import type { Report } from '../../client/webhooks/reception.ts';
import type { Verdict } from '../../client/webhooks/verdict.ts';
import { count } from '../table.ts';
import type { Paint } from '../terminal.ts';

const schemeWords: Readonly<Record<Scheme, string>> = {
  rfc9421: 'RFC 9421',
  'hmac-sha256': 'HMAC-SHA256',
  bearer: 'Bearer',
  none: 'not signed',
};

const indent = '    ';
const labelWidth = 10;

/** One delivery for a person: what was checked, what it says, what was answered, and why something failed. */
export function reportLines(report: Report, paint: Paint, columns: number): readonly string[] {
  const { verdict, payload, occurrence } = report;
  const row = (label: string, words: string): readonly string[] => labelled(label, words, paint, columns);
  const { explanation } = verdict;
  return [
    headLine(report, paint),
    ...row('says', saysWords(payload)),
    ...payload.audiences.flatMap((audience) => row('', audienceWords(audience))),
    ...moreAudiences(payload).flatMap((words) => row('', words)),
    ...row('event', occurrence === null ? '' : occurrenceWords(occurrence, payload)),
    ...row('why', explanation?.reason ?? ''),
    ...row('fix', explanation?.fix ?? ''),
    ...row('checked', verdict.outcome === 'verified' ? '' : stepWords(verdict)),
    ...[...verdict.notes, ...payload.problems].flatMap((note) => row('note', note)),
    ...row('answered', answerWords(report)),
  ];
}

function headLine({ number, receivedAtMs, verdict }: Report, paint: Paint): string {
  const time = new Date(receivedAtMs).toISOString().slice(11, 19);
  const marks = {
    verified: paint.good('✔ verified'),
    failed: paint.bad('✖ refused'),
    unchecked: paint.accent('? not checked'),
  };
  const key = verdict.keyid === null ? '' : `, key ${verdict.keyid.slice(0, 80)}`;
  const code = verdict.code === null ? '' : `  ${paint.dim(verdict.code)}`;
  const name = paint.bold(`#${number}`);
  return `${name}  ${paint.dim(time)}  ${marks[verdict.outcome]}  ${schemeWords[verdict.scheme]}${key}${code}`;
}

function saysWords(payload: Payload): string {
  const { kind, type, status, taskId, operationId, timestamp, message, errorCodes } = payload;
  if (kind === 'not-json') return '';
  const what = [type, status].filter((word) => word !== null).join(' ');
  const parts = [
    what === '' ? 'a JSON object of another shape' : what,
    ...(taskId === null ? [] : [`task ${taskId}`]),
    ...(operationId === null ? [] : [`operation ${operationId}`]),
    ...(timestamp === null ? [] : [`at ${timestamp}`]),
    ...tokenWords[payload.token],
    ...(errorCodes.length === 0 ? [] : [`errors ${errorCodes.join(', ')}`]),
    ...(message === null ? [] : [`“${message}”`]),
  ];
  return parts.join(' · ');
}

const tokenWords: Readonly<Record<Payload['token'], readonly string[]>> = {
  matches: ['the token is the registered one'],
  differs: ['THE TOKEN IS ANOTHER ONE'],
  missing: ['THE TOKEN IS MISSING'],
  present: ['with a token'],
  absent: [],
};

function audienceWords({ audienceId, action, status, total, matched }: Payload['audiences'][number]): string {
  const counts =
    matched === null && total === null
      ? []
      : [
          `${matched === null ? '?' : count(matched)} of ${total === null ? '?' : count(total)} members matched`,
        ];
  const state = [action, status].filter((word) => word !== null);
  return [audienceId, ...(state.length === 0 ? [] : [state.join(', ')]), ...counts].join('  ');
}

function moreAudiences({ audienceCount, audiences }: Payload): readonly string[] {
  const more = audienceCount - audiences.length;
  return more > 0 ? [`and ${count(more)} more`] : [];
}

function occurrenceWords({ attempt, isSameBody, sincePreviousMs }: Occurrence, payload: Payload): string {
  const name = payload.idempotencyKey ?? '';
  if (attempt === 1) return `new, ${name}`;
  const after = sincePreviousMs === null ? '' : ` ${secondsWords(sincePreviousMs)} after the one before`;
  return isSameBody
    ? `delivery ${attempt} of ${name},${after}: the same bytes, so it counts once`
    : `delivery ${attempt} of ${name},${after}: OTHER BYTES than the first; a sender must repeat the body as it was`;
}

/** `0.4 s`, `5 min 3 s`, `2 h 10 min`. */
export function secondsWords(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function stepWords({ steps }: Verdict): string {
  const names = (outcome: string): string =>
    steps
      .filter((step) => step.outcome === outcome)
      .map(({ name }) => name)
      .join(', ');
  const failed = names('failed');
  const passed = names('passed');
  if (failed === '') return '';
  return passed === '' ? `${failed}: failed` : `${passed}: good; ${failed}: failed`;
}

const answeredBy: Readonly<Record<Report['answer']['by'], string>> = {
  rule: '',
  respond: ', as --respond says',
  'fail-rate': ', as --fail-rate says',
  forward: ', by your server',
};

function answerWords({ answer, tookMs }: Report): string {
  const { status, by, forwardFault } = answer;
  const what = status === 'hang' ? 'nothing' : String(status);
  if (forwardFault !== null) return `${what}: of your server, ${forwardFault}`;
  return `${what}${answeredBy[by]}, after ${Math.max(1, Math.round(tookMs))} ms`;
}

/** A label and words that are wrapped beside it; nothing for no words. */
export function labelled(label: string, words: string, paint: Paint, columns: number): readonly string[] {
  if (words === '') return [];
  const width = Math.max(40, columns - indent.length - labelWidth - 1);
  return wrap(words, width).map(
    (line, at) => `${indent}${paint.dim((at === 0 ? label : '').padEnd(labelWidth))}${line}`,
  );
}

function wrap(words: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
