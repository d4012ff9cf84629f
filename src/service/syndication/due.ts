import type { AudienceRow } from '../../store/audience-rows.ts';
import type { SyndicationRow } from '../../store/syndication-rows.ts';

export interface DuePush {
  readonly accountNo: number;
  readonly syndicationId: string;
  readonly agentId: string;
}

/** Stands for "the audience is gone" where a push failed. */
export const goneSeq = -1;

/** The newest counted operation of an audience, for telling whether something changed since a push failed. */
export function newestSeq(audience: Pick<AudienceRow, 'countedSeq'> | null): number {
  return audience?.countedSeq ?? goneSeq;
}

/** Which of an account's audiences have something to tell to which sellers. */
export function dueNow(
  accountNo: number,
  rows: readonly SyndicationRow[],
  audiences: readonly AudienceRow[],
): readonly DuePush[] {
  const byId = new Map(audiences.map((audience) => [audience.audienceId, audience]));
  return rows
    .filter((row) => isDue(row, byId.get(row.audienceId) ?? null))
    .map(({ syndicationId, agentId }) => ({ accountNo, syndicationId, agentId }));
}

function isDue(row: SyndicationRow, audience: AudienceRow | null): boolean {
  switch (row.status) {
    case 'DISABLED':
      return false;
    case 'PENDING':
    case 'SYNCING':
      return true;
    case 'FAILED':
      return row.failedSeq !== newestSeq(audience);
    case 'COMPLETED':
      return isBehind(row, audience);
  }
}

/** Whether the other seller has another audience than there is. */
function isBehind(row: SyndicationRow, audience: AudienceRow | null): boolean {
  if (audience === null) return row.cursorSeq !== 0 || row.targetSeq !== 0 || row.audienceNo !== null;
  if (row.audienceNo !== audience.audienceNo) return true;
  return row.cursorSeq !== audience.countedSeq;
}
