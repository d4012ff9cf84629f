import type { AuditPlaceView } from '../../server/admin/audit-admin.ts';
import { walkAudit } from '../../server/admin/audit-walk.ts';
import { list, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

function placeNamed(word: string): AuditPlaceView {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(word) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageFault('kept takes NUMBER:HASH, as "rollcall audit verify" prints it.');
  return { seq: Number(seq), hash };
}

export const command = defineCommand({
  name: 'audit verify',
  summary: 'Check that no record of what was done was changed, dropped or reordered',
  options: {
    data: dataOption,
    kept: list({
      name: 'kept',
      fallback: [],
      setting: false,
      placeholder: 'NUMBER:HASH',
      help: 'The newest record of an earlier time, as it was printed then and kept elsewhere; may be repeated.',
    }),
  },
  async run({ values, terminal, json }) {
    const kept = values.kept.map(placeNamed);
    const outcome = await withAdmin(values.data, async (_, open) => walkAudit(open, kept, () => undefined));
    const { problem, start, newest, checkpointCount } = outcome;
    if (json) {
      terminal.json({
        ok: problem === null,
        ...{ first: start + 1, last: newest.seq, hash: newest.hash, checkpoints: checkpointCount },
        ...(problem === null ? {} : { problem: { record: problem.seq, says: problem.says } }),
      });
    } else if (problem === null) {
      const records = `records ${count(start + 1)} to ${count(newest.seq)}`;
      terminal.print(
        `${terminal.paint.good('The log holds:')} ${newest.seq === start ? 'it is empty' : records}.`,
      );
      if (newest.seq > start) {
        terminal.say('Keep this elsewhere, and give it to --kept next time:');
        terminal.print(`${newest.seq}:${newest.hash}`);
      }
    } else {
      terminal.print(
        `${terminal.paint.bad('The log does not hold.')} Record ${count(problem.seq)}: ${problem.says}.`,
      );
      terminal.say('Compare with a backup or an export from before.');
    }
    return problem === null ? exitCodes.ok : exitCodes.failure;
  },
});
