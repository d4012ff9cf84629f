/**
 * Every operation and every route, asked for what is the caller's own, somebody else's and nobody's: the last two are the same
 * bytes. Made from the lists of operations and routes, so that a new one without a row fails.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { operationNames, type OperationName } from '../../src/protocol/adcp/operation-names.ts';
import { restBase, routes } from '../../src/protocol/rest/routes.ts';
import { newBuyer, type Buyer } from '../support/buyer.ts';
import { doors } from '../support/doors.ts';
import { sha256, startSeller, type Seller } from '../support/seller.ts';
import { withoutTime, type Fields } from '../support/wire.ts';

type Whose = 'own' | 'foreign' | 'absent';

/** Ids of one party; of the third, none leads anywhere. */
interface Ids {
  readonly accountId: string;
  readonly brandDomain: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly audienceId: string;
  readonly mediaBuyId: string;
  readonly packageId: string;
}

let seller: Seller;
let mine: Buyer;
let theirs: Buyer;
const ids: Record<Whose, Ids> = {
  own: {
    accountId: '',
    brandDomain: '',
    taskId: '',
    agentId: '',
    audienceId: 'audience-own',
    mediaBuyId: '',
    packageId: '',
  },
  foreign: {
    accountId: '',
    brandDomain: '',
    taskId: '',
    agentId: '',
    audienceId: 'audience-foreign',
    mediaBuyId: '',
    packageId: '',
  },
  absent: {
    accountId: 'acct_none',
    brandDomain: 'none.example',
    taskId: randomUUID(),
    agentId: 'agent_none',
    audienceId: 'audience-absent',
    mediaBuyId: `mb_${randomUUID()}`,
    packageId: `pkg_${randomUUID()}`,
  },
};

const add = [{ external_id: 'm', hashed_email: sha256('m@example.com') }];

/** Another seller that the account may push to. */
async function newAgent(accountId: string): Promise<string> {
  const where = {
    name: 'x',
    url: 'https://agent.invalid/mcp',
    protocol: 'mcp',
    remoteAccountId: 'x',
  } as const;
  const { agentId } = await seller.admin.admin.addSeller({
    accountId,
    agent: { ...where, credential: null } as never,
  });
  return agentId;
}

const onePackage = { product_id: 'run_of_network_display', pricing_option_id: 'cpm_usd', budget: 10 };

const purchase = (accountId: string, packages: readonly object[]): Fields => ({
  ...{ ...fresh(), account: { account_id: accountId }, brand: { domain: 'brand.example' } },
  ...{ start_time: 'asap', end_time: '2096-01-01T00:00:00Z', packages },
});

async function fill(buyer: Buyer, whose: 'own' | 'foreign'): Promise<void> {
  await buyer.one({ audience_id: ids[whose].audienceId, add });
  const { content } = await buyer.call('list_tasks', {});
  const [task] = content?.['tasks'] as readonly { readonly task_id: string }[];
  const { admin } = seller.admin;
  await admin.setForwarding({ accountId: buyer.accountId, on: true });
  const agentId = await newAgent(buyer.accountId);
  const bought = await buyer.call('create_media_buy', purchase(buyer.accountId, [onePackage]));
  const [{ package_id: packageId }] = bought.content?.['packages'] as readonly [
    { readonly package_id: string },
  ];
  const number = /\d+$/.exec(buyer.accountId)?.[0] ?? '';
  ids[whose] = {
    ...ids[whose],
    ...{
      accountId: buyer.accountId,
      brandDomain: `brand${number}.example`,
      taskId: task!.task_id,
      mediaBuyId: String(bought.content?.['media_buy_id']),
      packageId,
      agentId,
    },
  };
}

before(async () => {
  seller = await startSeller({ forwarding: true, buyerAccounts: false });
  mine = await newBuyer(seller);
  theirs = await newBuyer(seller);
  await fill(mine, 'own');
  await fill(theirs, 'foreign');
});
after(async () => {
  await seller.close();
});

const fresh = (): Fields => ({ adcp_version: '3.1', idempotency_key: `key-${randomUUID()}` });

const change = (mediaBuyId: string, what: Fields): Fields => ({
  ...{ ...fresh(), account: { account_id: ids.own.accountId }, media_buy_id: mediaBuyId, ...what },
});

