import { choice, text } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { audienceOptions, namedAudience } from '../audience-options.ts';
import { defineCommand } from '../command.ts';
import { exportAudience } from '../export/export-audience.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'audience export',
  summary: 'Write which of your users are in an audience, or who came and went since the last time',
  operands: [
    {
      name: 'FILE',
      help: 'Your users, as for "graph import": their ids are kept in no other place.',
      example: 'users.csv',
    },
  ],
  options: {
    data: dataOption,
    ...audienceOptions,
    format: choice({
      name: 'format',
      fallback: 'csv',
      choices: ['csv', 'ndjson'],
      setting: false,
      help: 'What is written to standard output.',
    }),
    since: text({
      name: 'since',
      fallback: '',
      setting: false,
      placeholder: 'FILE',
      help: 'Write only what changed since the export that left this file, as add and remove.',
    }),
    cursor: text({
      name: 'cursor',
      fallback: '',
      setting: false,
      placeholder: 'FILE',
      help: 'Leave a file for --since of the next time; may be the same file.',
    }),
  },
  async run({ values, operands, terminal, json, signal }) {
    const { format, since, cursor } = values;
    const named = namedAudience(values);
    const progress = terminal.progress('Reading');
    const done = await withAdmin(values.data, async (admin, { secrets }) =>
      exportAudience({
        ...{ admin, tokenKey: secrets.tokenKey, file: operands[0] ?? '', signal },
        ...{ ...named, format, sinceFile: since, cursorFile: cursor },
        // With --json the one value is the result, and the ids are left out.
        out: json ? null : process.stdout,
        onProgress: (rows) => progress.update(rows, null),
      }),
    );
    progress.end(`${count(done.rows)} rows`);
    const gone = done.userCount - done.inCount;
    terminal.say(
      `${count(done.inCount)} of the ${count(done.userCount)} users in the audience are in the file.`,
    );
    if (gone > 0) terminal.say(`${count(gone)} are not: give a file with all of your users.`);
    if (json) {
      terminal.json({
        ...{
          users: done.userCount,
          exported: done.inCount,
          added: done.addedCount,
          removed: done.removedCount,
        },
      });
    }
    return exitCodes.ok;
  },
});
