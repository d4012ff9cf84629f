import { UsageFault } from '../../server/options-table.ts';
import { AppError } from '../../base/faults.ts';
import { dataOption } from '../../server/options.ts';
import { audienceOptions } from '../audience-options.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../table.ts';
import { runVerify } from '../verify/run-verify.ts';
import { printReport, reportJson } from '../verify/verify-view.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'verify',
  summary: 'Check that what is stored is what was accepted and counted',
  options: {
    data: dataOption,
    account: { ...audienceOptions.account, help: 'Only the audiences of this account.' },
    audience: { ...audienceOptions.audience, help: 'Only this one of them, by the buyer’s id.' },
  },
  async run({ values, terminal, json, signal }) {
    const { account, audience, data } = values;
    if (account === '' && audience !== '') throw new UsageFault('Say whose audience it is: --account ID.');
    const scope = {
      accountId: account === '' ? null : account,
      audienceId: audience === '' ? null : audience,
    };
    const progress = terminal.progress('Verifying');
    const report = await withAdmin(data, async (admin) =>
      runVerify(admin, scope, signal, (done, total) => progress.update(done, total)),
    );
    progress.end(`${count(report.audiences.length)} audiences`);
    if (audience !== '' && report.audiences.length === 0)
      throw new AppError('AUDIENCE_NOT_FOUND', 'No such audience on this account.');
    if (json) terminal.json(reportJson(report));
    else printReport(terminal, report);
    return report.problems.length === 0 ? exitCodes.ok : exitCodes.failure;
  },
});
