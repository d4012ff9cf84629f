import { stderrLog } from '../../platform/log.ts';
import { startNode } from '../../server/node.ts';
import { UsageFault } from '../../server/options-table.ts';
import { serveOptions } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilAborted } from '../until-aborted.ts';

export const command = defineCommand({
  name: 'serve',
  summary: 'Run the server',
  options: serveOptions,
  async run({ values, signal }) {
    if (values.databaseUrl !== '') {
      throw new UsageFault('This build has the embedded database only: leave --database-url out.');
    }
    const log = stderrLog(values.logLevel, process.stderr.isTTY);
    const node = await startNode(values, log, (reason) => {
      // Nothing acknowledged is lost: opening the database anew shows what is really on disk.
      log('error', 'fatal', { reason });
      process.exit(exitCodes.failure);
    });
    process.stdout.write(`Rollcall is ready on ${node.url}\n`);
    await untilAborted(signal);
    log('info', 'stopping');
    await node.close();
    return exitCodes.ok;
  },
});
