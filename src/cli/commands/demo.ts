import { mkdirSync } from 'node:fs';

import { systemClock } from '../../platform/clock.ts';
import { stderrLog } from '../../platform/log.ts';
import { openAdmin } from '../../server/admin/open-admin.ts';
import { watchOverload, type OverloadWatch } from '../../server/http/overload.ts';
import { startNode } from '../../server/node.ts';
import { integer } from '../../server/options-table.ts';
import { serveOptions } from '../../server/options.ts';
import { defineCommand } from '../command.ts';
import { demoAudienceId, prepareMembers, sendMembers, type AudienceReport } from '../demo/demo-buyer.ts';
import { demoKey, demoUsers, demoWorld } from '../demo/demo-seller.ts';
import { verifyReport, type Check } from '../demo/verify.ts';
import { exitCodes } from '../exit-codes.ts';
import { count, matchReportTable, percent } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { untilAborted } from '../until-aborted.ts';

const labels: Readonly<Record<string, string>> = { hashed_email: 'e-mail', hashed_phone: 'phone' };

export const command = defineCommand({
  name: 'demo',
  summary: 'Show the whole way on a generated seller, then serve it',
  options: {
    ...serveOptions,
    users: integer({
      name: 'users',
      fallback: 200_000,
      min: 2_000,
      max: 2_000_000,
      setting: false,
      placeholder: 'N',
      help: 'Users of the generated seller.',
    }),
    customers: integer({
      name: 'customers',
      fallback: 50_000,
      min: 1_000,
      max: 100_000,
      setting: false,
      placeholder: 'N',
      help: 'Customers in the generated CRM file.',
    }),
    once: {
      ...serveOptions.sandbox,
      name: 'once',
      env: null,
      fallback: false,
      help: 'End after the report instead of serving.',
    },
  },
  async run({ values, terminal, json, signal }) {
    const log = stderrLog('error', process.stderr.isTTY);
    mkdirSync(values.data, { recursive: true, mode: 0o700 });
    const step = stepper(terminal);
    terminal.print('A seller meets an advertiser: who of these customers is a user here?\n');
    const world = await demoWorld(values.data, values.users, values.customers);
    step(
      `made      ${count(world.userCount)} users and a CRM export of ${count(world.customerRowCount)} rows, in ${values.data}/demo`,
    );
    const fatal = (reason: string): void => {
      log('error', 'fatal', { reason });
      process.exit(exitCodes.failure);
    };
    let isServing = false;
    const node = await startNode(values, log, fatal, { watch: () => overloadOnce(() => isServing) });
    try {
      const { admin, secrets } = await openAdmin(values.data, log);
      const users = await demoUsers(values.data, secrets.tokenKey, admin, world);
      step(`loaded    ${count(users)} users into the identity graph, as keyed tokens`);
      const key = await demoKey(admin);
      const { members, report: prepared } = await prepareMembers(world.customersFile);
      step(
        `prepared  ${count(members.length)} members from ${count(prepared.rows)} rows: normalised, hashed with SHA-256`,
      );
      const report = await sendMembers(node.url, key, members);
      step('sent      one sync_audiences call, by the official AdCP client over HTTP');
      const checks = verifyReport(report, prepared.rejected, world);
      const isTrue = checks.every((check) => check.isTrue);
      printReport(terminal, report, checks);
      printNext(terminal, node.url, key);
      if (json) terminal.json({ url: node.url, key, report, verified: isTrue, checks });
      if (!isTrue) return exitCodes.failure;
      if (!json) process.stdout.write(`Rollcall is ready on ${node.url}\n`);
      isServing = true;
      if (!values.once) await untilAborted(signal);
      return exitCodes.ok;
    } finally {
      await node.close();
    }
  },
});

/** Until then the buyer works in the thread of the server, which would put it off for the time that it takes itself. */
function overloadOnce(isServing: () => boolean): OverloadWatch {
  const watch = watchOverload(systemClock);
  return { isOverloaded: () => isServing() && watch.isOverloaded(), close: watch.close };
}

/** Prints what was done and how long it took. */
function stepper(terminal: Terminal): (words: string) => void {
  let last = systemClock.monotonic();
  return (words) => {
    const now = systemClock.monotonic();
    terminal.print(`  ${words.padEnd(78)} ${((now - last) / 1000).toFixed(1).padStart(5)} s`);
    last = now;
  };
}

function printReport(terminal: Terminal, report: AudienceReport, checks: readonly Check[]): void {
  const { status, total_uploaded_count: total = 0, matched_count: matched = 0 } = report;
  terminal.print(
    `\nAudience ${terminal.paint.bold(demoAudienceId)} is ${status}: ${count(matched)} of ${count(total)} members matched (${percent(matched / Math.max(1, total))})\n`,
  );
  const rows = (report.match_breakdown ?? []).map(({ id_type: type, submitted, matched: found }) => ({
    label: labels[type] ?? type,
    submitted,
    matched: found,
  }));
  for (const line of matchReportTable([...rows, { label: 'any', submitted: total, matched }]))
    terminal.print(`  ${line}`);
  const wrong = checks.filter((check) => !check.isTrue);
  terminal.print(
    wrong.length === 0
      ? `\n  ${terminal.paint.good('Verified:')} all ${checks.length} numbers are what the generator knows to be true.`
      : `\n  ${terminal.paint.bad('Not verified:')} ${wrong.map(({ what }) => what).join(', ')} differ from the truth.`,
  );
}

function printNext(terminal: Terminal, url: string, key: string): void {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tasks","arguments":{}}}';
  terminal.print(`
Key   ${key}
MCP   ${url}/mcp
A2A   ${url}/a2a
REST  ${url}/api/v2/buyer
Docs  ${url}/docs

Try next, in another terminal:
  npm run -s rollcall -- graph stats
  npm run -s rollcall -- account list
  curl -s ${url}/mcp -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
    -d '${body}'
`);
}
