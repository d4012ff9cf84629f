/** A real server on a throw-away directory, with an account, a key and users, for tests that speak to it over HTTP. */
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { identifierCodes } from '../../src/base/identifier-types.ts';
import { createTokeniser } from '../../src/engine/token/tokeniser.ts';
import { createLog, type LogLevel } from '../../src/platform/log.ts';
import { nodePrimitives } from '../../src/platform/primitives.ts';
import { openAdmin, type OpenAdmin } from '../../src/server/admin/open-admin.ts';
import { openStaging } from '../../src/server/graph/staging.ts';
import { neverOverloaded } from '../../src/server/http/overload.ts';
import { startNode, type RunningNode } from '../../src/server/node.ts';
import type { ServeSettings } from '../../src/server/options.ts';
import { secretFileName } from '../../src/server/secrets.ts';
import { noteCanary, noteOutput } from './canaries.ts';
import { checkExchange } from './exchange-check.ts';
import { newDatabaseUrl, nodeCount } from './test-database.ts';

export function sha256(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  noteCanary('hash', hash);
  noteCanary('email', text);
  return hash;
}

/** A user of the seller: an id, and e-mail addresses in clear text. */
export interface User {
  readonly id: string;
  readonly emails: readonly string[];
}

export interface Seller {
  readonly dataDir: string;
  /** Empty: the embedded database. */
  readonly databaseUrl: string;
  /** The first one, where there are several. */
  readonly node: RunningNode;
  readonly admin: OpenAdmin;
  /** Of another server each time it is asked for, where there are several. */
  readonly url: string;
  readonly key: string;
  readonly accountId: string;
  readonly logLines: readonly string[];
  /** Calls one tool as a plain HTTP client would and gives the tool's structured content. */
  call(tool: string, args: object, key?: string): Promise<Record<string, unknown>>;
  addUsers(users: readonly User[]): Promise<void>;
  /** Stops the server and starts it again on the same directory. */
  restart(changed?: Partial<ServeSettings>): Promise<void>;
  close(): Promise<void>;
}

const settings: ServeSettings = {
  host: '127.0.0.1',
  port: 0,
  data: '',
  databaseUrl: '',
  minimumSize: 100,
  waitMs: 5_000,
  matchSchedule: 'immediate',
  matchTimezone: 'UTC',
  sandbox: true,
  buyerAccounts: true,
  logLevel: 'info',
  allowHost: [],
  publicUrl: '',
  drainMs: 0,
  forwarding: false,
  allowNetwork: ['127.0.0.1'],
  writeRate: 0,
  readRate: 0,
  failureRate: 0,
  trustProxy: [],
  signedRequests: false,
  signedFor: [],
  signedDigest: 'either',
  products: '',
  testController: false,
};

export async function startSeller(
  overrides: Partial<ServeSettings> = {},
  account: {
    readonly sandbox?: boolean;
    readonly accountId?: string;
    readonly shedsLoad?: boolean;
    readonly pauseMs?: (attemptCount: number) => number;
  } = {},
): Promise<Seller> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  const logLines: string[] = [];
  const level: LogLevel = 'debug';
  const log = createLog({
    level,
    pretty: false,
    now: () => Date.now(),
    write: (line) => {
      logLines.push(line);
      noteOutput('log', line);
    },
  });
  const fatal = (reason: string): never => {
    throw new Error(reason);
  };
  // A test works in its server's thread, which would put it off for the time that the test takes itself.
  const parts = {
    ...(account.shedsLoad === true ? {} : { watch: () => neverOverloaded }),
    ...(account.pauseMs === undefined ? {} : { pauseMs: account.pauseMs }),
  };
  const databaseUrl = await newDatabaseUrl();
  let overridden = overrides;
  const start = async (): Promise<RunningNode> =>
    startNode({ ...settings, databaseUrl, ...overridden, data: dataDir }, log, fatal, parts);
  let node = await start();
  const startOthers = async (): Promise<readonly OtherNode[]> =>
    Promise.all(
      Array.from({ length: nodeCount - 1 }, async () =>
        startOther(dataDir, (data) =>
          startNode({ ...settings, databaseUrl, ...overridden, data }, log, fatal, parts),
        ),
      ),
    );
  let others = await startOthers();
  let turn = 0;
  const urlInTurn = (): string => [node, ...others.map((other) => other.node)][turn++ % nodeCount]!.url;
  let admin = await openAdmin(dataDir, log);
  const accountId = account.accountId ?? 'acct_test';
  await admin.admin.createAccount({
    accountId,
    brandDomain: 'acme.example',
    brandId: null,
    operator: 'agency.example',
    sandbox: account.sandbox ?? true,
    name: 'Test account',
  });
  const { key } = await admin.admin.createKey({ accountIds: [accountId], name: 'test', expiresAtMs: null });
  noteCanary('key', key);
  noteCanary('secret', readFileSync(join(dataDir, secretFileName), 'utf8').trim());
  return {
    dataDir,
    databaseUrl,
    get node() {
      return node;
    },
    get admin() {
      return admin;
    },
    get url() {
      return urlInTurn();
    },
    key,
    accountId,
    logLines,
    call: async (tool, args, otherKey = key) => callTool(urlInTurn(), otherKey, tool, args),
    addUsers: async (users) => addUsers(dataDir, admin, users),
    restart: async (changed = {}) => {
      overridden = { ...overridden, ...changed };
      await admin.close();
      await Promise.all(others.map(async (other) => other.close()));
      await node.close();
      node = await start();
      others = await startOthers();
      admin = await openAdmin(dataDir, log);
    },
    close: async () => {
      await admin.close();
      await Promise.all(others.map(async (other) => other.close()));
      await node.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface OtherNode {
  readonly node: RunningNode;
  close(): Promise<void>;
}

/** Another server on the same database, in a directory of its own with the same secret. */
async function startOther(
  firstDir: string,
  start: (dataDir: string) => Promise<RunningNode>,
): Promise<OtherNode> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  copyFileSync(join(firstDir, secretFileName), join(dataDir, secretFileName));
  const node = await start(dataDir);
  return {
    node,
    close: async () => {
      await node.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function addUsers(
  dataDir: string,
  { admin, secrets }: OpenAdmin,
  users: readonly User[],
): Promise<void> {
  const tokeniser = createTokeniser(secrets.tokenKey, nodePrimitives);
  const emails = users.flatMap((user) => user.emails);
  const types = new Uint8Array(emails.length).fill(identifierCodes.hashed_email);
  const digests = Buffer.concat(emails.map((email) => createHash('sha256').update(email).digest()));
  const personToken = new Uint32Array(users.length * 4);
  const identifierStart = new Uint32Array(users.length + 1);
  users.forEach((user, row) => {
    personToken.set(tokeniser.userToken(user.id), row * 4);
    identifierStart[row + 1] = identifierStart[row]! + user.emails.length;
  });
  const stagedName = `import-${randomUUID()}.tokens`;
  const staging = openStaging(join(dataDir, stagedName), nodePrimitives);
  const identifierToken = tokeniser.identifierTokens(types, digests);
  staging.putPersons({ rowCount: users.length, personToken, identifierStart, identifierToken }, false);
  staging.close();
  await admin.applyGraph({ stagedName });
}

export async function callTool(
  url: string,
  key: string,
  tool: string,
  args: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args },
    }),
  });
  const answer = (await response.json()) as {
    result?: { structuredContent: Record<string, unknown> };
    error?: unknown;
  };
  if (answer.result === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  checkExchange(tool, args, answer.result.structuredContent);
  return answer.result.structuredContent;
}
