import { plain } from '../../client/webhooks/delivery.ts';
import type { Scheme } from '../../client/webhooks/delivery.ts';
import type { Occurrence } from '../../client/webhooks/event-memory.ts';
import type { AudienceNews, Payload } from '../../client/webhooks/payload.ts';
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
const labelWidth = 9;

/** One delivery for a person: what was checked, what it says, what was answered, and why something failed. */
export function reportLines(report: Report, paint: Paint, columns: number): readonly string[] {
  const { verdict, payload, occurrence, answer } = report;
  const row = (label: string, words: string): readonly string[] => labelled(label, words, paint, columns);
  return [
    headLine(report, paint),
    // What could be anybody's is not reported as news.
    ...row(verdict.outcome === 'failed' ? 'claims' : 'says', saysWords(payload)),
    ...payload.audiences.flatMap((audience) => row('', audienceWords(audience))),
    ...row('', moreWords(payload)),
    ...row('event', occurrence === null ? '' : occurrenceWords(occurrence, payload)),
    ...row('step', stepWords(verdict)),
    ...row('why', verdict.explanation?.reason ?? ''),
    ...row('fix', verdict.explanation?.fix ?? ''),
    ...[...verdict.notes, ...payload.problems].flatMap((note) => row('note', note)),
    ...row('forward', answer.forwardFault === null ? '' : `Your server failed: ${answer.forwardFault}.`),
  ];
}

function headLine({ number, receivedAtMs, verdict, answer, tookMs }: Report, paint: Paint): string {
  const time = new Date(receivedAtMs).toISOString().slice(11, 19);
  const marks = {
    verified: paint.good('✔ verified'),
    failed: paint.bad('✖ refused'),
    unchecked: paint.accent('? not checked'),
  };
  const key = verdict.keyid === null ? '' : ` by ${plain(verdict.keyid, 60)}`;
  const status = answer.status === 'hang' ? 'no answer' : String(answer.status);
  const took = `${Math.max(1, Math.round(tookMs))} ms`;
  const parts = [
    paint.bold(`#${number}`),
    paint.dim(time),
    marks[verdict.outcome],
    `${schemeWords[verdict.scheme]}${key}`,
    ...(verdict.code === null ? [] : [verdict.code]),
    `${paint.bold(`→ ${status}`)}${answeredBy[answer.by]} ${paint.dim(`in ${took}`)}`,
  ];
  return parts.join('  ');
}

const answeredBy: Readonly<Record<Report['answer']['by'], string>> = {
  rule: '',
  respond: ' (--respond)',
  'fail-rate': ' (--fail-rate)',
  forward: ' from your server',
};

function saysWords(payload: Payload): string {
  const { kind, type, status, taskId, operationId, message, errorCodes } = payload;
  if (kind === 'not-json') return '';
  const what = [type, status].filter((word) => word !== null).join(' ');
  const parts = [
    what === '' ? 'JSON of another shape' : what,
    ...(taskId === null ? [] : [`task ${taskId}`]),
    ...(operationId === null ? [] : [`operation ${operationId}`]),
    ...tokenWords[payload.token],
    ...(errorCodes.length === 0 ? [] : [`errors ${errorCodes.join(', ')}`]),
  ];
  return `${parts.join(', ')}${message === null ? '' : `: “${message}”`}`;
}

const tokenWords: Readonly<Record<Payload['token'], readonly string[]>> = {
  matches: ['token as registered'],
  differs: ['ANOTHER TOKEN than the registered one'],
  missing: ['WITHOUT THE TOKEN that was registered'],
  present: [],
  absent: [],
};

function audienceWords({ audienceId, action, status, total, matched }: AudienceNews): string {
  const state = [action, status].filter((word) => word !== null).join(', ');
  const number = (value: number | null): string => (value === null ? '?' : count(value));
  const counts = matched === null && total === null ? '' : `${number(matched)} of ${number(total)} matched`;
  return [audienceId, state, counts].filter((words) => words !== '').join('  ');
}

function moreWords({ audienceCount, audiences }: Payload): string {
  const more = audienceCount - audiences.length;
  return more > 0 ? `and ${count(more)} more` : '';
}

function occurrenceWords({ attempt, isSameBody, sincePreviousMs }: Occurrence, payload: Payload): string {
  const name = payload.idempotencyKey ?? '';
  if (attempt === 1) return `${name}, for the first time`;
  const again = `${name}, delivery ${attempt}, ${secondsWords(sincePreviousMs ?? 0)} after the one before`;
  return isSameBody
    ? `${again}: the same bytes, so it counts once`
    : `${again}: OTHER BYTES than at first, under the same idempotency_key`;
}

/** `0.4 s`, `5 min 3 s`, `2 h 10 min`. */
export function secondsWords(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Which step failed; all are in the JSON. */
function stepWords({ steps }: Verdict): string {
  const at = steps.findIndex(({ outcome }) => outcome === 'failed');
  if (at === -1) return '';
  const before = at === 0 ? '' : `; ${at === 1 ? 'the one' : `the ${at}`} before passed`;
  return `${steps[at]?.name ?? ''}, ${at + 1} of ${steps.length}${before}`;
}

/** A label and words that are wrapped beside it; nothing for no words. */
export function labelled(label: string, words: string, paint: Paint, columns: number): readonly string[] {
  if (words === '') return [];
  const width = Math.max(40, columns - indent.length - labelWidth - 1);
  return wrap(words, width).map(
    (line, at) => `${indent}${paint.dim((at === 0 ? label : '').padEnd(labelWidth))}${line}`,
  );
}

/** At single blanks only: two of them keep columns apart. */
function wrap(words: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(/(?<! ) (?! )/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
