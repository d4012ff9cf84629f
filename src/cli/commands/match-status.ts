import { dataOption } from '../../server/options.ts';
import type { MatchFacts } from '../../server/admin/match-admin.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { countOf } from '../table.ts';
import { timeWords } from '../time-words.ts';
import { withAdmin } from '../with-admin.ts';

export const command = defineCommand({
  name: 'match status',
  summary: 'Show what waits for matching, and when it will be done',
  options: { data: dataOption },
  async run({ values, terminal, json }) {
    const facts = await withAdmin(values.data, async (admin) => admin.matchFacts({}));
    for (const line of lines(facts)) terminal.print(line);
    if (json) terminal.json(jsonOf(facts));
    return exitCodes.ok;
  },
});

function lines(facts: MatchFacts): readonly string[] {
  const { schedule, nextRunAtMs, expectedAtMs, operationCount, memberCount, oldestAcceptedAtMs } = facts;
  const waiting =
    operationCount === 0
      ? 'nothing'
      : `${countOf(operationCount, 'operation')} of ${countOf(memberCount, 'member')}, the oldest since ${timeWords(oldestAcceptedAtMs)} UTC`;
  return [
    `matching  ${schedule ?? 'no server runs on this data directory'}`,
    `waiting   ${waiting}`,
    ...(nextRunAtMs === null ? [] : [`next run  ${timeWords(nextRunAtMs)} UTC`]),
    ...(expectedAtMs === null ? [] : [`expected  ${timeWords(expectedAtMs)} UTC`]),
    ...(facts.parkedCount === 0
      ? []
      : [`parked    ${countOf(facts.parkedCount, 'operation')}: see "rollcall match parked"`]),
  ];
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function jsonOf(facts: MatchFacts): object {
  return {
    schedule: facts.schedule,
    next_run_at: iso(facts.nextRunAtMs),
    expected_at: iso(facts.expectedAtMs),
    waiting_operations: facts.operationCount,
    waiting_members: facts.memberCount,
    oldest_accepted_at: iso(facts.oldestAcceptedAtMs),
    parked_operations: facts.parkedCount,
  };
}
