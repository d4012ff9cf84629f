import { systemRandom } from '../../platform/clock.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedSeller } from '../push/named-seller.ts';
import { checkSeller, sellerOptions } from '../push/push-options.ts';
import { count, percent, table } from '../table.ts';

interface Listed {
  readonly audience_id?: string;
  readonly name?: string;
  readonly status?: string;
  readonly total_uploaded_count?: number;
  readonly matched_count?: number;
  readonly last_synced_at?: string;
}

export const command = defineCommand({
  name: 'audiences list',
  summary: 'List your audiences at a seller',
  options: sellerOptions,
  async run({ values, terminal, json }) {
    checkSeller(values);
    const seller = await namedSeller(values);
    const audiences = (await seller.list(systemRandom.uuid())) as readonly Listed[];
    if (json) terminal.json({ audiences });
    if (audiences.length === 0) terminal.print('The seller has no audience of yours in this account.');
    else for (const line of table(columns, audiences.map(rowOf))) terminal.print(line);
    return exitCodes.ok;
  },
});

const columns = [
  { title: 'audience' },
  { title: 'status' },
  { title: 'members', align: 'right' },
  { title: 'matched', align: 'right' },
  { title: 'rate', align: 'right' },
  { title: 'last sync' },
] as const;

function rowOf(audience: Listed): readonly string[] {
  const { audience_id: id = '', status = '', total_uploaded_count: total, matched_count: matched } = audience;
  const number = (value: number | undefined): string => (value === undefined ? '' : count(value));
  const share = total === undefined || matched === undefined ? '' : percent(matched / Math.max(1, total));
  const day = (audience.last_synced_at ?? '').slice(0, 16).replace('T', ' ');
  return [id, status, number(total), number(matched), share, day];
}
