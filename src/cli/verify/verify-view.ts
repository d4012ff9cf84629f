import type { VerifyReport } from '../../server/threads/verify-messages.ts';
import { count } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { problemLine } from './run-verify.ts';

const counted = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** What `--json` prints. */
export function reportJson({ audiences, problems, graphPieceCount, databaseChecked }: VerifyReport): object {
  return {
    ok: problems.length === 0,
    audiences: audiences.map(({ accountId, audienceId, memberCount, digest, state }) => ({
      account_id: accountId,
      audience_id: audienceId,
      members: memberCount,
      digest,
      state,
    })),
    graph_pieces: graphPieceCount,
    database_checked: databaseChecked,
    problems: problems.map((problem) => ({
      account_id: problem.audience?.accountId ?? null,
      audience_id: problem.audience?.audienceId ?? null,
      block: problem.blockNo,
      says: problemLine(problem),
    })),
  };
}

/** The same for people; with its last line on top of what was found. */
export function printReport(terminal: Terminal, { audiences, problems }: VerifyReport): void {
  for (const problem of problems) terminal.print(problemLine(problem));
  const uncompared = audiences.filter(({ state }) => state === 'uncompared').length;
  if (uncompared > 0) {
    terminal.say(
      `${count(uncompared)} audiences were counted before digests were kept: only their numbers of members were compared. They have one from their next sync on.`,
    );
  }
  const members = audiences.reduce((sum, { memberCount }) => sum + memberCount, 0);
  const what = `${counted(audiences.length, 'audience')} with ${counted(members, 'member')}`;
  terminal.print(
    problems.length === 0
      ? `${terminal.paint.good('All holds:')} ${what}.`
      : `${terminal.paint.bad('Not all holds:')} ${counted(problems.length, 'problem')} in ${what}.`,
  );
}
