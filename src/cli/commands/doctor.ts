import { list, text } from '../../server/options-table.ts';
import { defineCommand } from '../command.ts';
import { checkFile } from '../doctor/file-checks.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkReach } from '../doctor/reach.ts';
import { checkAccount, checkSellerFacts } from '../doctor/seller-checks.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { namedSeller } from '../push/named-seller.ts';
import { checkSeller, sellerOptions } from '../push/push-options.ts';
import type { Terminal } from '../terminal.ts';

export const command = defineCommand({
  name: 'doctor',
  summary: 'Find out why a push to a seller does not work, and how to mend it',
  operands: [
    {
      name: 'FILE',
      help: 'A file of customers to look at as well.',
      example: 'customers.csv',
      optional: true,
    },
  ],
  options: {
    ...sellerOptions,
    map: list({
      name: 'map',
      fallback: [],
      setting: false,
      placeholder: 'COLUMN=KIND',
      help: 'As for push.',
    }),
    country: text({ name: 'country', fallback: '', setting: false, placeholder: 'CC', help: 'As for push.' }),
  },
  async run({ values, operands, terminal, json, signal }) {
    checkSeller(values);
    const findings: Finding[] = [];
    const note = (more: readonly Finding[]): boolean => {
      for (const finding of more) print(finding, terminal);
      findings.push(...more);
      return more.every(({ state }) => state !== 'wrong');
    };
    // The file first: it needs nobody.
    const [file] = operands;
    if (file !== undefined) note(await checkFile(file, values.map, values.country, signal));
    if (note(await checkReach(values.agent))) {
      const seller = await namedSeller(values);
      const hasCredential = values.credentialFile !== '' || values.credentialEnv !== '';
      if (note(await checkSellerFacts(seller))) note(await checkAccount(seller, hasCredential));
    }
    if (json) terminal.json({ findings });
    return exitOf(findings);
  },
});

function print({ check, state, seen, fix }: Finding, { print: say, paint }: Terminal): void {
  const mark = { good: paint.good('✔'), doubt: paint.accent('!'), wrong: paint.bad('✖') }[state];
  say(`${mark} ${check.padEnd(12)} ${seen}`);
  if (fix !== null) say(`  ${' '.repeat(12)} ${fix}`);
}

function exitOf(findings: readonly Finding[]): ExitCode {
  const first = findings.find(({ state }) => state === 'wrong');
  return first === undefined ? exitCodes.ok : exitCodes[first.exit ?? 'failure'];
}
