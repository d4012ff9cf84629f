import { choice, text } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { audienceReasonCodes } from '../../service/buys/view-buy.ts';
import { audienceOptions, namedAudience } from '../audience-options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

const words: Readonly<Record<string, string>> = {
  policy_violation: 'It is against a policy of the seller.',
  consent_expired: 'The consent for its members is over.',
  ttl_expired: 'It is older than the seller keeps audiences.',
  pii_audit_failed: 'It failed an audit of personal data.',
  seller_removed: 'The seller took it out of use.',
};

export const command = defineCommand({
  name: 'audience suspend',
  summary: 'Take an audience out of use; its buyer is told why',
  options: {
    data: dataOption,
    ...audienceOptions,
    code: choice({
      name: 'code',
      fallback: 'seller_removed',
      choices: audienceReasonCodes,
      setting: false,
      placeholder: 'CODE',
      help: `Why, in AdCP’s words: ${audienceReasonCodes.join(', ')}.`,
    }),
    reason: text({
      name: 'reason',
      fallback: '',
      setting: false,
      placeholder: 'TEXT',
      help: 'Why, in a sentence that the buyer sees; one that fits the code unless said.',
    }),
  },
  async run({ values, terminal, json }) {
    const named = namedAudience(values);
    const reason = values.reason === '' ? (words[values.code] ?? '') : values.reason.slice(0, 500);
    const isNew = await withAdmin(values.data, async (admin) =>
      admin.suspendAudience({ ...named, code: values.code, reason }),
    );
    terminal.print(
      isNew
        ? `${named.audienceId} is suspended: nobody is reached through it, and every live buy that leans on it says so.`
        : `${named.audienceId} was suspended before; that stays as it was said then.`,
    );
    if (json) terminal.json({ audience_id: named.audienceId, suspended: true, changed: isNew });
    return exitCodes.ok;
  },
});
