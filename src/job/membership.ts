/** A place among the processes that work on one database, or all of it, for as long as this process lives. */
import { setTimeout as sleep } from 'node:timers/promises';

import { AppError } from '../base/faults.ts';
import { migrations } from '../store/migrations/index.ts';
import type { Store } from '../store/store.ts';
import type { Fence } from '../store/writer-messages.ts';
import { leaseMsDefault, type LeaseScripts } from './lease-scripts.ts';
import { aloneLease, type NodeScripts } from './node-scripts.ts';

export interface MembershipOptions {
  readonly store: Store<NodeScripts & LeaseScripts>;
  /** Who this is, for others to read. */
  readonly holder: string;
  /** This process was struck off while it stood still: it must end. */
  readonly lost: () => void;
  /** Ends the wait, with a refusal. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly leaseMs?: number;
}

export interface Membership {
  /** Names the work of this process; 0: it has the database to itself. */
  readonly nodeNo: number;
  /** What it writes under. */
  readonly fence: Fence;
  /** Gives it back, so that others need not wait for its end. */
  leave(): Promise<void>;
}

const retryMs = 500;

/**
 * Joins those who work on the database. While somebody has it alone, waits, unless `isPatient` is false, when it refuses; `waiting` is
 * told once for whom.
 */
export async function joinNodes(
  options: MembershipOptions,
  isPatient: boolean,
  waiting: (holder: string) => void,
): Promise<Membership> {
  const { store, holder, signal, leaseMs = leaseMsDefault } = options;
  for (let isFirst = true; ; isFirst = false) {
    const answer = await store.write('joinNodes', { holder, leaseMs, schema: migrations.length });
    if (answer.kind === 'joined') return memberOf(options, answer.nodeNo);
    if (answer.kind === 'outdated')
      throw new AppError('CONFIGURATION_ERROR', 'A newer release of rollcall has changed the database.', {
        suggestion: 'Use that release, or a newer one.',
      });
    if (!isPatient) throw inUse(answer.holder);
    if (isFirst) waiting(answer.holder);
    await sleep(retryMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new AppError('SERVICE_UNAVAILABLE', 'The wait for the database was ended.');
    });
  }
}

/** Takes the database for this process alone; refuses while anybody works on it. */
export async function takeAlone(options: MembershipOptions): Promise<Membership> {
  const { store, holder, leaseMs = leaseMsDefault } = options;
  const answer = await store.write('takeAlone', { holder, leaseMs });
  if (answer.kind === 'refused') throw inUse(answer.holder);
  const { leaseNo } = answer;
  const name = aloneLease;
  return {
    nodeNo: 0,
    fence: { kind: 'lease', name, leaseNo },
    leave: keepAlive(
      options,
      async () => store.write('renewLease', { name, leaseNo, leaseMs }),
      async () => store.write('releaseLease', { name, leaseNo }),
    ),
  };
}

function inUse(holder: string): AppError {
  return new AppError('CONFIGURATION_ERROR', `The database is in use by ${holder}.`, {
    suggestion: 'Stop every server that uses it, and wait for commands to end.',
  });
}

function memberOf(options: MembershipOptions, nodeNo: number): Membership {
  const { store, leaseMs = leaseMsDefault } = options;
  return {
    nodeNo,
    fence: { kind: 'node', nodeNo },
    leave: keepAlive(
      options,
      async () => store.write('renewNode', { nodeNo, leaseMs }),
      async () => store.write('leaveNodes', { nodeNo }),
    ),
  };
}

/** Renews three times as often as it would end; gives what ends it. */
function keepAlive(
  { lost, leaseMs = leaseMsDefault }: MembershipOptions,
  renew: () => Promise<boolean>,
  release: () => Promise<void>,
): () => Promise<void> {
  let isOver = false;
  const beat = async (): Promise<void> => {
    // While the database is away nobody can be struck off either.
    const isListed = await renew().catch(() => true);
    if (isListed || isOver) return;
    isOver = true;
    clearInterval(timer);
    lost();
  };
  const timer = setInterval(() => void beat(), leaseMs / 3);
  return async () => {
    isOver = true;
    clearInterval(timer);
    await release().catch(() => undefined);
  };
}
