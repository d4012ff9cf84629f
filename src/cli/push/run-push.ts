/** `rollcall push`: from a file of people to a ready audience at a seller. */
import { setTimeout as sleep } from 'node:timers/promises';

import {
  defaultJournalFolder,
  openJournal,
  type PushJournal,
  type StoredRun,
} from '../../client/push/journal.ts';
import { FileFault } from '../../client/file-fault.ts';
import { changeCount } from '../../engine/forward/forward-chunks.ts';
import { systemClock, systemRandom } from '../../platform/clock.ts';
import type { RemoteAudience } from '../../service/syndication/seller-link.ts';
import { CommandFault, exitCodes, type ExitCode } from '../exit-codes.ts';
import { count, countOf } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { createEvents, type PushEvents } from './events.ts';
import { namedSeller } from './named-seller.ts';
import { faultOf, type OpenSeller, type SellerFacts } from './open-seller.ts';
import { differenceOf, planPush, planUnfinished, refuseShrink, type PushPlan } from './plan-push.ts';
import { checkPlace, rejectedMax, type PushValues } from './push-options.ts';
import { maskedSamples, printAudience, printPrepared, rejectedCount } from './push-view.ts';
import { readPeople, type ReadPeople } from './read-file.ts';
import { sendDelta } from './send-delta.ts';
import { waitForAudience } from './wait-for-audience.ts';