/** Where an operation takes an id; several kinds each get a row. Null: it takes none, and says nothing but of the caller. */
const rows: Record<OperationName, Readonly<Record<string, (of: Ids) => Fields>> | null> = {
  get_adcp_capabilities: null,
  list_creative_formats: null,
  list_accounts: {
    'account by id': ({ accountId }) => ({ account: { account_id: accountId } }),
    'account by key': ({ brandDomain }) => ({
      account: { brand: { domain: brandDomain }, operator: 'agency.example', sandbox: true },
    }),
  },
  sync_accounts: {
    'settings of an account': ({ accountId }) => ({
      ...fresh(),
      accounts: [{ account: { account_id: accountId } }],
    }),
  },
  sync_audiences: {
    discovery: ({ accountId }) => ({ ...fresh(), account: { account_id: accountId } }),
    'discovery by key': ({ brandDomain }) => ({
      ...fresh(),
      account: { brand: { domain: brandDomain }, operator: 'agency.example', sandbox: true },
    }),
    change: ({ accountId }) => ({
      ...fresh(),
      account: { account_id: accountId },
      audiences: [{ audience_id: 'new', add }],
    }),
    'delete everything': ({ accountId }) => ({
      ...fresh(),
      account: { account_id: accountId },
      audiences: [{ audience_id: 'kept', add }],
      delete_missing: true,
    }),
    'remove from an audience': ({ audienceId }) => ({
      ...{ ...fresh(), account: { account_id: ids.own.accountId } },
      audiences: [{ audience_id: audienceId, remove: [{ external_id: 'nobody' }] }],
    }),
    'delete an audience': ({ audienceId }) => ({
      ...{ ...fresh(), account: { account_id: ids.own.accountId } },
      audiences: [{ audience_id: audienceId, delete: true }],
    }),
  },
  get_task_status: {
    task: ({ taskId }) => ({ task_id: taskId, include_result: true }),
    'task under an account': ({ accountId }) => ({
      task_id: ids.own.taskId,
      account: { account_id: accountId },
    }),
  },
  list_tasks: {
    'tasks by id': ({ taskId }) => ({ filters: { task_ids: [taskId] } }),
    'tasks of an account': ({ accountId }) => ({ account: { account_id: accountId } }),
  },
  get_products: { 'products for an account': ({ accountId }) => ({ account: { account_id: accountId } }) },
  create_media_buy: {
    'a buy on an account': ({ accountId }) => purchase(accountId, [onePackage]),
    ...Object.fromEntries(
      ['include', 'exclude'].map((side) => [
        `an audience to ${side}`,
        ({ audienceId }: Ids) =>
          purchase(ids.own.accountId, [
            { ...onePackage, targeting_overlay: { [`audience_${side}`]: [audienceId] } },
          ]),
      ]),
    ),
  },
  update_media_buy: {
    'a buy': ({ mediaBuyId }) => change(mediaBuyId, { paused: true }),
    'a buy under an account': ({ accountId }) => ({
      ...change(ids.own.mediaBuyId, { paused: true }),
      account: { account_id: accountId },
    }),
    'a package': ({ packageId }) =>
      change(ids.own.mediaBuyId, { packages: [{ package_id: packageId, budget: 11 }] }),
    'an audience of a package': ({ audienceId }) =>
      change(ids.own.mediaBuyId, {
        packages: [{ package_id: ids.own.packageId, targeting_overlay: { audience_include: [audienceId] } }],
      }),
    'an audience of a new package': ({ audienceId }) =>
      change(ids.own.mediaBuyId, {
        new_packages: [{ ...onePackage, targeting_overlay: { audience_exclude: [audienceId] } }],
      }),
  },
  get_media_buys: {
    'buys by id': ({ mediaBuyId }) => ({ media_buy_ids: [mediaBuyId] }),
    'buys of an account': ({ accountId }) => ({ account: { account_id: accountId } }),
  },
  get_media_buy_delivery: {
    'delivery of a buy': ({ mediaBuyId }) => ({
      ...{ media_buy_ids: [mediaBuyId], start_date: '2026-01-01', end_date: '2026-01-02' },
    }),
    'delivery on an account': ({ accountId }) => ({
      ...{ account: { account_id: accountId }, start_date: '2026-01-01', end_date: '2026-01-02' },
    }),
  },
};

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Without its time, the ids that were asked about, and the random ones that every answer has. */
function plain(text: string, of: Ids): string {
  let out = withoutTime(text);
  for (const id of Object.values(of)) out = out.replaceAll(id, 'ID');
  return out.replaceAll(uuid, 'UUID').replaceAll(/"(uploaded|last_synced|updated)\w*":"[^"]*"/g, '');
}

/** What the other party has, as it sees it itself. */
const stateOfTheirs = async (): Promise<string> => {
  const answers = [
    await theirs.send(),
    await theirs.call('list_tasks', {}),
    await theirs.call('list_accounts', {}),
    await theirs.call('get_media_buys', { media_buy_ids: [ids.foreign.mediaBuyId] }),
  ];
  return answers.map(({ text }) => withoutTime(text)).join('\n');
};

