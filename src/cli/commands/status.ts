import { boolean } from '../../server/options-table.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedSeller } from '../push/named-seller.ts';
import { audienceOption, checkPlace, sellerOptions } from '../push/push-options.ts';
import { printAudience } from '../push/push-view.ts';
import { waitForAudience } from '../push/wait-for-audience.ts';

export const command = defineCommand({
  name: 'status',
  summary: 'Ask a seller how an audience of yours stands',
  options: {
    ...sellerOptions,
    audience: audienceOption,
    wait: boolean({
      name: 'wait',
      fallback: false,
      setting: false,
      help: 'Wait until the seller has matched.',
    }),
  },
  async run({ values, terminal, json, signal }) {
    checkPlace(values);
    const seller = await namedSeller(values);
    const audience = await waitForAudience(seller, values, { terminal, signal });
    printAudience(values.audience, audience, terminal);
    if (json) terminal.json(audience.body);
    return exitCodes.ok;
  },
});
