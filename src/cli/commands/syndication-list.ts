import type { Admin } from '../../server/admin/admin.ts';
import { dataOption } from '../../server/options.ts';
import type { Syndication } from '../../service/syndication/api.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { syndicationColumns, syndicationJson, syndicationRow } from '../syndication-view.ts';
import { table } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

const pageSize = 100;

async function everyOne(admin: Admin, accountId: string): Promise<readonly Syndication[]> {
  const all: Syndication[] = [];
  for (;;) {
    const query = { limit: pageSize, offset: all.length };
    const { syndications } = await admin.listSyndications({ accountId, query });
    all.push(...syndications);
    if (syndications.length < pageSize) return all;
  }
}

export const command = defineCommand({
  name: 'syndication list',
  summary: 'Show how far an account’s audiences are at other sellers',
  operands: [{ name: 'ACCOUNT', help: 'Id of the account here.', example: 'acct_12345' }],
  options: { data: dataOption },
  async run({ values, operands, terminal, json }) {
    const accountId = operands[0] ?? '';
    const { all, forwarding } = await withAdmin(values.data, async (admin) => ({
      all: await everyOne(admin, accountId),
      forwarding: await admin.forwarding({ accountId }),
    }));
    terminal.say(`Forwarding is ${forwarding.isOn ? 'on' : 'off'} for ${accountId}.`);
    if (all.length === 0) terminal.say('Nothing is pushed. Begin: rollcall syndication start');
    else for (const line of table(syndicationColumns, all.map(syndicationRow))) terminal.print(line);
    if (json) terminal.json({ forwarding: forwarding.isOn, syndications: all.map(syndicationJson) });
    return exitCodes.ok;
  },
});
