import { dataOption } from '../../server/options.ts';
import type { ParkedRow } from '../../store/operation-rows.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count, table } from '../table.ts';
import { timeWords } from '../time-words.ts';
import { withAdmin } from '../with-admin.ts';

const columns = [
  { title: 'operation', align: 'right' },
  { title: 'number', align: 'right' },
  { title: 'audience' },
  { title: 'account' },
  { title: 'members', align: 'right' },
  { title: 'accepted' },
  { title: 'parked' },
  { title: 'attempts', align: 'right' },
] as const;

const row = (parked: ParkedRow): readonly string[] => [
  String(parked.opSeq),
  String(parked.audienceNo),
  parked.audienceId,
  parked.accountId,
  count(parked.memberCount),
  timeWords(parked.acceptedAt),
  timeWords(parked.parkedAt),
  parked.attemptCount === 0 ? 'behind' : String(parked.attemptCount),
];

export const command = defineCommand({
  name: 'match parked',
  summary: 'List operations that were accepted and could not be applied',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const parked = await withAdmin(values.data, async (admin) => admin.parkedOperations({}));
    if (parked.length === 0) terminal.say('Nothing is parked.');
    else {
      for (const line of table(columns, parked.map(row))) terminal.print(line);
      terminal.say(
        'Those that are "behind" wait for one of the same audience. Why each failed is in the log',
      );
      terminal.say('(match.parked). Once that is mended: rollcall match retry');
    }
    if (json) {
      terminal.json({
        parked: parked.map((one) => ({
          operation: one.opSeq,
          audience_no: one.audienceNo,
          audience_id: one.audienceId,
          account_id: one.accountId,
          members: one.memberCount,
          accepted_at: new Date(one.acceptedAt).toISOString(),
          parked_at: new Date(one.parkedAt).toISOString(),
          attempts: one.attemptCount,
        })),
      });
    }
    return exitCodes.ok;
  },
});