export interface PushCall {
  readonly file: string;
  readonly values: PushValues;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

interface Push extends PushCall {
  readonly events: PushEvents;
  readonly journal: PushJournal;
}

const saysNothing: SellerFacts = { identifierTypes: null, minimumSize: null, releases: null };

export async function runPush(call: PushCall): Promise<ExitCode> {
  const { values, terminal, json } = call;
  checkPlace(values);
  rejectedMax(values.maxRejected, 0);
  const folder = values.journal === '' ? defaultJournalFolder(process.env) : values.journal;
  const journal = opened(folder, values);
  try {
    const push: Push = { ...call, journal, events: createEvents(terminal, json) };
    const seller = values.dryRun ? null : await namedSeller(values);
    const facts = (await seller?.facts()) ?? saysNothing;
    const people = await read(push, facts);
    refuseRejected(people, values.maxRejected);
    return seller === null ? dryRun(push, people) : await send(push, seller, people);
  } finally {
    journal.close();
  }
}

function opened(folder: string, { agent, account, audience }: PushValues): PushJournal {
  try {
    return openJournal(folder, { url: agent, accountId: account, audienceId: audience });
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw new CommandFault(error.code === 'JOURNAL_LOCKED' ? 'conflict' : 'failure', error.message, error);
  }
}

async function read(
  { file, values, terminal, events, signal, journal }: Push,
  facts: SellerFacts,
): Promise<ReadPeople> {
  const { map, country, rejects } = values;
  const { tokenKey } = journal;
  const options = { file, map, country, rejects, signal, tokenKey, takenTypes: facts.identifierTypes };
  const people = await readPeople(options, terminal, events);
  printPrepared(people, terminal);
  const { report, members, counts } = people;
  const { rows, rejected, warnings } = report;
  events.tell('prepared', { rows, members: members.rowCount, rejected, warnings, counts });
  return people;
}

function refuseRejected({ report, members }: ReadPeople, words: string): void {
  const most = rejectedMax(words, report.rows);
  const rejected = rejectedCount(report.rejected);
  if (most !== null && rejected > most) {
    const what = `${count(rejected)} rows cannot be used, and at most ${count(most)} may be (--max-rejected)`;
    throw new CommandFault('badInput', `${what}; nothing was sent. --rejects FILE lists them.`);
  }
  if (members.rowCount === 0) {
    throw new CommandFault(
      'badInput',
      'No row of the file can be used; nothing was sent. --rejects FILE says why.',
    );
  }
}

const planOptions = ({ values }: Push) => ({
  mirror: values.mirror,
  fresh: values.fresh,
  chunkSize: values.chunk,
  newId: () => systemRandom.uuid(),
});

function dryRun(push: Push, people: ReadPeople): ExitCode {
  const { terminal, journal, values, json, events } = push;
  const plan = planPush(journal, people.members, planOptions(push));
  const calls = callCount(plan);
  terminal.print(`Samples   of what would be sent; values are shown by their first characters only`);
  const samples = maskedSamples(people.members);
  for (const line of samples) terminal.print(line);
  if (values.mirror) terminal.print(`Mirror    ${differenceOf(plan)}`);
  terminal.print(
    `Dry run   ${countOf(calls, 'call')} of up to ${count(values.chunk)} members; nothing was sent`,
  );
  const { added, removed } = plan.delta;
  if (json)
    events.tell('result', { dry_run: true, calls, added: added.length, removed: removed.length, samples });
  return exitOf(people);
}

function callCount({ delta, run }: PushPlan): number {
  const { removed, added } = delta;
  return Math.ceil(removed.length / run.chunkSize) + Math.ceil(added.length / run.chunkSize);
}

const exitOf = ({ report }: ReadPeople): ExitCode =>
  rejectedCount(report.rejected) > 0 ? exitCodes.partial : exitCodes.ok;

async function send(push: Push, seller: OpenSeller, people: ReadPeople): Promise<ExitCode> {
  const { terminal, journal, values, events } = push;
  const unfinished = planUnfinished(journal, planOptions(push));
  if (unfinished !== null) {
    terminal.say('An earlier push was broken off; it is brought to its end first.');
    await sendPlan(push, seller, unfinished);
  }
  if (values.mirror && !values.fresh) await checkBase(push, seller);
  const plan = planPush(journal, people.members, planOptions(push));
  if (values.mirror) terminal.print(`Mirror    ${differenceOf(plan)}`);
  if (values.mirror)
    events.tell('difference', { added: plan.delta.added.length, removed: plan.delta.removed.length });
  refuseShrink(plan, values.allowShrink);
  if (plan.isResumed)
    terminal.say(
      `Going on   where the last push of this file stopped: ${count(plan.run.doneCount)} are sent`,
    );
  const last = await sendPlan(push, seller, plan);
  const audience =
    values.wait || last === null
      ? await waitForAudience(seller, values, { terminal, signal: push.signal })
      : last;
  printAudience(values.audience, audience, terminal);
  if (audience.status === 'processing') terminal.print(`  ${statusHint}`);
  events.tell('result', { sent: changeCount(plan.delta), audience: audience.body });
  return exitOf(people);
}

const statusHint = 'The seller is still matching; the same command with --wait waits for it.';

/** The journal must know what the seller has; where somebody else changed the audience, it does not. */
async function checkBase({ journal, values, terminal }: Push, seller: OpenSeller): Promise<void> {
  const base = journal.base();
  const remote = await seller.look(values.audience, systemRandom.uuid());
  const held = remote?.memberCount ?? null;
  if (base === null) {
    if ((held ?? 0) > 0)
      terminal.say(
        `Note      ${count(held ?? 0)} members are there that this journal knows nothing of; they stay.`,
      );
    return;
  }
  const isKnown = remote !== null && (held === null || held === base.rowCount);
  if (isKnown) return;
  const there =
    remote === null ? 'does not know this audience any more' : `counts ${count(held ?? 0)} members`;
  throw new CommandFault(
    'conflict',
    `The seller ${there}, and the journal of this machine ${count(base.rowCount)}: somebody else changed it. Nothing was sent; --fresh sends every member of the file and removes those that the journal knows and the file does not.`,
  );
}

/** Sends all of a plan and notes that it is done. Gives what the last answer said of the audience. */
async function sendPlan(push: Push, seller: OpenSeller, plan: PushPlan): Promise<RemoteAudience | null> {
  const { terminal, journal, values, signal, events } = push;
  const { delta, run, target } = plan;
  journal.begin(run, target);
  const progress = terminal.progress('Sending ');
  const began = systemClock.monotonic();
  const onProgress = (now: StoredRun, callCountSoFar: number): void => {
    const seconds = Math.max(0.001, (systemClock.monotonic() - began) / 1000);
    const rate = (now.doneCount - run.doneCount) / seconds;
    const left = Math.ceil((now.changeCount - now.doneCount) / Math.max(1, rate));
    progress.update(now.doneCount, now.changeCount, `${count(Math.round(rate))}/s, ${left} s left`);
    events.tell('progress', { done: now.doneCount, of: now.changeCount, calls: callCountSoFar });
  };
  const end = await sendDelta(delta, run, {
    ...{ link: seller.link, target: seller.target, journal, random: systemRandom, signal, onProgress },
    audience: {
      ...{ audienceId: values.audience, name: values.name === '' ? null : values.name },
      ...{ audienceType: null, consentBasis: null },
    },
    pause: async (ms) => sleep(ms, undefined, { signal }),
    onTrouble: (sentence, pauseMs) => {
      terminal.say(`${sentence} Trying again in ${(pauseMs / 1000).toFixed(1)} s.`);
    },
  });
  if (end.kind === 'sent') {
    journal.finish();
    const seconds = (systemClock.monotonic() - began) / 1000;
    progress.end(
      ` ${count(changeCount(delta))} changes in ${countOf(end.callCount, 'call')}, ${seconds.toFixed(1)} s`,
    );
    return end.audience;
  }
  progress.end('was broken off');
  throw faultOf(end.kind === 'away', end.sentence, seller.target);
}
