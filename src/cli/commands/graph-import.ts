import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { describeColumns } from '../../client/columns/understand-columns.ts';
import { boolean, list, text } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { stagePeople } from '../people/stage-people.ts';
import { count } from '../table.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'graph import',
  summary: 'Load users from a CSV, TSV, NDJSON or Parquet file',
  operands: [
    {
      name: 'FILE',
      help: 'Users: an id and e-mails, phones, MAIDs or hashes of them.',
      example: 'users.csv',
    },
  ],
  options: {
    data: dataOption,
    map: list({
      name: 'map',
      fallback: [],
      setting: false,
      placeholder: 'COLUMN=KIND',
      help: 'What a column holds, where its name does not tell; may be repeated.',
    }),
    country: text({
      name: 'country',
      fallback: '',
      setting: false,
      placeholder: 'CC',
      help: 'Country of phone numbers without a country code, such as US.',
    }),
    replace: boolean({
      name: 'replace',
      fallback: false,
      setting: false,
      help: 'Users in the file lose the identifiers that the file does not give them.',
    }),
    forensics: boolean({
      name: 'forensics',
      fallback: false,
      setting: false,
      help: 'Also keep what the identifiers would be if they were hashed wrongly, to tell buyers what is wrong with a list.',
    }),
    rejects: text({
      name: 'rejects',
      fallback: '',
      setting: false,
      placeholder: 'FILE',
      help: 'Write the rows that could not be used: line and reason, no values.',
    }),
  },
  async run({ values, operands, terminal, json, signal }) {
    const file = operands[0] ?? '';
    const progress = terminal.progress('Reading');
    const done = await withAdmin(values.data, async (admin, { secrets }) => {
      const options = {
        file,
        map: values.map,
        idRequired: true,
        withForeign: values.forensics,
        signal,
        ...(values.country === '' ? {} : { defaultCountry: values.country }),
        ...(values.rejects === '' ? {} : { rejectsFile: values.rejects }),
        onUnderstood: (understanding: Parameters<typeof describeColumns>[0]) => {
          for (const line of describeColumns(understanding)) terminal.say(line);
        },
        onProgress: ({ rows }: { readonly rows: number }) => progress.update(rows, null),
      };
      const { stagedName, report } = await stagePeople(
        values.data,
        secrets.tokenKey,
        options,
        values.replace,
      );
      progress.end(`${count(report.rows)} rows`);
      if (signal.aborted) rmSync(join(values.data, stagedName), { force: true });
      signal.throwIfAborted();
      terminal.say('Putting the users into the graph …');
      return { report, applied: await admin.applyGraph({ stagedName }) };
    });
    const { report, applied } = done;
    const rejected = Object.values(report.rejected).reduce((sum, rows) => sum + rows, 0);
    terminal.print(
      `${count(report.people)} users with ${count(report.identifiers)} identifiers from ${count(report.rows)} rows`,
    );
    for (const [reason, rows] of Object.entries(report.rejected))
      terminal.print(`  rejected ${count(rows)}: ${reason}`);
    for (const [reason, rows] of Object.entries(report.warnings))
      terminal.print(`  skipped values ${count(rows)}: ${reason}`);
    terminal.print(
      applied.isChanged
        ? `The graph has ${count(applied.personCount)} users and ${count(applied.entryCount)} identifiers; ${count(applied.newPersonCount)} users are new.`
        : 'The graph held all of this already; nothing changed.',
    );
    if (values.forensics && applied.recipes !== null) {
      const { entryCount, sampleBits } = applied.recipes;
      terminal.print(
        `Forensics knows ${count(entryCount)} wrong hashes${sampleBits === 0 ? '' : `, one in ${count(2 ** sampleBits)} of all`}.`,
      );
    }
    if (json) {
      terminal.json({
        rows: report.rows,
        users: report.people,
        identifiers: report.identifiers,
        rejected: report.rejected,
      });
    }
    return rejected > 0 ? exitCodes.partial : exitCodes.ok;
  },
});
