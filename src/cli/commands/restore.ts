import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { systemClock } from '../../platform/clock.ts';
import { walkAudit } from '../../server/admin/audit-walk.ts';
import { usesPostgres } from '../../server/admin/database-kind.ts';
import { dataOption } from '../../server/options.ts';
import { secretFileName } from '../../server/secrets.ts';
import { restoreDatabase } from '../../store/sqlite/restore.ts';
import { defineCommand } from '../command.ts';
import { CommandFault, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { verifyPlace } from '../verify/follow.ts';
import { printReport, reportJson } from '../verify/verify-view.ts';
import { withAdmin } from '../with-admin.ts';

/** Whether the secret is there that the backup's server had: its audit log is chained with it. Null: there is none to ask. */
async function secretFits(dataDir: string): Promise<boolean | null> {
  const isGiven = (process.env['ROLLCALL_SECRET'] ?? '') !== '';
  if (!isGiven && !existsSync(join(dataDir, secretFileName))) return null;
  return withAdmin(dataDir, async (_, open) => (await walkAudit(open, [], () => undefined)).problem === null);
}

function sayOfSecret(terminal: Terminal, dataDir: string, fits: boolean | null): void {
  const place = join(resolve(dataDir), secretFileName);
  if (fits === true) terminal.say('The secret is the one that this backup was made with.');
  else if (fits === null)
    terminal.say(
      `Put the secret of the backup’s server to ${place} before you start: a new one would fit nothing.`,
    );
  else
    terminal.print(terminal.paint.bad('The secret does not fit this backup, or its audit log was changed.'));
}

export const command = defineCommand({
  name: 'restore',
  summary: 'Make a data directory of a backup, and verify it',
  operands: [{ name: 'FILE', help: 'What "backup" wrote.', example: '/backup/monday.rollcall' }],
  options: {
    data: {
      ...dataOption,
      help: 'A new or empty directory; the secret may lie in it.',
      example: './restored',
    },
  },
  async run({ values, operands, terminal, json }) {
    const { data } = values;
    const file = operands[0] ?? '';
    if (usesPostgres(data)) {
      throw new CommandFault(
        'failure',
        'ROLLCALL_DATABASE_URL is set. A dump of Postgres is restored by pg_restore.',
      );
    }
    if (!existsSync(file)) throw new CommandFault('notFound', `There is no file ${file}.`);
    terminal.say(`Copying and checking ${statSync(file).size.toLocaleString('en')} bytes …`);
    restoreDatabase({ file, dataDir: data, besides: [secretFileName], nowMs: systemClock.now() });
    const report = await verifyPlace({ kind: 'sqlite', dataDir: data }, terminal);
    const fits = await secretFits(data);
    if (json) terminal.json({ ...reportJson(report), secret_fits: fits });
    else printReport(terminal, report);
    sayOfSecret(terminal, data, fits);
    return report.problems.length === 0 && fits !== false ? exitCodes.ok : exitCodes.failure;
  },
});
