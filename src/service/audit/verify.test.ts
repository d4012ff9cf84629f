import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  checkpointKey,
  createHashRecord,
  recordOf,
  signCheckpoint,
  type AuditEvent,
  type ChainPlace,
  type Checkpoint,
} from './chain.ts';
import { openMemoryStore } from '../../store/testing/memory-store.ts';
import { appendAudit, createAuditScripts } from './audit-scripts.ts';
import { ChainWalk, type AuditProblem, type VerifiedRecord } from './verify.ts';

const key = new Uint8Array(32).fill(7);
const hash = createHashRecord(key);
const { privateKey, publicKey } = checkpointKey(new Uint8Array(32).fill(9));
const start: { readonly seq: number; readonly hash: Uint8Array } = { seq: 0, hash: new Uint8Array(32) };
const count = 10_000;

function eventAt(seq: number): AuditEvent {
  return { at: 1_800_000_000_000 + seq, kind: 'sync_accepted', actor: 'caller 1', facts: { added: seq } };
}

function chainOf(events: readonly AuditEvent[], from = start): VerifiedRecord[] {
  let before: Uint8Array = from.hash;
  return events.map((event, index) => {
    const record = recordOf(event);
    before = hash(before, record);
    return { seq: from.seq + index + 1, record, hash: before };
  });
}

function checkpointAt(records: readonly VerifiedRecord[], seq: number): Checkpoint {
  return signCheckpoint({ seq, at: 1, hash: records[seq - 1]!.hash }, privateKey);
}

function problemOf(
  records: readonly VerifiedRecord[],
  checkpoints: readonly Checkpoint[] = [],
  kept: readonly ChainPlace[] = [],
): AuditProblem | null {
  const walk = new ChainWalk(hash, { start, checkpoints, kept }, publicKey);
  for (let at = 0; at < records.length; at += 1000) walk.take(records.slice(at, at + 1000));
  return walk.end();
}

const whole = chainOf(Array.from({ length: count }, (_, index) => eventAt(index + 1)));
const checkpoints = [1, 5000, count].map((seq) => checkpointAt(whole, seq));

describe('a chain of 10,000 records', () => {
  it('holds as it was written, with and without checkpoints', () => {
    assert.equal(problemOf(whole), null);
    assert.equal(problemOf(whole, checkpoints), null);
  });

  it('tells an edited record, the first, one inside and the last', () => {
    for (const seq of [1, 4321, count]) {
      const { record, ...rest } = whole[seq - 1]!;
      const edited = whole.with(seq - 1, { ...rest, record: record.replace('"added":', '"added":1') });
      assert.equal(problemOf(edited)?.seq, seq);
    }
  });

  it('tells a dropped record, a repeated one and two in the wrong order', () => {
    assert.equal(problemOf(whole.toSpliced(4320, 1))?.seq, 4321);
    assert.equal(problemOf(whole.toSpliced(4320, 0, whole[4319]!))?.seq, 4321);
    const swapped = whole.with(100, { ...whole[101]!, seq: 101 }).with(101, { ...whole[100]!, seq: 102 });
    assert.equal(problemOf(swapped)?.seq, 101);
  });

  it('tells a lost end by a checkpoint, and only by one', () => {
    const shorter = whole.slice(0, -10);
    assert.equal(problemOf(shorter), null, 'the chain alone cannot know what came after it');
    assert.equal(problemOf(shorter, checkpoints)?.seq, count - 9);
    assert.match(problemOf([], checkpoints)?.says ?? '', /record 10000 is known/);
  });

  it('tells a history that was written anew by somebody who holds the key of the chain', () => {
    const forked = [
      ...whole.slice(0, 4000),
      ...chainOf(
        [...Array(6000).keys()].map((index) => eventAt(index)),
        whole[3999],
      ),
    ];
    assert.equal(problemOf(forked), null);
    assert.equal(problemOf(forked, checkpoints)?.seq, 5000);
  });

  it('tells a checkpoint that another key signed', () => {
    const other = checkpointKey(new Uint8Array(32).fill(8)).privateKey;
    const forged = signCheckpoint({ seq: 5000, at: 1, hash: whole[4999]!.hash }, other);
    assert.match(problemOf(whole, [forged])?.says ?? '', /not signed/);
  });

  it('tells both also where the checkpoints are gone too, by a place that was kept elsewhere', () => {
    const kept = [{ seq: 9000, hash: whole[8999]!.hash }];
    assert.equal(problemOf(whole, [], kept), null);
    assert.equal(problemOf(whole.slice(0, 8000), [], kept)?.seq, 8001);
    const anew = chainOf([...Array(count).keys()].map((index) => eventAt(index)));
    assert.equal(problemOf(anew), null, 'by whoever has the key, and nothing to compare with');
    assert.equal(problemOf(anew, [], kept)?.seq, 9000);
  });

  it('tells a beginning that was moved, whatever the checkpoints say', () => {
    for (const known of [[], checkpoints]) {
      const walk = new ChainWalk(hash, { start: whole[4999]!, checkpoints: known, kept: [] }, publicKey);
      assert.equal(walk.take(whole.slice(5000)), null);
      assert.match(walk.end()?.says ?? '', /no record says why/);
    }
    const at = { seq: 5000, hash: new Uint8Array(32) };
    const wrong = new ChainWalk(hash, { start: at, checkpoints, kept: [] }, publicKey);
    assert.equal(wrong.end()?.seq, 5000);
  });
});

