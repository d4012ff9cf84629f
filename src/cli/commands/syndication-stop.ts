import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { syndicate, syndicateOperands, syndicateOptions } from '../syndicate.ts';
import { syndicationJson } from '../syndication-view.ts';

export const command = defineCommand({
  name: 'syndication stop',
  summary: 'Stop pushing an audience; what a seller has stays there',
  operands: syndicateOperands,
  options: syndicateOptions,
  async run({ values, operands, terminal, json }) {
    const records = await syndicate(values.data, operands, values.seller, false);
    for (const { audienceId, agentId, status } of records) {
      terminal.print(`Audience ${audienceId} to seller ${agentId} is ${status}.`);
    }
    if (json) terminal.json({ syndications: records.map(syndicationJson) });
    return exitCodes.ok;
  },
});
