import { systemClock } from '../../platform/clock.ts';
import { text, UsageFault } from '../../server/options-table.ts';
import { dataOption } from '../../server/options.ts';
import { secretFileName } from '../../server/secrets.ts';
import type { MoveSource, MoveTarget } from '../../store/move/ends.ts';
import { moveRows } from '../../store/move/move-rows.ts';
import { openPostgresSource, openPostgresTarget } from '../../store/move/postgres-ends.ts';
import { openSqliteSource, openSqliteTarget } from '../../store/move/sqlite-ends.ts';
import type { StorePlace } from '../../store/store.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { verifyPlace } from '../verify/follow.ts';
import { printReport, reportJson } from '../verify/verify-view.ts';

/** Other users of the machine see what is typed. */
function addressWithoutPassword(value: string): string {
  if (value === '') return value;
  const url = URL.parse(value);
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:')
    throw new UsageFault('move takes an address such as postgres://user@host/database.');
  if (url.password !== '')
    throw new UsageFault('Leave the password out of the address and set PGPASSWORD: others see a command.');
  return value;
}

const address = (name: string, help: string, example?: string) => ({
  ...text({
    ...{ name, fallback: '', setting: false, placeholder: 'URL', help },
    ...(example === undefined ? {} : { example }),
  }),
  parse: addressWithoutPassword,
});

interface Ends {
  readonly source: MoveSource;
  readonly openTarget: () => Promise<MoveTarget>;
  readonly place: StorePlace;
}

async function endsOf(data: string, to: string, from: string): Promise<Ends> {
  const nowMs = systemClock.now();
  if (to !== '') {
    const source = openSqliteSource(data, nowMs);
    return {
      source,
      openTarget: async () => openPostgresTarget(to, nowMs),
      place: { kind: 'postgres', url: to },
    };
  }
  const source = await openPostgresSource(from);
  const openTarget = async (): Promise<MoveTarget> => openSqliteTarget(data, [secretFileName], nowMs);
  return { source, openTarget, place: { kind: 'sqlite', dataDir: data } };
}

export const command = defineCommand({
  name: 'move',
  summary: 'Copy everything of a stopped server to the other kind of database, and verify it',
  options: {
    data: dataOption,
    to: address(
      'to',
      'An empty Postgres database that gets what is in --data.',
      'postgres://rollcall@db.internal/rollcall',
    ),
    from: address('from', 'A Postgres database whose content goes to --data, a new or empty directory.'),
  },
  async run({ values, terminal, json }) {
    const { data, to, from } = values;
    if ((to === '') === (from === '')) throw new UsageFault('Say which way: --to URL or --from URL.');
    const progress = terminal.progress('Copying');
    const { source, openTarget, place } = await endsOf(data, to, from);
    try {
      const target = await openTarget();
      try {
        const moved = await moveRows(source, target, (done, total) => progress.update(done, total));
        progress.end(`${count(moved.rowCount)} rows of ${count(moved.tableCount)} tables`);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
    const report = await verifyPlace(place, terminal);
    if (json) terminal.json(reportJson(report));
    else printReport(terminal, report);
    terminal.say(
      'What it was copied from is as it was. Start no server on it again, and delete it when the new one has proved itself.',
    );
    terminal.say(`Both need the same secret: ${secretFileName} in the data directory, or ROLLCALL_SECRET.`);
    return report.problems.length === 0 ? exitCodes.ok : exitCodes.failure;
  },
});
