import { dataOption } from '../../server/options.ts';
import { walkAudit } from '../../server/admin/audit-walk.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'audit export',
  summary: 'Print every record of what was done, a line of JSON each, and verify them on the way',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const { problem, start, newest } = await withAdmin(values.data, async (_, open) =>
      walkAudit(open, [], (records) => {
        for (const { seq, record, hash } of records) {
          terminal.print(`{"seq":${seq},"hash":"${hash}","event":${record}}`);
        }
      }),
    );
    if (json) terminal.json({ ok: problem === null, records: newest.seq - start });
    if (problem !== null) terminal.say(`The log does not hold. Record ${problem.seq}: ${problem.says}.`);
    return problem === null ? exitCodes.ok : exitCodes.failure;
  },
});
