import type { AudienceRow } from '../../store/audience-rows.ts';
import type { SyndicationRow } from '../../store/syndication-rows.ts';

/**
 * `delete`: the other seller has an earlier life of the audience, or something that nobody can bring up to date. `gone`: there is
 * nothing here and nothing there. `wait`: nothing is counted yet. `create`: an audience without members. `push`: members are to be
 * sent. `look`: all is sent, and its counts are wanted.
 */
export type PushStep = 'delete' | 'gone' | 'wait' | 'create' | 'push' | 'look';

export function nextStep(
  row: Pick<SyndicationRow, 'audienceNo' | 'cursorSeq' | 'targetSeq'>,
  audience: Pick<AudienceRow, 'audienceNo' | 'countedSeq' | 'acceptedSeq'> | null,
): PushStep {
  const hasSomething = row.cursorSeq !== 0 || row.targetSeq !== 0 || row.audienceNo !== null;
  const isSameLife = audience !== null && row.audienceNo === audience.audienceNo;
  if (hasSomething && (!isSameLife || row.cursorSeq < 0)) return 'delete';
  if (audience === null) return 'gone';
  if (row.targetSeq > 0) return 'push';
  if (audience.countedSeq === 0) {
    if (audience.acceptedSeq > 0) return 'wait';
    return isSameLife ? 'look' : 'create';
  }
  return row.cursorSeq === audience.countedSeq ? 'look' : 'push';
}
