import { text, UsageFault } from '../server/options-table.ts';

/** Which audience a command is about. */
export const audienceOptions = {
  account: text({
    name: 'account',
    fallback: '',
    setting: false,
    placeholder: 'ID',
    example: 'acct_12345',
    help: 'The account that the audience belongs to.',
  }),
  audience: text({
    name: 'audience',
    fallback: '',
    setting: false,
    placeholder: 'ID',
    example: 'spring_customers',
    help: 'The audience, by the buyer’s id.',
  }),
};

export function namedAudience({
  account,
  audience,
}: {
  readonly account: string;
  readonly audience: string;
}): {
  readonly accountId: string;
  readonly audienceId: string;
} {
  if (account === '' || audience === '') throw new UsageFault('Say which: --account ID --audience ID.');
  return { accountId: account, audienceId: audience };
}
