import { dataOption } from '../../server/options.ts';
import { walkAudit } from '../../server/admin/audit-walk.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'audit verify',
  summary: 'Check that no record of what was done was changed, dropped or reordered',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const outcome = await withAdmin(values.data, async (_, open) => walkAudit(open, () => undefined));
    const { problem, start, end, checkpointCount } = outcome;
    const kept = end - start;
    if (json) {
      terminal.json({
        ok: problem === null,
        ...{ records: kept, first: start + 1, last: end, checkpoints: checkpointCount },
        ...(problem === null ? {} : { problem: { record: problem.seq, says: problem.says } }),
      });
    } else if (problem === null) {
      terminal.print(
        `${terminal.paint.good('The log holds:')} ${kept} records, ${checkpointCount} checkpoints.`,
      );
    } else {
      terminal.print(
        `${terminal.paint.bad('The log does not hold.')} Record ${problem.seq}: ${problem.says}.`,
      );
      terminal.say(
        'Compare with a backup or an export from before. What stands before this record is sound.',
      );
    }
    return problem === null ? exitCodes.ok : exitCodes.failure;
  },
});