describe('AdCP', () => {
  test('every operation has its rows', () => {
    assert.deepEqual(Object.keys(rows).toSorted(), [...operationNames].toSorted());
  });

  for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
    for (const [operation, kinds] of Object.entries(rows)) {
      for (const [kind, argumentsOf] of Object.entries(kinds ?? {})) {
        test(`${door.name}, ${operation}: ${kind}`, async () => {
          const before = await stateOfTheirs();
          const ask = async (whose: Whose): Promise<string> => {
            const answer = await door.call(
              { url: seller.url, key: mine.key },
              operation,
              argumentsOf(ids[whose]),
            );
            return `${answer.httpStatus} ${plain(answer.text, ids[whose])}`;
          };
          const [foreign, absent] = [await ask('foreign'), await ask('absent')];
          assert.equal(foreign, absent);
          assert.notEqual(await ask('own'), absent, 'the question is one that has an answer');
          assert.equal(await stateOfTheirs(), before, 'nothing of theirs was touched');
          // What was deleted of one's own comes back for the next door.
          await mine.one({ audience_id: ids.own.audienceId, add });
        });
      }
    }
  }
});

/** A caller with two accounts: what belongs to one is nobody's when it is asked for under the other. */
describe('an agency', () => {
  let key: string;
  const two = ['acct_agency_a', 'acct_agency_b'] as const;
  let taskOfB: string;
  before(async () => {
    const { admin } = seller.admin;
    for (const accountId of two) {
      await admin.createAccount({
        ...{ accountId, brandDomain: `${accountId.slice(-1)}.example`, brandId: null },
        ...{ operator: 'agency.example', sandbox: true, name: null },
      });
    }
    ({ key } = await admin.createKey({ accountIds: two, name: 'agency', expiresAtMs: null }));
    const call = { ...fresh(), account: { account_id: two[1] }, audiences: [{ audience_id: 'of-b', add }] };
    await doors[0]!.call({ url: seller.url, key }, 'sync_audiences', call);
    const { content } = await doors[0]!.call({ url: seller.url, key }, 'list_tasks', {});
    taskOfB = (content?.['tasks'] as readonly { readonly task_id: string }[])[0]!.task_id;
  });

  for (const door of doors.filter(({ isAdcp }) => isAdcp)) {
    test(`over ${door.name}`, async () => {
      const ask = async (operation: string, id: string, args: Fields): Promise<string> => {
        const answer = await door.call({ url: seller.url, key }, operation, {
          account: { account_id: two[0] },
          ...args,
        });
        return `${answer.httpStatus} ${withoutTime(answer.text).replaceAll(id, 'ID').replaceAll(uuid, 'UUID')}`;
      };
      const task = async (id: string): Promise<string> => ask('get_task_status', id, { task_id: id });
      assert.equal(await task(taskOfB), await task(randomUUID()));
      const remove = async (id: string): Promise<string> =>
        ask('sync_audiences', id, {
          ...fresh(),
          audiences: [{ audience_id: id, remove: [{ external_id: 'm' }] }],
        });
      assert.equal(await remove('of-b'), await remove('of-x'));
      const discovered = await ask('sync_audiences', 'of-b', fresh());
      assert.doesNotMatch(discovered, /audience_id/);
    });
  }
});

/** Which id a named part of a path is. */
const idOf: Readonly<Record<string, keyof Ids>> = {
  accountId: 'accountId',
  advertiserId: 'accountId',
  id: 'accountId',
  taskId: 'taskId',
  agentId: 'agentId',
};

describe('REST', () => {
  const shown = async (response: Response, of: Ids): Promise<string> => {
    const names = [...response.headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name));
    const headers = names.map((name) => `${name}: ${response.headers.get(name)}`).join('\n');
    return `${response.status} ${headers}\n${plain(await response.text(), of)}`;
  };
  const withIds = routes.filter(({ path }) => path.includes('{'));

  test('there are routes with ids', () => {
    assert.ok(withIds.length >= 10);
  });

  for (const { method, path, body, operation } of withIds) {
    const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    for (const asked of params) {
      test(`${method} ${path}: ${asked}`, async () => {
        const before = await stateOfTheirs();
        const ask = async (whose: Whose): Promise<string> => {
          const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
            const of = name === asked ? ids[whose] : ids.own;
            return of[idOf[name] ?? assert.fail(`no id for {${name}}: give the matrix one`)];
          });
          const response = await fetch(seller.url + restBase + at, {
            method,
            headers: { authorization: `Bearer ${mine.key}`, 'content-type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body.example) }),
          });
          return shown(response, ids[whose]);
        };
        const [foreign, absent] = [await ask('foreign'), await ask('absent')];
        assert.equal(foreign, absent);
        assert.match(absent, /^404/);
        const own = await ask('own');
        // What was removed of one's own is there again for the next row.
        if (operation === 'removeSalesAgent')
          ids.own = { ...ids.own, agentId: await newAgent(ids.own.accountId) };
        assert.ok(own !== absent || operation === 'syndicate', 'the question is one that has an answer');
        assert.equal(await stateOfTheirs(), before, 'nothing of theirs was touched');
      });
    }
  }
});
