import { choice, boolean, integer, list, text, UsageFault } from '../../server/options-table.ts';
import type { OptionValues } from '../../server/options-table.ts';

const flag = { setting: false } as const;

/** The seller, and your account there. */
export const sellerOptions = {
  agent: text({
    ...flag,
    ...{ name: 'agent', fallback: '', placeholder: 'URL', example: 'https://ads.seller.example/mcp' },
    help: 'Where the seller speaks the protocol.',
  }),
  protocol: choice({
    ...flag,
    ...{ name: 'protocol', fallback: 'mcp', choices: ['mcp', 'a2a'] },
    help: 'What is spoken there.',
  }),
  account: text({
    ...flag,
    ...{ name: 'account', fallback: '', placeholder: 'ID', example: 'acct_12345' },
    help: 'Your account at the seller.',
  }),
  credentialFile: text({
    ...flag,
    ...{ name: 'credential-file', fallback: '', placeholder: 'FILE', example: 'seller.key' },
    help: 'File with the key that the seller gave you; - reads it from standard input.',
  }),
  credentialEnv: text({
    ...flag,
    ...{ name: 'credential-env', fallback: '', placeholder: 'NAME' },
    help: 'Variable of the environment that holds the key instead.',
  }),
};

export const audienceOption = text({
  ...flag,
  ...{ name: 'audience', fallback: '', placeholder: 'ID', example: 'spring_customers' },
  help: 'Your id for the audience.',
});

export type SellerValues = OptionValues<typeof sellerOptions>;

export const pushOptions = {
  ...sellerOptions,
  audience: audienceOption,
  name: text({
    ...flag,
    ...{ name: 'name', fallback: '', placeholder: 'NAME' },
    help: 'Name of the audience for people.',
  }),
  map: list({
    ...flag,
    ...{ name: 'map', fallback: [], placeholder: 'COLUMN=KIND' },
    help: 'What a column holds, where its name does not tell; may be repeated.',
  }),
  country: text({
    ...flag,
    ...{ name: 'country', fallback: '', placeholder: 'CC' },
    help: 'Country of phone numbers without a country code, such as US; a country column goes first.',
  }),
  mirror: boolean({
    ...flag,
    ...{ name: 'mirror', fallback: false },
    help: 'Make the audience what the file is: send what is new or changed since the last mirror, remove who is gone.',
  }),
  allowShrink: boolean({
    ...flag,
    ...{ name: 'allow-shrink', fallback: false },
    help: 'Let a mirror remove more than a fifth of the members.',
  }),
  fresh: boolean({
    ...flag,
    ...{ name: 'fresh', fallback: false },
    help: 'Send every member of the file, whatever the journal says the seller has.',
  }),
  dryRun: boolean({
    ...flag,
    ...{ name: 'dry-run', fallback: false },
    help: 'Show what would be sent, and send nothing: no network.',
  }),
  wait: boolean({
    ...flag,
    ...{ name: 'wait', fallback: false },
    help: 'Wait until the seller has matched, and show the match report.',
  }),
  rejects: text({
    ...flag,
    ...{ name: 'rejects', fallback: '', placeholder: 'FILE' },
    help: 'Write the rows and values that could not be used: line and reason, no values.',
  }),
  maxRejected: text({
    ...flag,
    ...{ name: 'max-rejected', fallback: '', placeholder: 'N|N%' },
    help: 'Send nothing if more rows than that cannot be used.',
  }),
  chunk: integer({
    ...flag,
    ...{ name: 'chunk', fallback: 50_000, min: 100, max: 100_000, placeholder: 'N' },
    help: 'Members in one call; halved where the seller finds that too many.',
  }),
  journal: text({
    ...flag,
    ...{ name: 'journal', fallback: '', placeholder: 'DIR' },
    help: 'Where it is kept what the seller has; ~/.local/state/rollcall unless said.',
  }),
};

export type PushValues = OptionValues<typeof pushOptions>;

/** Throws a UsageFault where the seller, the account or the audience is not named. */
export function checkPlace(values: Pick<PushValues, 'agent' | 'account' | 'audience'>): void {
  checkSeller(values);
  if (values.audience === '') throw new UsageFault('Say which audience it is for: --audience ID.');
}

export function checkSeller({ agent, account }: Pick<PushValues, 'agent' | 'account'>): void {
  if (agent === '') throw new UsageFault('Say where the seller is: --agent https://seller.example/mcp.');
  if (!/^https?:$/.test(URL.parse(agent)?.protocol ?? ''))
    throw new UsageFault(
      '--agent takes an address that begins with https:// (or http:// on your own machine).',
    );
  if (account === '') throw new UsageFault('Say which account is yours there: --account ID.');
}

/** How many rows of so many may be left out; null: any number. */
export function rejectedMax(words: string, rowCount: number): number | null {
  if (words === '') return null;
  const found = /^(\d{1,12})(%?)$/.exec(words);
  if (found === null) throw new UsageFault('max-rejected takes a number of rows, or a share such as 5%.');
  const [, digits = '', isShare = ''] = found;
  return isShare === '' ? Number(digits) : Math.floor((rowCount * Number(digits)) / 100);
}
