import { list, UsageFault } from '../server/options-table.ts';
import { dataOption } from '../server/options.ts';
import type { Syndication } from '../service/syndication/api.ts';
import type { Operand } from './command.ts';
import { withAdmin } from './with-admin.ts';

/** What `syndication start` and `syndication stop` have in common. */
export const syndicateOperands: readonly Operand[] = [
  { name: 'ACCOUNT', help: 'Id of the account here.', example: 'acct_12345' },
  { name: 'AUDIENCE', help: 'The buyer’s id of the audience.', example: 'spring_customers' },
];

export const syndicateOptions = {
  data: dataOption,
  seller: list({
    name: 'seller',
    fallback: [],
    setting: false,
    placeholder: 'ID',
    example: 'agent_0f3a6c9d2e5b8a1c47',
    help: 'Seller to push to; may be repeated.',
  }),
} as const;

export async function syndicate(
  dataDir: string,
  operands: readonly string[],
  sellers: readonly string[],
  enabled: boolean,
): Promise<readonly Syndication[]> {
  if (sellers.length === 0) throw new UsageFault('Say which seller: --seller ID.');
  const [accountId = '', audienceId = ''] = operands;
  const agentIds = [...new Set(sellers)];
  return withAdmin(dataDir, async (admin) => admin.syndicate({ accountId, audienceId, agentIds, enabled }));
}
