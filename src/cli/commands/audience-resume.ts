import { dataOption } from '../../server/options.ts';
import { audienceOptions, namedAudience } from '../audience-options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'audience resume',
  summary: 'Give a suspended audience back into use',
  options: { data: dataOption, ...audienceOptions },
  async run({ values, terminal, json }) {
    const named = namedAudience(values);
    const wasSuspended = await withAdmin(values.data, async (admin) => admin.resumeAudience(named));
    terminal.print(
      wasSuspended ? `${named.audienceId} is in use again.` : `${named.audienceId} was not suspended.`,
    );
    if (json) terminal.json({ audience_id: named.audienceId, suspended: false, changed: wasSuspended });
    return exitCodes.ok;
  },
});
