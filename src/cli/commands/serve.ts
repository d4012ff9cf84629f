import { stderrLog } from '../../platform/log.ts';
import { startNode } from '../../server/node.ts';
import { serveOptions } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { untilAborted } from '../until-aborted.ts';

export const command = defineCommand({
  name: 'serve',
  summary: 'Run the server',
  options: serveOptions,
  async run({ values, signal }) {
    const log = stderrLog(values.logLevel, process.stderr.isTTY);
    const fatal = (reason: string): never => {
      // Nothing acknowledged is lost: opening the database anew shows what is really on disk.
      log('error', 'fatal', { reason });
      process.exit(exitCodes.failure);
    };
    const node = await startNode(values, log, fatal, { signal }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (node === null) return exitCodes.ok;
    process.stdout.write(`Rollcall is ready on ${node.url}\n`);
    await untilAborted(signal);
    log('info', 'stopping');
    await node.close();
    return exitCodes.ok;
  },
});
