import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'graph stats',
  summary: 'Count users and identifiers',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const stats = await withAdmin(values.data, async (admin) => admin.graphStats({}));
    const updatedAt = stats.updatedAtMs === null ? null : new Date(stats.updatedAtMs).toISOString();
    terminal.print(
      `${count(stats.persons)} users, ${count(stats.identifiers)} identifiers (their own ids included)`,
    );
    terminal.print(
      updatedAt === null ? 'Nothing was imported yet.' : `Version ${stats.version}, changed ${updatedAt}`,
    );
    if (json)
      terminal.json({
        users: stats.persons,
        identifiers: stats.identifiers,
        version: stats.version,
        updated_at: updatedAt,
      });
    return exitCodes.ok;
  },
});