it('writes and hashes a record as it always did', () => {
  const record = recordOf({ at: 0, kind: 'key_created', actor: 'operator', facts: { b: 1, a: 'x' } });
  const golden =
    '{"actor":"operator","at":"1970-01-01T00:00:00.000Z","facts":{"a":"x","b":1},"kind":"key_created"}';
  assert.equal(record, golden);
  assert.equal(
    Buffer.from(hash(start.hash, record)).toString('hex'),
    'efdf82592b4efd84aa9d523b92203496ea99696b8934ceb9f1e4cab71cfcc520',
  );
});

describe('forgetting', () => {
  const yearMs = 366 * 86_400_000;
  const scripts = {
    ...createAuditScripts(hash, privateKey),
    *note({ times }: { readonly times: number }) {
      for (let n = 0; n < times; n++) yield* appendAudit(hash, eventAt(n));
      return null;
    },
  };
  const openStore = () => openMemoryStore(scripts);
  type LogStore = ReturnType<typeof openStore>;
  const signedAt = async (store: LogStore, nowMs: number, times: number): Promise<void> => {
    await store.write('note', { times });
    await store.write('signAudit', { nowMs });
  };
  const problemIn = async (store: LogStore): Promise<AuditProblem | null> => {
    const { start: at, checkpoints: known } = await store.read('auditFacts', {});
    const walk = new ChainWalk(hash, { start: at, checkpoints: known, kept: [] }, publicKey);
    walk.take(await store.read('auditPage', { afterSeq: at.seq, countMax: 100_000 }));
    return walk.end();
  };
  const forgetAll = async (store: LogStore, nowMs: number): Promise<readonly number[]> => {
    const pieces: number[] = [];
    do pieces.push(await store.write('forgetOldAudit', { nowMs }));
    while (pieces.at(-1)! > 0);
    return pieces;
  };

  it('lets go what is older than a year, however much an hour brought, a bounded piece at a time', async () => {
    const store = openStore();
    await signedAt(store, 1, 25_000);
    await signedAt(store, yearMs, 10);
    assert.deepEqual(await forgetAll(store, yearMs + 2), [10_000, 10_000, 5_000, 0]);
    assert.equal(await problemIn(store), null);
    const { start: at, end } = await store.read('auditFacts', {});
    assert.deepEqual([at.seq, end.seq], [25_000, 25_011]);
    assert.deepEqual(await forgetAll(store, 2 * yearMs + 2), [10, 0], 'and again, a year later');
    assert.equal(await problemIn(store), null);
  });

  it('keeps what no checkpoint of before a year stands for', async () => {
    const store = openStore();
    await signedAt(store, 2, 100);
    assert.deepEqual(await forgetAll(store, 2 + 365 * 86_400_000), [0]);
    assert.equal(await problemIn(store), null);
  });
});
