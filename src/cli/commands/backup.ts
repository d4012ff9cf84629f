import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { usesPostgres } from '../../server/admin/database-kind.ts';
import { boolean } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { secretFileName } from '../../server/secrets.ts';
import { backUpDatabase } from '../../store/sqlite/back-up.ts';
import { defineCommand } from '../command.ts';
import { CommandFault, exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';

export const command = defineCommand({
  name: 'backup',
  summary: 'Write the database to one file, while the server runs or not',
  operands: [
    {
      name: 'FILE',
      help: 'The file to write, outside the data directory.',
      example: '/backup/monday.rollcall',
    },
  ],
  options: {
    data: dataOption,
    force: boolean({
      name: 'force',
      fallback: false,
      setting: false,
      help: 'Replace a file of this name.',
    }),
  },
  async run({ values, operands, terminal, json, signal }) {
    const { data, force } = values;
    if (usesPostgres(data)) {
      throw new CommandFault(
        'failure',
        'This server keeps its data in Postgres, which has its own tools: pg_dump --format=custom --file FILE DATABASE_URL. See docs/backup.md.',
      );
    }
    const file = resolve(operands[0] ?? '');
    if (existsSync(file) && !force)
      throw new CommandFault(
        'conflict',
        `${file} is there already. Name another file, or replace it with --force.`,
      );
    const progress = terminal.progress('Writing');
    const bytes = await backUpDatabase({
      ...{ dataDir: data, file, force, signal },
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end(`${count(bytes)} bytes`);
    const secretFile = resolve(join(data, secretFileName));
    const secretPlace = existsSync(secretFile) ? secretFile : 'ROLLCALL_SECRET';
    terminal.print(`${file} holds ${count(bytes)} bytes.`);
    terminal.say(
      `The secret is not in it: ${secretPlace}. Keep a copy of that in another place; without it nothing in this file can be matched, and whoever has both can test guesses about people.`,
    );
    if (json) terminal.json({ file, bytes, secret: secretPlace });
    return exitCodes.ok;
  },
});
