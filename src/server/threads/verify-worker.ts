/** Worker entry, started for one verification: reads what is stored, beside whoever writes, and says what does not hold. */
import { parentPort, workerData } from 'node:worker_threads';

import { must } from '../../base/assert.ts';
import { AppError } from '../../base/faults.ts';
import { limits } from '../../base/limits.ts';
import { nodePrimitives } from '../../platform/primitives.ts';
import { letOthersGoFirst } from '../../platform/thread-priority.ts';
import type { VerifiedAudience, VerifyProblem } from '../../service/verify/problem.ts';
import { verifyAudience } from '../../service/verify/verify-audience.ts';
import { verifyGraph } from '../../service/verify/verify-graph.ts';
import { createVerifyScripts } from '../../service/verify/verify-scripts.ts';
import { checkDatabase } from '../../store/sqlite/check-database.ts';
import type { AudienceToVerify } from '../../store/verify-rows.ts';
import { openReaderAt } from '../open-place.ts';
import type { VerifyReport, VerifyWorkerData, VerifyWorkerReply } from './verify-messages.ts';

letOthersGoFirst();
const port = must(parentPort, () => 'the verify worker runs in a worker thread');
const { place, scope } = workerData as VerifyWorkerData;
const reader = openReaderAt(place, createVerifyScripts());
const problems: VerifyProblem[] = [];
const pageCountMax = 1_000;

const send = (reply: VerifyWorkerReply): void => port.postMessage(reply);
const note = (says: string): void => {
  problems.push({ audience: null, blockNo: null, says });
};

function audiencesInScope(): readonly AudienceToVerify[] {
  const found: AudienceToVerify[] = [];
  let afterNo = 0;
  for (;;) {
    const page = reader.readNow('verifiableAudiences', { afterNo, countMax: pageCountMax });
    found.push(...page.filter(isInScope));
    const last = page.at(-1);
    if (last === undefined || page.length < pageCountMax) return found;
    afterNo = last.audienceNo;
  }
}

function isInScope({ accountId, audienceId }: AudienceToVerify): boolean {
  if (scope.accountId !== null && scope.accountId !== accountId) return false;
  return scope.audienceId === null || scope.audienceId === audienceId;
}

function verifyAudiences(): readonly VerifiedAudience[] {
  const audiences = audiencesInScope();
  const total = audiences.reduce((sum, { memberCount }) => sum + memberCount, 0);
  const verified: VerifiedAudience[] = [];
  let done = 0;
  for (const named of audiences) {
    const verdict = reader.readTogether((read) =>
      verifyAudience(read, named, nodePrimitives, (rowCount) => {
        done += rowCount;
        send({ kind: 'progress', done, total });
      }),
    );
    problems.push(...verdict.problems);
    if (verdict.audience !== null) verified.push(verdict.audience);
  }
  return verified;
}

/** What no audience has: the database's own pages, pieces without an owner, the graph. Gives the pieces of the graph. */
function verifyTheRest(): number {
  if (place.kind === 'sqlite')
    for (const text of checkDatabase(place.dataDir)) note(`The database is damaged: ${text}`);
  try {
    const ownerless = reader.readNow('ownerlessPieces', { countMax: limits.verifyProblemCountMax });
    for (const { audienceNo, blockNo, pieceNo } of ownerless)
      note(`Piece ${pieceNo} of block ${blockNo} belongs to no live audience (its number is ${audienceNo})`);
    const graph = reader.readTogether((read) => verifyGraph(read, nodePrimitives));
    problems.push(...graph.problems);
    return graph.pieceCount;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    note('The graph cannot be read from the database');
    return 0;
  }
}

function verify(): VerifyReport {
  const isWhole = scope.accountId === null;
  const graphPieceCount = isWhole ? verifyTheRest() : null;
  const audiences = verifyAudiences();
  const databaseChecked = isWhole && place.kind === 'sqlite';
  const shown = problems.slice(0, limits.verifyProblemCountMax);
  return { audiences, problems: shown, graphPieceCount, databaseChecked };
}

try {
  send({ kind: 'done', report: verify() });
} catch (error) {
  const reason = error instanceof Error ? (error.stack ?? error.message) : 'unknown';
  send({ kind: 'failed', reason });
} finally {
  reader.close();
}
