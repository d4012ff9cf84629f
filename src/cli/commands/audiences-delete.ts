import { systemRandom } from '../../platform/clock.ts';
import { boolean, UsageFault } from '../../server/options-table.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedSeller } from '../push/named-seller.ts';
import { audienceOption, checkPlace, sellerOptions } from '../push/push-options.ts';

export const command = defineCommand({
  name: 'audiences delete',
  summary: 'Delete an audience of yours at a seller, with its members there',
  options: {
    ...sellerOptions,
    audience: audienceOption,
    yes: boolean({
      name: 'yes',
      fallback: false,
      setting: false,
      help: 'Really delete it; without this nothing is done.',
    }),
  },
  async run({ values, terminal, json }) {
    checkPlace(values);
    if (!values.yes) {
      throw new UsageFault(
        `This deletes ${values.audience} and its members at the seller, for good; add --yes.`,
      );
    }
    const seller = await namedSeller(values);
    await seller.delete(values.audience, systemRandom.uuid());
    terminal.print(`Audience  ${values.audience} is deleted. The next push with this id makes a new one.`);
    if (json) terminal.json({ audience_id: values.audience, action: 'deleted' });
    return exitCodes.ok;
  },
});
