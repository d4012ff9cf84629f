/** R21: a backup that is taken while everybody writes is one moment of the server. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import { secretFileName } from '../../src/server/secrets.ts';
import { runJson, runText, spawnServer, type ServerProcess } from '../support/process.ts';
import { callTool, sha256 } from '../support/seller.ts';
import { brokenShown, type Proof, type ProofOptions, type ProofResult } from './proof.ts';

const clientCount = 3;
const batchSize = 20;
const account = { account_id: 'acct_backup' };

/** Adds members that nobody added before to a list of its own, one call after the other. */
interface Client {
  readonly audienceId: string;
  /** Calls that were sent, and those that were acknowledged. */
  sent: number;
  acknowledged: number;
}

async function upload(
  server: ServerProcess,
  key: string,
  client: Client,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const from = client.sent++ * batchSize;
    const add = Array.from({ length: batchSize }, (_, at) => ({
      external_id: `${client.audienceId}-${from + at}`,
      hashed_email: sha256(`${client.audienceId}-${from + at}@people.example`),
    }));
    const audiences = [{ audience_id: client.audienceId, add }];
    await callTool(server.url, key, 'sync_audiences', {
      account,
      idempotency_key: `key-${randomUUID()}`,
      audiences,
    });
    client.acknowledged++;
  }
}

/** Members that a database holds of each list: counted, and accepted and not yet counted. */
function membersIn(dataDir: string): ReadonlyMap<string, number> {
  const db = new DatabaseSync(join(dataDir, 'rollcall.db'), { readOnly: true });
  try {
    const rows = db
      .prepare(
        `SELECT audience_id AS id, a.member_count + coalesce((SELECT sum(o.member_count) FROM operation o
          WHERE o.account_no = a.account_no AND o.audience_no = a.audience_no AND o.state = 'pending'), 0) AS members
        FROM audience a`,
      )
      .all();
    return new Map(rows.map((row) => [String(row['id']), Number(row['members'])]));
  } finally {
    db.close();
  }
}

type TakeBackup = (dataDir: string, file: string) => Promise<void>;

const byCommand: TakeBackup = async (dataDir, file) => {
  const { code, err } = await runText(['backup', file, '--data', dataDir]);
  if (code !== 0) throw new Error(`backup ended with ${code}: ${err}`);
};

/** What people do who do not know better: the file, without the log that belongs to it. */
const byCopying: TakeBackup = async (dataDir, file) => copyFileSync(join(dataDir, 'rollcall.db'), file);

interface Round {
  readonly server: { readonly dataDir: string; readonly secretFile: string };
  readonly clients: readonly Client[];
  readonly folder: string;
  readonly take: TakeBackup;
}

/** Why a backup is not one moment; empty: it is. */
async function oneBackup({ server, clients, folder, take }: Round): Promise<readonly string[]> {
  const file = join(folder, 'one.rollcall');
  const before = clients.map(({ acknowledged }) => acknowledged);
  await take(server.dataDir, file);
  const after = clients.map(({ sent }) => sent);
  const restored = join(folder, 'restored');
  mkdirSync(restored, { mode: 0o700 });
  copyFileSync(server.secretFile, join(restored, secretFileName));
  try {
    const { code, out, err } = await runText(['restore', file, '--data', restored]);
    if (code !== 0) return [`restore ended with ${code}: ${(err || out).trim().split('\n').at(-1)}`];
    const members = membersIn(restored);
    return clients.flatMap(({ audienceId }, at) => {
      const found = members.get(audienceId) ?? 0;
      const least = before[at]! * batchSize;
      const most = after[at]! * batchSize;
      if (found % batchSize !== 0) return [`${found} members: a part of a call`];
      return found >= least && found <= most ? [] : [`${found} members, not ${least} to ${most}`];
    });
  } finally {
    rmSync(file, { force: true });
    rmSync(restored, { recursive: true, force: true });
  }
}

async function run({ count, say }: ProofOptions, take: TakeBackup): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-backups-'));
  const dataDir = join(folder, 'data');
  const named = ['--brand', 'acme.example', '--sandbox', '--data', dataDir];
  await runJson(['account', 'create', '--id', account.account_id, ...named]);
  const made = await runJson(['key', 'create', '--account', account.account_id, '--data', dataDir]);
  const server = await spawnServer(dataDir);
  const clients = Array.from({ length: clientCount }, (_, at): Client => ({
    audienceId: `list-${at}`,
    sent: 0,
    acknowledged: 0,
  }));
  let isOver = false;
  const broken: string[] = [];
  let tried = 0;
  try {
    const uploads = Promise.all(
      clients.map(async (client) => upload(server, String(made['key']), client, () => isOver)),
    );
    await sleep(500);
    for (; tried < count; tried++) {
      const secretFile = join(dataDir, secretFileName);
      broken.push(...(await oneBackup({ server: { dataDir, secretFile }, clients, folder, take })));
      if (tried % 10 === 9) say(`${tried + 1} backups, ${broken.length} broken`);
    }
    isOver = true;
    await uploads;
  } finally {
    isOver = true;
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  const acknowledged = clients.reduce((sum, client) => sum + client.acknowledged, 0);
  return {
    tried,
    figures: { 'calls acknowledged meanwhile': acknowledged },
    broken: broken.slice(0, brokenShown),
  };
}

export const backups: Proof = {
  name: 'backups',
  promise:
    'A backup that is taken while callers write restores to one moment: all that was acknowledged before it began, whole calls only, and every digest holds.',
  unit: 'backups',
  shortCount: 2,
  longCount: 100,
  run: async (options) => run(options, byCommand),
  planted: [
    {
      name: 'the database file is copied without its log while callers write',
      count: 3,
      isSlow: true,
      run: async (options) => run(options, byCopying),
    },
  ],
};
